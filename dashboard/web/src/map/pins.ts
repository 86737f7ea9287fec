import type { Alert, Camera, Sensor } from '@/api/types'

/** What stands on the map where something is going on. */
export interface Pin {
  alert: Alert
  /** How many live alerts the source has; the pin is the most urgent of them. */
  count: number
  name: string
  place: { lon: number; lat: number }
}

const most = 60

/** One pin for each source with a place, from alerts in order of urgency, cut at what a person can still tell apart. */
export function pins(alerts: readonly Alert[], cameras: ReadonlyMap<string, Camera>, sensors: ReadonlyMap<string, Sensor>): Pin[] {
  const at = new Map<string, Pin>()
  for (const alert of alerts) {
    const source = (alert.source_type === 'camera' ? cameras : sensors).get(alert.source)
    if (!source || (source.place.lon === 0 && source.place.lat === 0)) continue
    const pin = at.get(source.id)
    if (pin) pin.count++
    else at.set(source.id, { alert, count: 1, name: source.name, place: source.place })
  }
  return [...at.values()].slice(0, most)
}
