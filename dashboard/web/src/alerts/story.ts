import type { Alert, Order } from '@/api/types'

/** One line of what has happened: what is the key of its words. */
export interface Moment {
  at: string
  what: string
  by: string
  note: string
}

/** The story of an alert and its order, oldest first. */
export function story(a: Alert, order: Order | null, why: (o: Order) => string): Moment[] {
  const moments: Moment[] = [{ at: a.opened_at, what: 'moment.opened', by: '', note: '' }]
  const rejected = a.state === 'rejected'
  const last = { by: a.decided_by || a.acknowledged_by, note: a.note, at: a.decided_at ?? a.acknowledged_at }
  // The note is of the last decision; a rejection by who saw it first is one moment, not two.
  if (a.acknowledged_at && !(rejected && a.acknowledged_at === last.at)) {
    moments.push({ at: a.acknowledged_at, what: 'moment.acknowledged', by: a.acknowledged_by, note: rejected || a.confirmed_at ? '' : a.note })
  }
  if (a.confirmed_at) moments.push({ at: a.confirmed_at, what: 'moment.confirmed', by: a.confirmed_by, note: a.note })
  if (rejected && last.at) moments.push({ ...last, at: last.at, what: 'moment.rejected' })
  if (a.resolved_at && a.state === 'resolved') moments.push({ at: a.resolved_at, what: 'moment.resolved', by: '', note: '' })
  for (const s of order?.steps ?? []) moments.push({ at: s.at, what: `action.${s.action || (s.by === 'system' ? 'report' : 'order')}`, by: s.by === 'system' ? '' : s.by, note: noteOf(s, order!, why) })
  return moments.sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : 0))
}

/** The note of what the system reported is the order's why as the server said it; the page says that in its own language. */
export const noteOf = (s: { action: string; by: string; note: string }, order: Order, why: (o: Order) => string): string => (s.action || s.by !== 'system' ? s.note : why(order))
