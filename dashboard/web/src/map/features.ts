import type { Alert, Area, Camera, Reading, Sensor, Severity } from '@/api/types'
import { gravest } from '@/alerts/sort'
import { amount } from '@/app/format'
import { nameSpot } from './labels'
import { tendency } from './tendency'

type Features = GeoJSON.FeatureCollection
type Point = [number, number]

const collection = (features: GeoJSON.Feature[]): Features => ({ type: 'FeatureCollection', features })
const placed = (p: { lon: number; lat: number }) => p.lon !== 0 || p.lat !== 0
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
  return collection(
    drawn(areas).map((a) => {
      const [lon, lat] = nameSpot(a.boundary as Point[], points, size)
      return point({ lon, lat }, { name: a.name, note: notes.get(a.id) ?? '' })
    }),
  )
}

/** Cameras by state and heading; a camera that was not placed stands nowhere. */
export const cameraFeatures = (cameras: Iterable<Camera>): Features =>
  collection([...cameras].filter((c) => placed(c.place)).map((c) => point(c.place, { icon: icon(c), heading: c.heading })))

const icon = (c: Camera) => (c.state === 'online' ? 'camera-online' : c.state === 'degraded' || c.state === 'connecting' ? 'camera-degraded' : 'camera-down')

/** Sensors with their value, where it is going and the colour of their alert; one whose value cannot be believed says so by a dash. */
export const sensorFeatures = (
  sensors: Iterable<Sensor>, curves: ReadonlyMap<string, readonly Reading[]> = new Map(), severities: ReadonlyMap<string, Severity> = new Map(),
): Features =>
  collection(
    [...sensors].filter((s) => placed(s.place) && !s.disabled).map((s) =>
      point(s.place, { icon: s.state === 'ok' ? 'sensor' : 'sensor-stale', text: valueOf(s, curves.get(s.id) ?? []), severity: severities.get(s.id) ?? '' })),
  ) // prettier-ignore

function valueOf(s: Sensor, curve: readonly Reading[]): string {
  if (s.state !== 'ok' || s.value === null) return '—'
  return `${amount(s.value, s.unit)} ${tendency(curve)}`.trim()
}

/** The corners of everything that has a place, [[west, south], [east, north]]; null of nothing. */
export function bounds(areas: readonly Area[], points: Iterable<{ place: { lon: number; lat: number } }>): [Point, Point] | null {
  const all: Point[] = drawn(areas).flatMap((a) => a.boundary as Point[])
  for (const p of points) if (placed(p.place)) all.push([p.place.lon, p.place.lat])
  if (all.length === 0) return null
  const [lon, lat] = [all.map((p) => p[0]), all.map((p) => p[1])]
  return [[Math.min(...lon), Math.min(...lat)], [Math.max(...lon), Math.max(...lat)]]
}

function closed(ring: readonly Point[]): Point[] {
  const [first, last] = [ring[0]!, ring.at(-1)!]
  return first[0] === last[0] && first[1] === last[1] ? [...ring] : [...ring, first]
}
