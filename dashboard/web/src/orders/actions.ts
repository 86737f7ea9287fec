import type { Order } from '@/api/types'

/** What can be done to an order, in the order in which work goes. */
export const allActions = ['accept', 'dispatch', 'start', 'resume', 'resolve', 'follow_up', 'close', 'hold', 'cancel'] as const
export type Action = (typeof allActions)[number]

/** Exactly what this person may do to this order now: what its state allows and what they are permitted. */
export function actionsFor(order: Pick<Order, 'actions'>, can: (permission: string) => boolean): Action[] {
  return allActions.filter((a) => order.actions?.includes(a) && can(`order.${a}`))
}

/** What an action cannot do without: a person to send, words for whoever reads the story later. */
export function asks(action: Action): { assignee: boolean; note: boolean } {
  return { assignee: action === 'dispatch', note: action === 'resolve' || action === 'hold' || action === 'cancel' }
}

/** The columns of the board. Follow-up is the last look before an order is closed. */
export const columns = ['reported', 'accepted', 'dispatched', 'in_progress', 'on_hold', 'resolved', 'follow_up'] as const
