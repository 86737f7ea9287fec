import { describe, expect, it } from 'vitest'
import { anOrder } from '@/testing/things'
import { lasting } from '@/app/format'
import { actionsFor, allActions, asks } from './actions'
import { byDeadline, lampAt, leftMs } from './lamp'

const at = (time: string) => Date.parse(`2026-05-01T${time}.000Z`)

describe('the lamp', () => {
  it('turns with the clock, without a word from the server', () => {
    const o = anOrder()
    expect([at('12:06:59'), at('12:07:00'), at('12:09:59'), at('12:10:00')].map((now) => lampAt(o, now))).toEqual(['green', 'yellow', 'yellow', 'red'])
  })

  it('is never milder than the server says', () => {
    expect(lampAt(anOrder({ lamp: 'red' }), at('12:00:00'))).toBe('red')
    expect(lampAt(anOrder({ yellow_at: null }), at('12:09:00'))).toBe('green')
  })

  it('stays as it was when the order is done', () => {
    expect(lampAt(anOrder({ state: 'closed', lamp: 'green' }), at('23:00:00'))).toBe('green')
  })

  it('counts down to the deadline and up from it', () => {
    expect(lasting(leftMs(anOrder(), at('12:08:20')))).toBe('01:40')
    expect(lasting(-leftMs(anOrder(), at('13:10:05')))).toBe('1:00:05')
  })
})

describe('a column of the board', () => {
  it('has the overdue pinned on top, then what is due first', () => {
    const due = (number: number, time: string, lamp: 'green' | 'red' = 'green') => anOrder({ number, lamp, yellow_at: null, due_at: `2026-05-01T${time}.000Z` })
    const all = [due(1, '13:00:00'), due(2, '12:30:00'), due(3, '11:59:00'), due(4, '14:00:00', 'red')]
    expect(all.sort(byDeadline(at('12:00:00'))).map((o) => o.number)).toEqual([3, 4, 2, 1])
  })
})

describe('the buttons of an order', () => {
  const order = anOrder({ actions: ['cancel', 'dispatch', 'hold'] })

  it('are exactly what the state allows and the person may do', () => {
    expect(actionsFor(order, () => true)).toEqual(['dispatch', 'hold', 'cancel'])
    expect(actionsFor(order, (p) => p === 'order.hold' || p === 'order.close')).toEqual(['hold'])
  })

  it('are none for a viewer, and none where the server names none', () => {
    expect(actionsFor(order, () => false)).toEqual([])
    expect(actionsFor(anOrder(), () => true)).toEqual([])
  })

  it('ask for a person to dispatch and for words to resolve, hold or cancel', () => {
    expect(allActions.filter((a) => asks(a).assignee)).toEqual(['dispatch'])
    expect(allActions.filter((a) => asks(a).note)).toEqual(['resolve', 'hold', 'cancel'])
  })
})
