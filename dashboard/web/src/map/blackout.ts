import type { Area, Camera } from '@/api/types'

/** How much of an area has gone dark. */
export interface Blackout {
  down: number
  of: number
}

const least = 3

/** The areas of which at least half the cameras, and not fewer than three, are down at once: no chance, but a power failure or a cut line. */
export function blackouts(areas: ReadonlyMap<string, Area>, cameras: Iterable<Camera>): Map<string, Blackout> {
  const all = new Map<string, Blackout>()
  for (const camera of cameras) {
    if (camera.disabled) continue
    const down = camera.state === 'offline' ? 1 : 0
    for (let a = areas.get(camera.area), steps = 0; a && steps < 10; a = areas.get(a.parent), steps++) {
      const b = all.get(a.id) ?? { down: 0, of: 0 }
      all.set(a.id, { down: b.down + down, of: b.of + 1 })
    }
  }
  return new Map([...all].filter(([, b]) => b.down >= least && 2 * b.down >= b.of))
}
