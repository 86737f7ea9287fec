import type { Area, Camera } from '@/api/types'

/** How much of an area has gone dark. */
export interface Blackout {
  down: number
  of: number
}

const least = 3

function add(to: Map<string, Blackout>, area: string, down: number, of: number) {
  const b = to.get(area)
  if (b) {
    b.down += down
    b.of += of
  } else to.set(area, { down, of })
}

/** The areas of which at least half the cameras, and not fewer than three, are down at once: no chance, but a power failure or a cut line. */
export function blackouts(areas: ReadonlyMap<string, Area>, cameras: Iterable<Camera>): Map<string, Blackout> {
  const own = new Map<string, Blackout>()
  for (const camera of cameras) {
    if (!camera.disabled) add(own, camera.area, camera.state === 'offline' ? 1 : 0, 1)
  }
  const all = new Map<string, Blackout>()
  for (const [area, { down, of }] of own) {
    for (let a = areas.get(area), steps = 0; a && steps < 10; a = areas.get(a.parent), steps++) add(all, a.id, down, of)
  }
  return new Map([...all].filter(([, b]) => b.down >= least && 2 * b.down >= b.of))
}
