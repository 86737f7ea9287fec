import { describe, expect, it } from 'vitest'
import type { Facts } from '@/api/types'
import { buildI18n } from '@/i18n'
import { kindName, limitKept, span, spokenKinds, spokenLimits, type Translate, whyOf } from './why'

const zh = buildI18n('zh-CN').global.t as Translate
const en = buildI18n('en').global.t as Translate

const rows: [string, Facts, string, string][] = [
  ['intrusion', { label: 'person', zone: '护坡', for_ms: 38_000, dwell_ms: 10_000 }, '有人进入“护坡”，停留 38 秒，限 10 秒', 'Person in “护坡”, there for 38 s, limit 10 s'],
  ['intrusion', { count: 3, zone: '护坡' }, '3 人进入“护坡”', '3 people in “护坡”'],
  ['intrusion', { label: 'person' }, '有人进入警戒区', 'Person in a guarded zone'],
  ['intrusion', { by: 'camera', zone: '院子', for_ms: 5000 }, '目标闯入，持续 5 秒，摄像机自行报告（规则“院子”）', 'Something intruded, for 5 s, reported by the camera itself (rule “院子”)'],
  ['line_crossing', { by: 'camera', label: 'person', zone: 'kerb', for_ms: 2000 }, '有人越线，摄像机自行报告（规则“kerb”）', 'Person crossed a line, reported by the camera itself (rule “kerb”)'],
  ['loitering', { by: 'camera', label: 'vehicle', for_ms: 65_000 }, '机动车徘徊，持续 1 分 5 秒，摄像机自行报告', 'Vehicle loiters, for 1 min 5 s, reported by the camera itself'],
  ['crowd', { count: 9, limit: 8, zone: '广场', for_ms: 31_000 }, '“广场”聚集 9 人，限 8 人，持续 31 秒', '9 people in “广场”, limit 8, for 31 s'],
  ['crowd', { measured: 9 }, '聚集 9 人', '9 people together'],
  ['vehicle_in_zone', { label: 'truck', zone: '消防通道', for_ms: 200_000, dwell_ms: 180_000 }, '“消防通道”内有货车，停留 3 分 20 秒，限 3 分', 'Truck in “消防通道”, there for 3 min 20 s, limit 3 min'],
  ['vehicle_in_zone', { label: 'tram', zone: 'x' }, '“x”内有tram', 'tram in “x”'],
  ['vehicle_in_zone', { label: 'motion', zone: '车道' }, '“车道”内有车辆大小的移动物体', 'A moving thing the size of a vehicle in “车道”'],
  ['sensor_threshold', { measured: 0.4231, limit: 0.3, unit: 'm', for_ms: 1500 }, '测得 0.42 m，达到上限 0.3 m，持续 1.5 秒', '0.42 m measured, upper limit 0.3 m, for 1.5 s'],
  ['sensor_threshold', { limit: 190, unit: 'V' }, '测得 0 V，达到下限 190 V', '0 V measured, lower limit 190 V'],
  ['sensor_rate', { measured: 0.25, limit: 0.2, unit: 'm', window_ms: 600_000, for_ms: 5000 }, '10 分内上升 0.25 m，限 0.2 m，持续 5 秒', 'rose by 0.25 m in 10 min, limit 0.2 m, for 5 s'],
  ['sensor_rate', { measured: -3, limit: -2, unit: 'kW', window_ms: 3_600_000 }, '1 小时 0 分内下降 3 kW，限 2 kW', 'fell by 3 kW in 1 h 0 min, limit 2 kW'],
  ['sensor_expression', { expr: "value('w') > 1", inputs: { w: 1.25 }, for_ms: 5000 }, "value('w') > 1，w 1.25，持续 5 秒", "value('w') > 1, w 1.25, for 5 s"],
  ['sensor_stale', { for_ms: 3_780_000, dwell_ms: 60_000 }, '已 1 小时 3 分没有读数，限 1 分', 'no reading for 1 h 3 min, limit 1 min'],
  ['camera_offline', { for_ms: 12_000, reason: '连接被拒绝' }, '已失联 12 秒，连接被拒绝', 'out of reach for 12 s, 连接被拒绝'],
  ['camera_auth', {}, '用户名或密码不被接受', 'username or password is not accepted'],
  ['camera_no_keyframes', { measured: 31, limit: 30, unit: 's', for_ms: 12_000, reason: 'above' }, '关键帧间隔超过 30 秒，持续 12 秒', 'more than 30 s between keyframes, for 12 s'],
  ['camera_low_rate', { measured: 3, limit: 5, unit: 'fps', for_ms: 3000, reason: 'below' }, '每秒 3 帧，远低于平时，下限 5 帧，持续 3 秒', '3 pictures a second, far fewer than usual, limit 5, for 3 s'],
  ['camera_loss', { measured: 12, limit: 5, unit: '%' }, '12% 的画面没有完整收到，限 5%', '12% of the pictures did not arrive whole, limit 5%'],
  ['camera_frozen', { measured: 8, limit: 7, unit: 's' }, '画面已 7 秒没有任何变化', 'nothing at all has changed in the picture for 7 s'],
  ['camera_black', { measured: 6.25, limit: 20, reason: 'black', for_ms: 30_000 }, '画面全黑，亮度 6.25，限 20，持续 30 秒', 'picture black, brightness 6.25, limit 20, for 30 s'],
  ['camera_black', { reason: 'flat', limit: 3 }, '画面没有内容', 'nothing to be seen in the picture'],
  ['camera_covered', { measured: 0.613, limit: 0.4 }, '画面 61% 被遮挡，限 40%', '61% of the picture covered, limit 40%'],
  ['camera_blurred', { measured: 0.3, limit: 0.5 }, '清晰度只有平时的 30%，限 50%', 'only 30% as sharp as usual, limit 50%'],
  ['camera_moved', { measured: 0.124, limit: 0.05, reason: 'shifted' }, '画面偏移 12%，限 5%', 'picture moved by 12%, limit 5%'],
  ['camera_moved', { measured: 1, limit: 0.05, reason: 'another_view', for_ms: 60_000 }, '摄像机对着别处，持续 1 分', 'the camera looks elsewhere, for 1 min'],
  ['camera_moved', { measured: 1, limit: 0.05, reason: 'view_learnt' }, '摄像机对着别处，今后按新画面判断', 'the camera looked elsewhere, which counts as usual from now on'],
  ['camera_clock_skew', { measured: -12, limit: -5, unit: 's', reason: 'below' }, '时钟慢 12 秒，限 5 秒', 'clock 12 s slow, limit 5 s'],
  ['recording_failed', { reason: 'recording_full', for_ms: 60_000 }, '录像盘满，没有可删除的录像，持续 1 分', 'the disk for footage is full, and nothing may be deleted, for 1 min'],
  ['recording_failed', { reason: 'recording_away' }, '录像盘不在', 'the disk for footage is away'],
  ['camera_clock_skew', { measured: 30, limit: 5, unit: 's', for_ms: 60_000 }, '时钟快 30 秒，限 5 秒，持续 1 分', 'clock 30 s fast, limit 5 s, for 1 min'],
]

describe('the why', () => {
  it.each(rows)('of %s from %j', (kind, facts, wantZh, wantEn) => {
    expect(whyOf({ kind, facts, why: '后备' }, zh)).toBe(wantZh)
    expect(whyOf({ kind, facts, why: '后备' }, en)).toBe(wantEn)
  })

  it('is tested for every kind that the page speaks of', () => {
    expect(new Set(rows.map((r) => r[0]))).toEqual(new Set(spokenKinds))
  })

  it.each(['intrusion', 'line_crossing', 'loitering', 'crowd', 'vehicle_in_zone', 'sensor_threshold', 'sensor_stale', 'camera_offline', 'meteor'])('of %s without facts is what the server says', (kind) => {
    expect(whyOf({ kind, facts: {}, why: '后备' }, zh)).toBe('后备')
  })

  it('leaves no placeholder behind', () => {
    for (const [kind, facts] of rows) for (const t of [zh, en]) expect(whyOf({ kind, facts, why: '' }, t)).not.toMatch(/[{}]/)
  })
})

describe('the few words beside a curve', () => {
  const few = (facts: Facts) => [zh, en].map((t) => limitKept({ kind: 'sensor_threshold', facts: { unit: 'm', limit: 0.3, ...facts }, why: '' }, t))

  it('name the limit and for how long, and no value that has moved on', () => {
    expect(few({ measured: 0.42, for_ms: 80_000 })).toEqual(['上限 0.3 m，持续 1 分 20 秒', 'upper limit 0.3 m, for 1 min 20 s'])
    expect(few({ measured: 0.28, reason: 'above' })).toEqual(['上限 0.3 m', 'upper limit 0.3 m'])
    expect(few({ measured: 0.1 })).toEqual(['下限 0.3 m', 'lower limit 0.3 m'])
  })

  it('are the whole why of what has no limit', () => expect(limitKept({ kind: 'camera_auth', facts: {}, why: '' }, zh)).toBe('用户名或密码不被接受'))
})

describe('a value that came back', () => {
  const said = (facts: Facts, resolved_at: string | null = null) => whyOf({ kind: 'sensor_threshold', facts: { unit: 'm', ...facts }, why: '', resolved_at }, zh)

  it('is said to have been beyond the limit that its rule watches', () => {
    expect(said({ measured: 0.28, limit: 0.3, reason: 'above' })).toBe('现为 0.28 m，曾超过上限 0.3 m，尚未完全回落')
    expect(said({ measured: 0.4, limit: 0.3, reason: 'below' })).toBe('现为 0.4 m，曾低于下限 0.3 m，尚未完全回升')
  })

  it('is said to be back when it is over', () => {
    expect(said({ measured: 0.2, limit: 0.3, reason: 'above' }, '2026-05-01T12:00:00Z')).toBe('曾超过上限 0.3 m，已回落到 0.2 m')
    expect(said({ measured: 0.4, limit: 0.3, reason: 'below' }, '2026-05-01T12:00:00Z')).toBe('曾低于下限 0.3 m，已回升到 0.4 m')
  })

  it('is not one that stands on its limit or beyond', () => {
    expect(said({ measured: 0.3, limit: 0.3, reason: 'below' })).toBe('测得 0.3 m，达到下限 0.3 m')
    expect(said({ measured: 0.3, limit: 0.3, reason: 'above' })).toBe('测得 0.3 m，达到上限 0.3 m')
  })

  it('is judged by itself where the facts tell no side', () => {
    expect(said({ measured: 0.28, limit: 0.3, reason: 'rule_removed' })).toBe('测得 0.28 m，达到下限 0.3 m')
  })
})

describe('names', () => {
  it('of kinds are in the language of the page; a kind it does not know stands as it is', () => {
    const name = (kind: string, t: Translate, facts: Facts = {}) => kindName({ kind, facts }, t)
    expect([name('crowd', zh), name('crowd', en), name('meteor', en)]).toEqual(['人群聚集', 'Crowd', 'meteor'])
  })

  it('of a sensor beyond its limits are those of what it measures', () => {
    const name = (label: string, t: Translate) => kindName({ kind: 'sensor_threshold', facts: { label } }, t)
    expect([name('water_level', zh), name('tilt', en), name('radon', zh)]).toEqual(['水位越限', 'Cover tilted', '读数越限'])
    for (const label of spokenLimits) expect(name(label, zh)).not.toBe('读数越限')
  })

  it('of lengths of time have no more figures than they deserve', () => {
    expect([500, 9_999, 59_999, 60_000, 3_599_000, 7_200_000].map((ms) => span(ms, en))).toEqual(['0.5 s', '10 s', '1 min', '1 min', '59 min 59 s', '2 h 0 min'])
  })
})
