import { within } from '@/alerts/list'
import type { Area, Lamp, Order } from '@/api/types'
import { columns } from './actions'
import { byDeadline, lampAt } from './lamp'

/** What of the orders is wanted: `who` is a username, 'me' or 'all'. */
export interface Wanted {
  area: string
  who: string
  lamp: Lamp | ''
}

/** Whether the order is among what is wanted by the person `me`, now. */
export function wants(o: Order, w: Wanted, me: string, areas: ReadonlyMap<string, Area>, now: number): boolean {
  return within(o.area, w.area, areas) && (w.who === 'all' || o.assignee === (w.who === 'me' ? me : w.who)) && (!w.lamp || lampAt(o, now) === w.lamp)
}

/** The board: a column for each state, the overdue on top, then by deadline. */
export function boardOf(orders: Iterable<Order>, wanted: (o: Order) => boolean, now: number) {
  const all = [...orders].filter(wanted).sort(byDeadline(now))
  return columns.map((state) => ({ state, orders: all.filter((o) => o.state === state) }))
}

/** How many orders burn in each colour, overdue first. */
export function lampsOf(orders: Iterable<Order>, now: number): { lamp: Lamp; n: number }[] {
  const lamps = [...orders].map((o) => lampAt(o, now))
  return (['red', 'yellow', 'green'] as const).map((lamp) => ({ lamp, n: lamps.filter((l) => l === lamp).length }))
}

/** How far an order has come to its deadline, 0…1, and where on that way the lamp turns yellow. */
export function burned(o: Pick<Order, 'created_at' | 'due_at' | 'yellow_at' | 'done_at'>, now: number): { share: number; yellow: number } {
  const [from, due] = [Date.parse(o.created_at), Date.parse(o.due_at)]
  const part = (at: number) => (due > from ? Math.min(1, Math.max(0, (at - from) / (due - from))) : 1)
  return { share: part(o.done_at ? Date.parse(o.done_at) : now), yellow: o.yellow_at ? part(Date.parse(o.yellow_at)) : 1 }
}

/** One step of the story with how long the order stood there before the next, ms; the last one of an order that is not done still runs. */
export function timeline(o: Pick<Order, 'steps' | 'done_at'>, now: number) {
  const steps = o.steps ?? []
  return steps.map((step, i) => {
    const next = steps[i + 1]
    return { ...step, stood: next ? Date.parse(next.at) - Date.parse(step.at) : o.done_at ? null : Math.max(0, now - Date.parse(step.at)) }
  })
}
