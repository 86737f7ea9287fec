import { describe, expect, it } from 'vitest'
import { alertsOf, beginning, steps } from './trend'

const hour = (o: object = {}) => ({ from: '', alerts: {}, orders_opened: 0, orders_done: 0, ...o })

describe('the hours of the trend', () => {
  it('begin where anything happened', () => {
    expect(beginning([hour(), hour(), hour({ orders_done: 1 }), hour()])).toBe(2)
    expect(beginning([hour({ alerts: { blue: 1 } })])).toBe(0)
    expect(beginning([hour(), hour()])).toBe(2)
  })

  it('count all colours', () => expect(alertsOf(hour({ alerts: { red: 1, blue: 2 } }))).toBe(3))

  it('are drawn as steps from there on', () => {
    expect(steps([0, 0, 3], 2, 10, (n) => 10 - n)).toBe('M20 7.0h10')
    expect(steps([1, 2], 0, 10, (n) => 10 - n)).toBe('M0 9.0h10L10 8.0h10')
    expect(steps([0], 1, 10, String as never)).toBe('')
  })
})
