import type { Order } from '@/api/types'

/** What can be done to an order, in the order in which work goes. */
export const allActions = ['accept', 'dispatch', 'start', 'hold', 'resume', 'resolve', 'follow_up', 'close', 'cancel'] as const
export type Action = (typeof allActions)[number]

/** Exactly what this person may do to this order now: what its state allows and what they are permitted. */
export function actionsFor(order: Pick<Order, 'actions'>, can: (permission: string) => boolean): Action[] {
  return allActions.filter((a) => order.actions?.includes(a) && can(`order.${a}`))
}

/** What the action asks for before it is done. */
export function asks(action: Action): { assignee: boolean; note: boolean; noteNeeded: boolean } {
  const needed = action === 'resolve' || action === 'hold' || action === 'cancel'
  return { assignee: action === 'dispatch', note: needed || action === 'dispatch' || action === 'follow_up' || action === 'close', noteNeeded: needed }
}

/** The columns of the board. Follow-up is the last look before an order is closed. */
export const columns = ['reported', 'accepted', 'dispatched', 'in_progress', 'on_hold', 'resolved', 'follow_up'] as const
