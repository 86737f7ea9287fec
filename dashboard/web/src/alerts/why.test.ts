import { describe, expect, it } from 'vitest'
import type { Facts } from '@/api/types'
import { buildI18n } from '@/i18n'
import { aSensor } from '@/testing/things'
import { sideOf } from './useWhy'
import { kindName, span, spokenKinds, type Translate, whyOf } from './why'

const zh = buildI18n('zh-CN').global.t as Translate
const en = buildI18n('en').global.t as Translate

const rows: [string, Facts, string, string][] = [
  ['intrusion', { label: 'person', zone: '护坡', for_ms: 38_000, dwell_ms: 10_000 }, '有人进入“护坡”，停留 38 秒，限 10 秒', 'Person in “护坡”, there for 38 s, limit 10 s'],
  ['intrusion', { count: 3, zone: '护坡' }, '3 人进入“护坡”', '3 people in “护坡”'],
  ['intrusion', { label: 'person' }, '有人进入警戒区', 'Person in a guarded zone'],
  ['crowd', { count: 9, limit: 8, zone: '广场', for_ms: 31_000 }, '“广场”聚集 9 人，限 8 人，持续 31 秒', '9 people in “广场”, limit 8, for 31 s'],
  ['crowd', { measured: 9 }, '聚集 9 人', '9 people together'],
  ['vehicle_in_zone', { label: 'truck', zone: '消防通道', for_ms: 200_000, dwell_ms: 180_000 }, '货车停在“消防通道”，停留 3 分 20 秒，限 3 分', 'Truck in “消防通道”, there for 3 min 20 s, limit 3 min'],
  ['vehicle_in_zone', { label: 'tram', zone: 'x' }, 'tram停在“x”', 'tram in “x”'],
  ['sensor_threshold', { measured: 0.4231, limit: 0.3, unit: 'm', for_ms: 1500 }, '测得 0.42 m，达到上限 0.3 m，持续 1.5 秒', '0.42 m measured, upper limit 0.3 m, for 1.5 s'],
  ['sensor_threshold', { limit: 190, unit: 'V' }, '测得 0 V，达到下限 190 V', '0 V measured, lower limit 190 V'],
  ['sensor_stale', { for_ms: 3_780_000, dwell_ms: 60_000 }, '已 1 小时 3 分没有读数，限 1 分', 'no reading for 1 h 3 min, limit 1 min'],
  ['camera_offline', { for_ms: 12_000, reason: '连接被拒绝' }, '已失联 12 秒，连接被拒绝', 'out of reach for 12 s, 连接被拒绝'],
  ['camera_auth', {}, '用户名或密码不被接受', 'username or password is not accepted'],
]

describe('the why', () => {
  it.each(rows)('of %s from %j', (kind, facts, wantZh, wantEn) => {
    expect(whyOf({ kind, facts, why: '后备' }, zh)).toBe(wantZh)
    expect(whyOf({ kind, facts, why: '后备' }, en)).toBe(wantEn)
  })

  it('is tested for every kind that the page speaks of', () => {
    expect(new Set(rows.map((r) => r[0]))).toEqual(new Set(spokenKinds))
  })

  it.each(['intrusion', 'crowd', 'vehicle_in_zone', 'sensor_threshold', 'sensor_stale', 'camera_offline', 'meteor'])('of %s without facts is what the server says', (kind) => {
    expect(whyOf({ kind, facts: {}, why: '后备' }, zh)).toBe('后备')
  })

  it('leaves no placeholder behind', () => {
    for (const [kind, facts] of rows) for (const t of [zh, en]) expect(whyOf({ kind, facts, why: '' }, t)).not.toMatch(/[{}]/)
  })
})

describe('a value that came back', () => {
  const facts = { measured: 0.28, limit: 0.3, unit: 'm' }
  const said = (f: Facts, rule: object) => whyOf({ kind: 'sensor_threshold', facts: f, why: '' }, zh, sideOf(aSensor({ rules: [{ kind: 'sensor_threshold', ...rule }] }), f.limit))

  it('is not said to be on the side that its rule does not watch', () => {
    expect(said(facts, { above: 0.3 })).toBe('现为 0.28 m，曾达到上限 0.3 m，尚未解除')
    expect(said(facts, { below: 0.3 })).toBe('测得 0.28 m，达到下限 0.3 m')
    expect(said({ ...facts, measured: 0.4 }, { below: 0.3 })).toBe('现为 0.4 m，曾达到下限 0.3 m，尚未解除')
    expect(said({ ...facts, measured: 0.3 }, { below: 0.3 })).toBe('测得 0.3 m，达到下限 0.3 m')
    expect(said({ ...facts, measured: 0.3 }, { above: 0.3 })).toBe('测得 0.3 m，达到上限 0.3 m')
  })

  it('is judged by itself when no rule has this limit any more', () => {
    expect(said(facts, { above: 9 })).toBe('测得 0.28 m，达到下限 0.3 m')
    expect(sideOf(undefined, 1)).toBeUndefined()
  })
})

describe('names', () => {
  it('of kinds are in the language of the page; a kind it does not know stands as it is', () => {
    expect([kindName('crowd', zh), kindName('crowd', en), kindName('meteor', en)]).toEqual(['人群聚集', 'Crowd', 'meteor'])
  })

  it('of lengths of time have no more figures than they deserve', () => {
    expect([500, 9_999, 59_999, 60_000, 3_599_000, 7_200_000].map((ms) => span(ms, en))).toEqual(['0.5 s', '10 s', '1 min', '1 min', '59 min 59 s', '2 h 0 min'])
  })
})
