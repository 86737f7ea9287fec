import type { Lamp, Order } from '@/api/types'

type Clocked = Pick<Order, 'state' | 'lamp' | 'due_at' | 'yellow_at'>

const grave: readonly Lamp[] = ['green', 'yellow', 'red']

/** Whether nothing more can happen to the order. */
export const done = (o: Pick<Order, 'state'>) => o.state === 'closed' || o.state === 'cancelled'

/** The lamp at this moment: the server's, or a graver one that the clock has reached since the server told it. */
export function lampAt(o: Clocked, now: number): Lamp {
  if (done(o)) return o.lamp
  const byClock: Lamp = now >= Date.parse(o.due_at) ? 'red' : o.yellow_at && now >= Date.parse(o.yellow_at) ? 'yellow' : 'green'
  return grave.indexOf(byClock) > grave.indexOf(o.lamp) ? byClock : o.lamp
}

/** Milliseconds to the deadline; below zero it is overdue. */
export const leftMs = (o: Pick<Order, 'due_at'>, now: number): number => Date.parse(o.due_at) - now

/** The board's order within a column: overdue pinned on top, then what is due first. */
export function byDeadline(now: number) {
  return (a: Order, b: Order): number => {
    const red = Number(lampAt(b, now) === 'red') - Number(lampAt(a, now) === 'red')
    return red || Date.parse(a.due_at) - Date.parse(b.due_at) || a.number - b.number
  }
}
