import type { Camera } from '@/api/types'
import type { Point } from './shape'

export type Rule = NonNullable<Camera['rules']>[number]

/** A zone with its rules. `rules` of the camera that have no zone watch the whole picture, or the camera itself. */
export interface Zone {
  name: string
  points: Point[]
}

/** What the zone editor works on, as a list: a name may be changed without anything losing its place. */
export interface Draft {
  zones: Zone[]
  rules: Rule[]
}

export const pictureKinds = ['intrusion', 'vehicle_in_zone', 'crowd'] as const
export type PictureKind = (typeof pictureKinds)[number]

/** What a rule of the kind is when nothing is said, as detection has it. */
export const usual: Record<PictureKind, { severity: string; dwell: string; count?: number }> = {
  intrusion: { severity: 'orange', dwell: '1s' },
  vehicle_in_zone: { severity: 'yellow', dwell: '2s' },
  crowd: { severity: 'orange', dwell: '5s', count: 5 },
}

/** What a camera can report by itself, and how grave it is when nothing is said. */
export const reportedKinds = ['intrusion', 'line_crossing', 'loitering'] as const
export type ReportedKind = (typeof reportedKinds)[number]
export const reportedUsual: Record<ReportedKind, string> = { intrusion: 'orange', line_crossing: 'yellow', loitering: 'yellow' }

/** The rule about what the camera reports by itself: the site's own, or the one that goes without saying. */
export const reportedRule = (d: Draft, kind: ReportedKind): Rule => d.rules.find((r) => r.by === 'camera' && r.kind === kind) ?? { kind, by: 'camera' }

/** Puts such a rule in the place of the one before. */
export const withReported = (d: Draft, rule: Rule): Draft => {
  const old = reportedRule(d, rule.kind as ReportedKind)
  return { ...d, rules: d.rules.includes(old) ? d.rules.map((r) => (r === old ? rule : r)) : [...d.rules, rule] }
}

export const draftOf = (camera: Pick<Camera, 'zones' | 'rules'>): Draft => ({
  zones: Object.entries(camera.zones ?? {}).map(([name, points]) => ({ name, points: points as Point[] })),
  rules: camera.rules ?? [],
})

/** The draft as a camera's edit takes it. */
export const editOf = (d: Draft) => ({ zones: Object.fromEntries(d.zones.map((z) => [z.name, z.points])), rules: d.rules })

/** A name that no zone has yet. */
export function freeName(d: Draft, word: string): string {
  const names = new Set(d.zones.map((z) => z.name))
  for (let n = d.zones.length + 1; ; n++) if (!names.has(`${word}${n}`)) return `${word}${n}`
}

/** Gives a zone another name; its rules, and those without an id whose name hangs on it, go along. */
export const rename = (d: Draft, i: number, name: string): Draft => {
  const before = d.zones[i]!.name
  return { zones: d.zones.map((z, j) => (i === j ? { ...z, name } : z)), rules: d.rules.map((r) => (r.zone === before ? { ...r, zone: name } : r)) }
}

/** Removes a zone and the rules that watch it. */
export const without = (d: Draft, i: number): Draft => ({ zones: d.zones.filter((_, j) => j !== i), rules: d.rules.filter((r) => r.zone !== d.zones[i]!.name) })

export const setPoints = (d: Draft, i: number, points: Point[]): Draft => ({ ...d, zones: d.zones.map((z, j) => (i === j ? { ...z, points } : z)) })

/** A zone with the rule that most zones are drawn for. */
export const withZone = (d: Draft, name: string, points: Point[]): Draft => ({ zones: [...d.zones, { name, points }], rules: [...d.rules, { kind: 'intrusion', zone: name }] })

/** The name by which events know a rule. */
export const keyOf = (r: Rule): string => r.id || (r.by ? `${r.by}.${r.kind}` : '') || (r.zone ? `${r.kind}.${r.zone}` : r.kind)

/** What is wrong with the draft before the server says so: the key of a sentence and what it is about. */
export function faultsOf(d: Draft): { code: 'noName' | 'sameName' | 'longName' | 'sameRule'; name: string }[] {
  const faults: ReturnType<typeof faultsOf> = []
  const names = d.zones.map((z) => z.name)
  for (const [i, name] of names.entries()) {
    if (name.trim() === '' || name !== name.trim()) faults.push({ code: 'noName', name })
    else if (new TextEncoder().encode(name).length > 64) faults.push({ code: 'longName', name })
    else if (names.indexOf(name) !== i) faults.push({ code: 'sameName', name })
  }
  const keys = d.rules.map(keyOf)
  for (const [i, key] of keys.entries()) if (keys.indexOf(key) !== i) faults.push({ code: 'sameRule', name: d.rules[i]!.zone ?? '' })
  return faults
}

/** Seconds of a duration such as 1m30s or 500ms; 0 for none. */
export function seconds(duration: string | undefined): number {
  const unit: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 }
  return [...(duration ?? '').matchAll(/([0-9.]+)(ms|h|m|s)/g)].reduce((sum, [, n, u]) => sum + Number(n) * unit[u!]!, 0)
}

/** Seconds as a duration that the server takes. */
export const duration = (s: number): string => `${Math.round(Math.max(0, s) * 1000)}ms`

/** "22:00-06:00" in its two ends; none is always. */
export function hoursOf(text: string | undefined): [string, string] {
  const [from = '', to = ''] = (text ?? '').split('-')
  return [from, to]
}
