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
  if (a.acknowledged_at) {
    const what = a.state === 'rejected' ? 'moment.rejected' : 'moment.acknowledged'
    moments.push({ at: a.acknowledged_at, what, by: a.acknowledged_by, note: a.note })
  }
  if (a.resolved_at && a.state === 'resolved') moments.push({ at: a.resolved_at, what: 'moment.resolved', by: '', note: '' })
  for (const s of order?.steps ?? []) moments.push({ at: s.at, what: `action.${s.action || 'report'}`, by: s.by === 'system' ? '' : s.by, note: noteOf(s, order!, why) })
  return moments.sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : 0))
}

/** The first step's note is the order's why as the server said it; the page says that in its own language. */
export const noteOf = (s: { action: string; note: string }, order: Order, why: (o: Order) => string): string => (s.action ? s.note : why(order))
