type Point = [number, number]

/** What a name and its note need of the breadth and height of the whole map, to either side of their middle. */
const reach = { lon: 0.085, lat: 0.062 }
const steps = [0, -0.12, 0.12, -0.24, 0.24, -0.36, 0.36]

/**
 * Where the name of an area stands: in its middle, or as near to it as there is room beside what stands on the map.
 * `size` is the extent of the whole map.
 */
export function nameSpot(ring: readonly Point[], taken: readonly Point[], size: { lon: number; lat: number }): Point {
  const middle = centre(ring)
  const [wide, high] = [extent(ring.map((p) => p[0])), extent(ring.map((p) => p[1]))]
  const [lon, lat] = [reach.lon * size.lon + wide / 2, reach.lat * size.lat + high / 2]
  const near = taken.filter((p) => Math.abs(p[0] - middle[0]) <= lon + wide / 2 && Math.abs(p[1] - middle[1]) <= lat + high / 2) // the rest is out of reach
  let best = middle
  let most = -Infinity
  for (const dx of steps) {
    for (const dy of steps) {
      const spot: Point = [middle[0] + dx * wide, middle[1] + dy * high]
      if (!inside(ring, spot)) continue
      const free = Math.min(1, ...near.map((p) => Math.max(Math.abs(p[0] - spot[0]) / (reach.lon * size.lon), Math.abs(p[1] - spot[1]) / (reach.lat * size.lat))))
      const score = free - 0.5 * Math.hypot(dx, dy)
      if (score > most) [best, most] = [spot, score]
    }
  }
  return best
}

const extent = (of: readonly number[]) => Math.max(...of) - Math.min(...of)

function centre(ring: readonly Point[]): Point {
  const n = ring.length
  return [ring.reduce((s, p) => s + p[0], 0) / n, ring.reduce((s, p) => s + p[1], 0) / n]
}

/** Whether a ray to the east leaves the ring an odd number of times. */
function inside(ring: readonly Point[], [x, y]: Point): boolean {
  let odd = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i]!, ring[j]!]
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) odd = !odd
  }
  return odd
}
