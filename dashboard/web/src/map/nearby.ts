import type { Camera, Sensor } from '@/api/types'

type Place = { lon: number; lat: number }

/** A thing that stands near a place: how far, and where, in metres to the east and to the south of it. */
export interface Near<T> {
  thing: T
  metres: number
  x: number
  y: number
}

const degree = 111_320

/** Metres to the east and to the south; exact enough for some hundred metres. */
export function offset(from: Place, to: Place): { x: number; y: number } {
  return { x: (to.lon - from.lon) * degree * Math.cos((from.lat * Math.PI) / 180), y: (from.lat - to.lat) * degree }
}

/** What stands within so many metres of the place, the nearest first; what was not placed stands nowhere. */
export function nearby<T extends Camera | Sensor>(things: Iterable<T>, place: Place, metres: number): Near<T>[] {
  const high = metres / degree // nothing farther to the north or south is near: most of a district is put aside by one look
  return [...things]
    .filter((thing) => !thing.disabled && Math.abs(thing.place.lat - place.lat) <= high && (thing.place.lon !== 0 || thing.place.lat !== 0))
    .map((thing) => {
      const { x, y } = offset(place, thing.place)
      return { thing, x, y, metres: Math.hypot(x, y) }
    })
    .filter((n) => n.metres <= metres)
    .sort((a, b) => a.metres - b.metres || (a.thing.id < b.thing.id ? -1 : 1))
}
