import { describe, expect, it } from 'vitest'
import { anOrder, someAreas } from '@/testing/things'
import { boardOf, burned, lampsOf, timeline, wants } from './board'

const now = Date.parse('2026-05-01T12:08:00.000Z')

describe('the board', () => {
  it('has a column for each state, the overdue on top', () => {
    const late = anOrder({ id: 'late', due_at: '2026-05-01T12:07:30.000Z' })
    const board = boardOf([anOrder({ id: 'o' }), late, anOrder({ id: 'w', state: 'in_progress' }), anOrder({ state: 'closed' })], () => true, now)
    expect(board.map((c) => c.orders.map((o) => o.id).join())).toEqual(['late,o', '', '', 'w', '', '', ''])
  })

  it('shows what is wanted: of an area and below, of a person, of a colour at this moment', () => {
    const order = anOrder({ assignee: 'grid' }) // yellow by the clock
    const fits = (w: Partial<Parameters<typeof wants>[1]>, me = 'grid') => wants(order, { area: '', who: 'all', lamp: '', ...w }, me, someAreas, now)
    expect([fits({ area: 'c1' }), fits({ area: 'c2' })]).toEqual([true, false])
    expect([fits({ who: 'me' }), fits({ who: 'me' }, 'zhao'), fits({ who: 'grid' }, 'zhao')]).toEqual([true, false, true])
    expect([fits({ lamp: 'yellow' }), fits({ lamp: 'green' })]).toEqual([true, false])
    expect(lampsOf([order], now)).toEqual([{ lamp: 'red', n: 0 }, { lamp: 'yellow', n: 1 }, { lamp: 'green', n: 0 }])
  })
})

describe('the time of an order', () => {
  it('burns down to its deadline and stands when the order is done', () => {
    expect(burned(anOrder(), now)).toEqual({ share: 0.8, yellow: 0.7 })
    expect(burned(anOrder({ done_at: '2026-05-01T12:01:00.000Z' }), now).share).toBeCloseTo(0.1)
    expect(burned(anOrder(), now + 3_600_000).share).toBe(1)
  })

  it('tells how long it stood at each step, and still stands at the last', () => {
    const step = (time: string, to: string) => ({ at: `2026-05-01T12:${time}.000Z`, by: 'zhao', action: '', from: '', to, note: '' })
    const steps = [step('00:00', 'reported'), step('01:30', 'accepted')]
    expect(timeline({ steps, done_at: null }, now).map((s) => s.stood)).toEqual([90_000, 390_000])
    expect(timeline({ steps, done_at: '2026-05-01T12:01:30.000Z' }, now).map((s) => s.stood)).toEqual([90_000, null])
  })
})
