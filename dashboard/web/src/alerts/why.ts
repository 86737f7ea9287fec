import { amount } from '@/app/format'
import type { Facts } from '@/api/types'

/** The translate function of vue-i18n, as far as sentences need it. */
export type Translate = (key: string, named?: Record<string, unknown>) => string

/** What a why is made from: alerts, events and orders all have it. */
export interface Reasoned {
  kind: string
  why: string
  facts: Facts
  /** When it was over, for an alert. */
  resolved_at?: string | null
}

/** What of a sensor has a word of its own for being beyond its limits. */
export const spokenLimits = ['water_level', 'rain', 'wind', 'smoke', 'tilt', 'power', 'temperature', 'humidity'] as const

/** What can be wrong with a camera that plays. */
export const conditionKinds = [
  'camera_no_keyframes', 'camera_low_rate', 'camera_loss', 'camera_frozen', 'camera_black', 'camera_covered', 'camera_blurred', 'camera_moved', 'camera_clock_skew',
] as const // prettier-ignore

/** The kinds whose sentence the page makes itself, in the page's language; others show the server's own why. */
export const spokenKinds = ['intrusion', 'crowd', 'vehicle_in_zone', 'line_crossing', 'loitering', 'camera_offline', 'camera_auth', ...conditionKinds, 'sensor_threshold', 'sensor_rate', 'sensor_expression', 'sensor_stale', 'recording_failed'] as const

/** A length of time in words: 38 秒, 3 分 20 秒, 2 小时 5 分. */
export function span(ms: number, t: Translate): string {
  const s = Math.round(ms / 1000)
  if (ms < 10_000 && ms % 1000 !== 0) return t('span.seconds', { s: Number((ms / 1000).toFixed(1)) })
  if (s < 60) return t('span.seconds', { s })
  if (s < 3600) return s % 60 === 0 ? t('span.minutes', { m: s / 60 }) : t('span.minutesSeconds', { m: Math.floor(s / 60), s: s % 60 })
  return t('span.hoursMinutes', { h: Math.floor(s / 3600), m: Math.floor(s / 60) % 60 })
}

/** Says why in the page's language: the measured value, the limit, for how long, and what was seen. */
export function whyOf(a: Reasoned, t: Translate): string {
  const clauses = (makers[a.kind] ?? (() => []))(a.facts, t, Boolean(a.resolved_at))
  return clauses.length > 0 ? clauses.join(t('why.comma')) : a.why
}

type Maker = (f: Facts, t: Translate, over: boolean) => string[]

const makers: Record<string, Maker> = {
  line_crossing: (f, t) => reported('crossed', f, t),
  loitering: (f, t) => reported('loiters', f, t),
  intrusion: (f, t) => {
    if (f.by === 'camera') return reported('intruded', f, t)
    if (!f.label && !f.zone && !f.count) return []
    const who = f.count && f.count > 1 ? t('why.people', { n: f.count }) : labelOf(f, t)
    return [f.zone ? t('why.intrusion', { who, zone: f.zone }) : t('why.intrusionAnywhere', { who }), ...stay(f, t)]
  },
  vehicle_in_zone: (f, t) => {
    if (!f.label && !f.zone) return []
    const what = labelOf(f, t)
    return [f.zone ? t('why.vehicle', { what, zone: f.zone }) : t('why.vehicleAnywhere', { what }), ...stay(f, t)]
  },
  crowd: (f, t) => {
    const n = f.count ?? f.measured
    if (!n) return []
    const limit = f.limit ? [t('why.limitPeople', { n: f.limit })] : []
    return [f.zone ? t('why.crowd', { n, zone: f.zone }) : t('why.crowdAnywhere', { n }), ...limit, ...held(f, t)]
  },
  sensor_threshold: (f, t, over) => {
    if (f.limit === undefined && f.measured === undefined) return [] // zero values are left out, but not both at once
    const [measured, limit, side] = [f.measured ?? 0, f.limit ?? 0, sideOf(f)]
    // Between the limit and where it is clear again the value is back, and its event is not over yet.
    const back = side === 'above' ? measured < limit : measured > limit
    const said = back ? `why.${over ? 'back' : 'was'}.${side}` : `why.${side}`
    return [t(said, { measured: amount(measured, f.unit), limit: amount(limit, f.unit) }), ...held(f, t)]
  },
  sensor_rate: (f, t) => {
    if (!f.window_ms) return []
    const change = amount(Math.abs(f.measured ?? 0), f.unit)
    const limit = amount(Math.abs(f.limit ?? 0), f.unit)
    return [t((f.measured ?? 0) < 0 ? 'why.fell' : 'why.rose', { change, window: span(f.window_ms, t) }), t('why.rateLimit', { limit }), ...held(f, t)]
  },
  sensor_expression: (f, t) => (f.expr ? [f.expr, ...Object.entries(f.inputs ?? {}).map(([id, v]) => `${id} ${amount(v)}`), ...held(f, t)] : []),
  sensor_stale: (f, t) => {
    if (!f.for_ms) return []
    return [t('why.stale', { for: span(f.for_ms, t) }), ...limitOf(f, t), ...reason(f)]
  },
  camera_offline: (f, t) => [...(f.for_ms ? [t('why.offline', { for: span(f.for_ms, t) })] : []), ...reason(f)],
  camera_auth: (f, t) => (f.reason ? [f.reason] : [t('why.auth')]),
  camera_no_keyframes: (f, t) => measuredBeside('noKeyframes', f, t),
  camera_low_rate: (f, t) => measuredBeside('lowRate', f, t),
  camera_loss: (f, t) => measuredBeside('loss', f, t),
  camera_frozen: (f, t) => (f.limit ? [t('why.frozen', { for: span(lasted(f), t) })] : []),
  camera_black: (f, t) => (f.reason === 'flat' ? [t('why.flat'), ...held(f, t)] : measuredBeside('black', f, t)),
  camera_covered: (f, t) => measuredBeside('covered', f, t, 100),
  camera_blurred: (f, t) => measuredBeside('blurred', f, t, 100),
  camera_moved: (f, t) => (f.reason && views[f.reason] ? [t(`why.${views[f.reason]}`), ...held(f, t)] : measuredBeside('moved', f, t, 100)),
  recording_failed: (f, t) => (f.reason && diskFaults.includes(f.reason) ? [t(`why.${f.reason}`), ...held(f, t)] : []),
  camera_clock_skew: (f, t) => measuredBeside((f.measured ?? 0) < 0 ? 'slow' : 'fast', f, t),
}

/** What a camera reports by itself, and that it does. A line is crossed at once. */
function reported(key: string, f: Facts, t: Translate): string[] {
  if (f.by !== 'camera') return []
  const source = f.zone ? t('why.byCameraRule', { zone: f.zone }) : t('why.byCamera')
  return [t(`why.${key}`, { who: labelOf(f, t) }), ...(key === 'crossed' ? [] : held(f, t)), source]
}

/** What can be wrong with the disk for footage, as the health page names it. */
const diskFaults = ['recording_away', 'recording_full', 'recording_read_only', 'recording_refuses', 'recording_slow']

/** What a camera sees that looks elsewhere. */
const views: Record<string, string> = { another_view: 'anotherView', view_learnt: 'viewLearnt' }

/** What a camera's condition measures beside its limit; a share is said in percent, a deviation without its sign. */
function measuredBeside(key: string, f: Facts, t: Translate, times = 1): string[] {
  if (!f.limit) return []
  const said = (v: number) => amount(times === 1 ? Math.abs(v) : Math.round(v * times))
  return [t(`why.${key}`, { measured: said(f.measured ?? 0), limit: said(f.limit) }), ...held(f, t)]
}

/** For how long something is so whose limit is a time in seconds: that had passed when the event began. */
const lasted = (f: Facts) => (f.for_ms ?? 0) + (f.limit ?? 0) * 1000

/** Says the same in few words beside a picture of the reading itself, which moves on while a sentence stands. */
export function limitKept(a: Reasoned, t: Translate): string {
  if (a.kind !== 'sensor_threshold' || a.facts.limit === undefined) return whyOf(a, t)
  return [t(`why.only.${sideOf(a.facts)}`, { limit: amount(a.facts.limit, a.facts.unit) }), ...held(a.facts, t)].join(t('why.comma'))
}

/** On which side of its limit the value is not to be. */
function sideOf({ reason, measured, limit }: Facts): 'above' | 'below' {
  if (reason === 'above' || reason === 'below') return reason
  return (measured ?? 0) >= (limit ?? 0) ? 'above' : 'below'
}

function stay(f: Facts, t: Translate): string[] {
  return [...(f.for_ms ? [t('why.stayed', { for: span(f.for_ms, t) })] : []), ...limitOf(f, t)]
}

const held = (f: Facts, t: Translate) => (f.for_ms ? [t('why.held', { for: span(f.for_ms, t) })] : [])
const limitOf = (f: Facts, t: Translate) => (f.dwell_ms ? [t('why.limit', { for: span(f.dwell_ms, t) })] : [])
const reason = (f: Facts) => (f.reason ? [f.reason] : [])

const labels = ['person', 'vehicle', 'bicycle', 'car', 'motorcycle', 'bus', 'truck', 'motion']

function labelOf(f: Facts, t: Translate): string {
  if (!f.label) return t('label.something')
  return labels.includes(f.label) ? t(`label.${f.label}`) : f.label
}

const kinds: readonly string[] = spokenKinds

const limits: readonly string[] = spokenLimits

/** What happened, by name: of a sensor, what is beyond its limits; the kind itself when it is newer than this page. */
export function kindName({ kind, facts }: Pick<Reasoned, 'kind' | 'facts'>, t: Translate): string {
  if (kind === 'sensor_threshold' && limits.includes(facts.label ?? '')) return t(`beyond.${facts.label}`)
  return kinds.includes(kind) ? t(`kind.${kind}`) : kind
}
