import { describe, expect, it } from 'vitest'
import { anAlert, anOrder } from '@/testing/things'
import { fits } from './list'
import { firstToOpen, gravest, liveAlerts, settledAlerts, tally } from './sort'
import { story } from './story'

describe('the alert stream', () => {
  it('has what is grave and unseen on top, then the newest; what is settled is gone', () => {
    const all = [
      anAlert({ id: '1', severity: 'red' }),
      anAlert({ id: '2', severity: 'orange' }),
      anAlert({ id: '3', severity: 'red', state: 'acknowledged' }),
      anAlert({ id: '4', severity: 'blue' }),
      anAlert({ id: '5', severity: 'red', state: 'resolved' }),
      anAlert({ id: '6', severity: 'yellow', state: 'shelved' }),
      anAlert({ id: '7', severity: 'red', state: 'rejected' }),
    ]
    expect(liveAlerts(all).map((a) => a.id)).toEqual(['1', '2', '6', '4', '3'])
    expect(settledAlerts(all).map((a) => a.id)).toEqual(['7', '5'])
  })

  it('tells of what was settled, the latest end first, whenever it began', () => {
    const over = (id: string, minute: number) => anAlert({ id, state: 'resolved', resolved_at: `2026-05-01T12:0${minute}:00.000Z` })
    const rejected = anAlert({ id: '4', state: 'rejected', resolved_at: null, updated_at: '2026-05-01T12:05:00.000Z' })
    expect(settledAlerts([over('1', 9), over('2', 3), rejected, over('3', 3)]).map((a) => a.id)).toEqual(['1', '4', '3', '2'])
  })

  it('counts by colour, gravest first', () => {
    expect(tally([anAlert({ severity: 'blue' }), anAlert({ severity: 'red' }), anAlert({ severity: 'blue' })])).toEqual([{ severity: 'red', n: 1 }, { severity: 'blue', n: 2 }])
    expect(gravest(['blue', 'orange', 'yellow'])).toBe('orange')
    expect(gravest([])).toBeNull()
  })
})

describe('what is opened first', () => {
  it('is what has waited longest of the gravest that nobody has acknowledged', () => {
    const all = [anAlert({ id: '1', severity: 'red', state: 'acknowledged' }), anAlert({ id: '4' }), anAlert({ id: '2' }), anAlert({ id: '0', severity: 'blue' })]
    expect(firstToOpen(all)?.id).toBe('2')
    expect(firstToOpen([anAlert({ state: 'resolved' })])).toBeUndefined()
  })
})

describe('the filters of the queue', () => {
  it('let through the state and the colour that were picked', () => {
    expect(fits(anAlert({ state: 'shelved' }), 'live', '')).toBe(true)
    expect(fits(anAlert({ state: 'resolved' }), 'live', '')).toBe(false)
    expect(fits(anAlert({ state: 'open' }), 'open', 'red')).toBe(false)
    expect(fits(anAlert({ state: 'open', severity: 'red' }), 'open', 'red')).toBe(true)
  })
})

describe('the story of an alert', () => {
  it('tells who did what, in order, with the steps of its order between', () => {
    const a = anAlert({ state: 'resolved', acknowledged_at: '2026-05-01T12:02:00.000Z', acknowledged_by: 'operator', note: '看到了', resolved_at: '2026-05-01T12:09:00.000Z' })
    const steps = [
      { at: '2026-05-01T12:00:01.000Z', by: 'system', action: '', from: '', to: 'reported', note: '服务器的话' },
      { at: '2026-05-01T12:05:00.000Z', by: 'dispatcher', action: 'dispatch', from: 'accepted', to: 'dispatched', note: '去' },
    ]
    expect(story(a, anOrder({ steps }), () => '页面的话').map((m) => `${m.what} ${m.by} ${m.note}`.trim())).toEqual([
      'moment.opened', 'action.report  页面的话', 'moment.acknowledged operator 看到了', 'action.dispatch dispatcher 去', 'moment.resolved',
    ]) // prettier-ignore
  })

  it('calls a rejection a rejection', () => {
    const a = anAlert({ state: 'rejected', acknowledged_at: '2026-05-01T12:02:00.000Z', acknowledged_by: 'operator' })
    expect(story(a, null, String).at(-1)?.what).toBe('moment.rejected')
  })
})
