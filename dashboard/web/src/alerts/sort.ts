import { type Alert, rank, severities, type Severity } from '@/api/types'

const live = (a: Alert) => a.state === 'open' || a.state === 'acknowledged' || a.state === 'shelved'

/** Whether nobody has said yet that they look after a grave alert. */
const pressing = (a: Alert) => a.state === 'open' && rank(a.severity) >= 2

/** The order of the alert stream: what is grave and unseen first, the gravest on top; then the newest. ULIDs sort by time. */
export function byUrgency(a: Alert, b: Alert): number {
  if (pressing(a) !== pressing(b)) return pressing(a) ? -1 : 1
  if (pressing(a) && a.severity !== b.severity) return rank(b.severity) - rank(a.severity)
  return a.id < b.id ? 1 : -1
}

export const liveAlerts = (all: Iterable<Alert>): Alert[] => [...all].filter(live).sort(byUrgency)

/** Whom to look at first: of the gravest that nobody has acknowledged, the one that has waited longest. */
export function firstToOpen(alerts: readonly Alert[]): Alert | undefined {
  const open = alerts.filter((a) => a.state === 'open')
  return open.sort((a, b) => rank(b.severity) - rank(a.severity) || (a.id < b.id ? -1 : 1))[0]
}

/** When an alert was over. */
export const settledAt = (a: Alert): string => a.resolved_at ?? a.updated_at

/** What was settled, the latest first. */
export const settledAlerts = (all: Iterable<Alert>): Alert[] =>
  [...all].filter((a) => !live(a)).sort((a, b) => settledAt(b).localeCompare(settledAt(a)) || (a.id < b.id ? 1 : -1))

/** How many of each colour, gravest first, colours without any left out. */
export function tally(alerts: readonly Alert[]): { severity: Severity; n: number }[] {
  return severities.map((severity) => ({ severity, n: alerts.filter((a) => a.severity === severity).length })).filter((c) => c.n > 0)
}

/** The gravest of the severities, null of none. */
export function gravest(of: Iterable<Severity>): Severity | null {
  let top: Severity | null = null
  for (const s of of) if (top === null || rank(s) > rank(top)) top = s
  return top
}
