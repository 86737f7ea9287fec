import { conditionKinds } from '@/alerts/why'
import type { Alert } from '@/api/types'

const kinds: readonly string[] = conditionKinds

/** What is wrong with cameras that play, by camera, the oldest first: shown beside its state until it is over, rejected or not. */
export function conditions(alerts: Iterable<Alert>): Map<string, Alert[]> {
  const open = [...alerts].filter((a) => a.open_events > 0 && kinds.includes(a.kind)).sort((a, b) => (a.opened_at < b.opened_at ? -1 : 1))
  const by = new Map<string, Alert[]>()
  for (const a of open) by.set(a.source, [...(by.get(a.source) ?? []), a])
  return by
}
