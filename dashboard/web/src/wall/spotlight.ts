import { type Alert, type Camera, rank, type Sensor } from '@/api/types'

/** How many pictures the wall shows at once. */
export const tilesShown = 16

/** The cameras of the grid: the AI points first, then by id. It depends on the site alone, so no tile wanders when a camera fails. */
export function gridCameras(cameras: Iterable<Camera>): string[] {
  return [...cameras]
    .filter((c) => !c.disabled)
    .sort((a, b) => Number(b.analyse) - Number(a.analyse) || (a.id < b.id ? -1 : 1))
    .slice(0, tilesShown)
    .map((c) => c.id)
}

/** The camera that sees an alert: its source, or the camera that looks at the sensor; "" where none does, such as of the hall itself. */
export function cameraOf(a: Pick<Alert, 'source' | 'source_type'>, sensors: ReadonlyMap<string, Sensor>): string {
  if (a.source_type === 'camera') return a.source
  return a.source_type === 'sensor' ? (sensors.get(a.source)?.camera ?? '') : ''
}

/** Whether the camera's own picture can show the alert: a camera that is down has none. */
const visible = (a: Alert) => !a.kind.startsWith('camera_')

/** The alert that holds the spotlight: unseen before acknowledged, the gravest, the newest. Yellow and blue never take it. */
export function spotlit(alerts: Iterable<Alert>, sensors: ReadonlyMap<string, Sensor>, cameras: ReadonlyMap<string, Camera>): Alert | null {
  const wants = [...alerts].filter(
    (a) => (a.state === 'open' || a.state === 'acknowledged') && rank(a.severity) >= 2 && visible(a) && cameras.has(cameraOf(a, sensors)),
  )
  wants.sort((a, b) => Number(b.state === 'open') - Number(a.state === 'open') || rank(b.severity) - rank(a.severity) || (a.id < b.id ? 1 : -1))
  return wants[0] ?? null
}

/**
 * Who stands in which slot, slot 0 being the large one. The camera in the spotlight changes places with the one at home
 * there; everything else stays where the eye knows it.
 */
export function arrange(grid: readonly string[], spot: string | null): string[] {
  if (!spot || grid[0] === spot) return [...grid]
  const at = grid.indexOf(spot)
  const slots = [...grid]
  if (at > 0) slots[at] = slots[0]!
  slots[0] = spot
  return slots
}
