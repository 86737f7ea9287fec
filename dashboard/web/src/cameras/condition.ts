import { conditionKinds } from '@/alerts/why'
import type { Alert } from '@/api/types'

const kinds: readonly string[] = conditionKinds

/** What is wrong with a camera that plays, the oldest first: shown beside its state until it is over, rejected or not. */
export const conditionsOf = (camera: string, alerts: Iterable<Alert>): Alert[] =>
  [...alerts].filter((a) => a.source === camera && a.open_events > 0 && kinds.includes(a.kind)).sort((a, b) => (a.opened_at < b.opened_at ? -1 : 1))
