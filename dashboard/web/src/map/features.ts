import type { Alert, Area, Camera, Reading, Sensor, Severity } from '@/api/types'
import { gravest } from '@/alerts/sort'
import { amount } from '@/app/format'
import { nameSpot } from './labels'
import { groups, middle, placed } from './lattice'
import { tendency } from './tendency'

type Features = GeoJSON.FeatureCollection
type Point = [number, number]

const collection = (features: GeoJSON.Feature[]): Features => ({ type: 'FeatureCollection', features })
const point = (p: { lon: number; lat: number }, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature => ({
  type: 'Feature', properties, geometry: { type: 'Point', coordinates: [p.lon, p.lat] },
})

/** The gravest live alert of each area, the areas above it included. */
export function severityByArea(areas: ReadonlyMap<string, Area>, alerts: readonly Alert[]): Map<string, Severity> {
  const found = new Map<string, Severity>()
  for (const alert of alerts) {
    for (let a = areas.get(alert.area), steps = 0; a && steps < 10; a = areas.get(a.parent), steps++) {
      const so = found.get(a.id)
      found.set(a.id, gravest(so ? [so, alert.severity] : [alert.severity])!)
    }
  }
  return found
}

/** The areas that stand on the map: the finest level that has boundaries, grids within communities aside. */
export function drawn(areas: readonly Area[]): Area[] {
  const bounded = areas.filter((a) => a.boundary && a.boundary.length >= 3)
  const communities = bounded.filter((a) => a.kind === 'community')
  return communities.length > 0 ? communities : bounded
}

/** So many areas can have their names on the map. */
const namesMost = 40

/** The areas whose names stand on the map: those that are drawn, or the finest level above them of which all have room. */
export function named(areas: readonly Area[]): Area[] {
  const finest = drawn(areas)
  if (finest.length <= namesMost) return finest
  for (const kind of ['street', 'district']) {
    const wider = areas.filter((a) => a.kind === kind && a.boundary && a.boundary.length >= 3)
    if (wider.length > 0 && wider.length <= namesMost) return wider
  }
  return []
}

/** The areas in the colour of their gravest alert; those in `dark` have lost their cameras. */
export function areaFeatures(areas: readonly Area[], severities: ReadonlyMap<string, Severity>, dark: { has(id: string): boolean } = new Set()): Features {
  return collection(
    drawn(areas).map((a) => ({
      type: 'Feature', properties: { id: a.id, severity: severities.get(a.id) ?? '', dark: dark.has(a.id) }, geometry: { type: 'Polygon', coordinates: [closed(a.boundary as Point[])] },
    })),
  )
}

/**
 * The names stand in the middle of their areas, beside what is `taken`, as points of their own: a polygon's label would be
 * drawn once a tile. An area with a note has it below its name.
 */
export function areaNames(areas: readonly Area[], taken: Iterable<{ place: { lon: number; lat: number } }> = [], notes: ReadonlyMap<string, string> = new Map()): Features {
  const points = [...taken].filter((t) => placed(t.place)).map((t): Point => [t.place.lon, t.place.lat])
  const whole = bounds(areas, [])
  const size = whole ? { lon: whole[1][0] - whole[0][0], lat: whole[1][1] - whole[0][1] } : { lon: 1, lat: 1 }
  const all = named(areas)
  return collection(
    all.map((a) => {
      const [lon, lat] = nameSpot(a.boundary as Point[], points, size)
      return point({ lon, lat }, { name: a.name, note: notes.get(a.id) ?? '', small: all.length > namesMost / 2 })
    }),
  )
}

/**
 * Cameras by state and heading; a camera that was not placed stands nowhere. Of those that share a mark it shows how the worst one
 * is: what is blind is shown as blind.
 */
export function cameraFeatures(cameras: Iterable<Camera>, corners: [Point, Point] | null = null): Features {
  return collection(
    groups(cameras, corners).map((group) => {
      const sign = signs[Math.max(...group.map((c) => signs.indexOf(signOf(c))))]!
      const [only] = group
      return group.length === 1 ? point(only!.place, { icon: `camera-${sign}`, heading: only!.heading }) : point(middle(group), { icon: `cameras-${sign}`, heading: 0 })
    }),
  )
}

/** What a camera looks like on the map, the worst last. One that is disabled is not missed. */
export const signs = ['idle', 'online', 'degraded', 'down'] as const
const signOf = (c: Camera): (typeof signs)[number] =>
  c.state === 'disabled' ? 'idle' : c.state === 'online' ? 'online' : c.state === 'degraded' || c.state === 'connecting' ? 'degraded' : 'down'

/** So many sensors stand on the map at full size. */
const sensorsMost = 120

/** Sensors with their value, where it is going and the colour of their alert; one whose value cannot be believed says so by a dash. */
export const sensorFeatures = (
  sensors: Iterable<Sensor>, curves: ReadonlyMap<string, readonly Reading[]> = new Map(), severities: ReadonlyMap<string, Severity> = new Map(),
): Features => {
  const shown = [...sensors].filter((s) => placed(s.place) && !s.disabled)
  const small = shown.length > sensorsMost
  return collection(
    shown.map((s) => point(s.place, { icon: s.state === 'ok' ? 'sensor' : 'sensor-stale', text: valueOf(s, curves.get(s.id) ?? []), severity: severities.get(s.id) ?? '', small })),
  )
}

function valueOf(s: Sensor, curve: readonly Reading[]): string {
  if (s.state !== 'ok' || s.value === null) return '—'
  return `${amount(s.value, s.unit)} ${tendency(curve)}`.trim()
}

/** The corners of everything that has a place, [[west, south], [east, north]]; null of nothing. */
export function bounds(areas: readonly Area[], points: Iterable<{ place: { lon: number; lat: number } }>): [Point, Point] | null {
  const all: Point[] = drawn(areas).flatMap((a) => a.boundary as Point[])
  for (const p of points) if (placed(p.place)) all.push([p.place.lon, p.place.lat])
  if (all.length === 0) return null
  const [low, high]: [Point, Point] = [[Infinity, Infinity], [-Infinity, -Infinity]]
  for (const p of all) {
    for (const axis of [0, 1] as const) {
      low[axis] = Math.min(low[axis], p[axis])
      high[axis] = Math.max(high[axis], p[axis])
    }
  }
  return [low, high]
}

function closed(ring: readonly Point[]): Point[] {
  const [first, last] = [ring[0]!, ring.at(-1)!]
  return first[0] === last[0] && first[1] === last[1] ? [...ring] : [...ring, first]
}
