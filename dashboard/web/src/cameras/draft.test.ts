import { describe, expect, it } from 'vitest'
import { type Draft, draftOf, duration, editOf, faultsOf, freeName, hoursOf, keyOf, rename, reportedRule, seconds, setPoints, withReported, withZone, without } from './draft'
import type { Point } from './shape'

const ring: Point[] = [[0, 0], [1, 0], [1, 1]]
const draft: Draft = { zones: [{ name: 'a', points: ring }, { name: 'b', points: ring }], rules: [{ kind: 'intrusion', zone: 'a' }, { kind: 'crowd', zone: 'b', count: 3 }, { kind: 'camera_offline' }] }

describe('a draft of zones', () => {
  it('comes from a camera and goes back to it', () => {
    expect(editOf(draftOf({ zones: { a: ring }, rules: [{ kind: 'intrusion', zone: 'a' }] }))).toEqual({ zones: { a: ring }, rules: [{ kind: 'intrusion', zone: 'a' }] })
    expect(draftOf({ zones: null, rules: null })).toEqual({ zones: [], rules: [] })
  })

  it('takes a zone’s rules along with its name, and away with it', () => {
    expect(rename(draft, 0, 'x').rules.map(keyOf)).toEqual(['intrusion.x', 'crowd.b', 'camera_offline'])
    expect(without(draft, 1)).toEqual({ zones: [draft.zones[0]], rules: [draft.rules[0], draft.rules[2]] })
  })

  it('gives a new zone a free name and a rule', () => {
    expect(freeName({ zones: [{ name: '区域2', points: ring }], rules: [] }, '区域')).toBe('区域3')
    expect(withZone(draft, 'c', ring).rules.at(-1)).toEqual({ kind: 'intrusion', zone: 'c' })
    expect(setPoints(draft, 1, []).zones[1]!.points).toEqual([])
  })

  it('keeps what the camera reports by itself apart from what we see', () => {
    expect(reportedRule(draft, 'intrusion')).toEqual({ kind: 'intrusion', by: 'camera' })
    const red = withReported(draft, { ...reportedRule(draft, 'intrusion'), severity: 'red' })
    expect(red.rules.map(keyOf)).toEqual(['intrusion.a', 'crowd.b', 'camera_offline', 'camera.intrusion'])
    const night = withReported(red, { ...reportedRule(red, 'intrusion'), hours: '22:00-06:00' })
    expect(night.rules.at(-1)).toEqual({ kind: 'intrusion', by: 'camera', severity: 'red', hours: '22:00-06:00' })
    expect(night.rules).toHaveLength(4)
    expect(faultsOf(night)).toEqual([])
  })

  it('says what is wrong before it is sent', () => {
    const named = (...names: string[]): Draft => ({ zones: names.map((name) => ({ name, points: ring })), rules: [] })
    expect(faultsOf(draft)).toEqual([])
    expect(faultsOf(named(' ', 'a', 'a', '网'.repeat(22))).map((f) => f.code)).toEqual(['noName', 'sameName', 'longName'])
    expect(faultsOf({ ...draft, rules: [{ kind: 'crowd', zone: 'a' }, { kind: 'crowd', zone: 'a' }] })).toEqual([{ code: 'sameRule', name: 'a' }])
    expect(faultsOf({ ...draft, rules: [{ kind: 'crowd', zone: 'a' }, { kind: 'crowd', zone: 'a', id: 'night' }] })).toEqual([])
  })
})

it('durations and hours are read and written', () => {
  expect([seconds('1m30s'), seconds('500ms'), seconds(undefined), seconds('2h')]).toEqual([90, 0.5, 0, 7200])
  expect([duration(1.5), duration(-1)]).toEqual(['1500ms', '0ms'])
  expect([hoursOf('22:00-06:00'), hoursOf('')]).toEqual([['22:00', '06:00'], ['', '']])
})
