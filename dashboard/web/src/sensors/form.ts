import type { Reading, Sensor } from '@/api/types'
import { duration, seconds } from '@/cameras/draft'
import type { Rule } from './fired'

/** A sensor as its form has it. */
export interface SensorFields {
  id: string
  name: string
  area: string
  kind: string
  unit: string
  topic: string
  mapping: { path: string; scale: number; offset: number }
  staleS: number
  camera: string
  disabled: boolean
  lon: number
  lat: number
  rules: Rule[]
}

/** The kinds that have a word, each with its usual unit. */
export const kinds: Record<string, string> = { water_level: 'm', rain: 'mm/h', wind: 'm/s', smoke: '%', tilt: '°', power: 'kW', temperature: '°C', humidity: '%' }

export const fieldsOf = (s: Sensor): SensorFields => ({
  id: s.id, name: s.name, area: s.area, kind: s.kind, unit: s.unit, topic: s.topic, camera: s.camera, disabled: s.disabled, lon: s.place.lon, lat: s.place.lat,
  mapping: { path: s.mapping.path ?? '', scale: s.mapping.scale || 1, offset: s.mapping.offset ?? 0 }, staleS: seconds(s.stale_after), rules: s.rules ?? [],
}) // prettier-ignore

export const noSensor = (id: string, area: string, topic: string, lon: number, lat: number): SensorFields => ({
  id, area, topic, lon, lat, name: '', kind: 'water_level', unit: 'm', mapping: { path: '', scale: 1, offset: 0 }, staleS: 60, camera: '', disabled: false, rules: [],
}) // prettier-ignore

export function bodyOf(f: SensorFields) {
  const { name, area, kind, unit, topic, mapping, camera, disabled, rules } = f
  return { name, area, kind, unit, topic, mapping, camera, disabled, rules, stale_after: duration(f.staleS), place: { lon: f.lon, lat: f.lat } }
}

/** An id that a topic suggests: hean/water/underpass becomes water-underpass, as long as nobody has it. */
export function idFor(topic: string, taken: ReadonlySet<string>): string {
  const words = topic.split('/').slice(-2).join('-').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '').slice(0, 48)
  const base = words || 'sensor'
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`
    if (!taken.has(id)) return id
  }
}

/** The kinds of rule that the page can edit; others stay as they are. */
export const ruleKinds = ['sensor_threshold', 'sensor_rate', 'sensor_expression'] as const

/** A rule to begin with, under an id of its own where another of its kind has the kind's. */
export function firstRule(kind: (typeof ruleKinds)[number], f: SensorFields, readings: readonly Reading[], value: number | null): Rule {
  const values = readings.map((r) => r.value)
  const spread = values.length ? Math.max(...values) - Math.min(...values) : 0
  const begun = {
    sensor_threshold: { above: firstLimit(readings, value) },
    sensor_rate: { above: Number(Math.max(spread * 1.2, 0.1).toPrecision(3)), window: duration(600) },
    sensor_expression: { expr: `value('${f.id}') > ${firstLimit(readings, value)}` },
  }[kind]
  const another = f.rules.some((r) => r.kind === kind)
  return { kind, ...begun, ...(another ? { id: `${kind.slice(7)}-${Date.now().toString(36)}` } : {}) }
}

/** A limit to begin with: a little above all that came in the last hour. */
export function firstLimit(readings: readonly Reading[], value: number | null): number {
  const most = Math.max(...readings.map((r) => r.value), value ?? 0)
  return Number((most + Math.max(Math.abs(most) * 0.2, 0.1)).toPrecision(3))
}
