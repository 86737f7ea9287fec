/** Pure geometry of zones: points are fractions of the picture's width and height. */
export type Point = [number, number]
/** A length in the picture that looks the same in both directions: width over height. */
export type Aspect = number

const clamp = (n: number) => Math.min(1, Math.max(0, n))
/** Three decimals are a pixel of a large picture, and a number that one can read. */
const round = (n: number) => Math.round(n * 1000) / 1000
export const tidy = ([x, y]: Point): Point => [round(clamp(x)), round(clamp(y))]

const far = (a: Point, b: Point, aspect: Aspect) => Math.hypot((a[0] - b[0]) * aspect, a[1] - b[1])

/** Draws p to the picture's edges and to corners of other zones when it is near: `reach` is a fraction of the height. */
export function snap(p: Point, corners: readonly Point[], reach: number, aspect: Aspect): Point {
  const near = corners.map((c) => ({ c, d: far(p, c, aspect) })).sort((a, b) => a.d - b.d)[0]
  if (near && near.d <= reach) return tidy(near.c)
  const edge = (n: number, r: number) => (n < r ? 0 : n > 1 - r ? 1 : n)
  return tidy([edge(p[0], reach / aspect), edge(p[1], reach)])
}

/** The edge of the ring that p is nearest to: a point put behind this index lies on it. */
export function nearestEdge(ring: readonly Point[], p: Point, aspect: Aspect): number {
  let best = { i: 0, d: Infinity }
  ring.forEach((a, i) => {
    const d = toSegment(p, a, ring[(i + 1) % ring.length]!, aspect)
    if (d < best.d) best = { i, d }
  })
  return best.i
}

function toSegment(p: Point, a: Point, b: Point, aspect: Aspect): number {
  const [dx, dy] = [(b[0] - a[0]) * aspect, b[1] - a[1]]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : clamp(((p[0] - a[0]) * aspect * dx + (p[1] - a[1]) * dy) / length)
  return Math.hypot((p[0] - a[0]) * aspect - t * dx, p[1] - a[1] - t * dy)
}

export const insert = (ring: readonly Point[], behind: number, p: Point): Point[] => [...ring.slice(0, behind + 1), tidy(p), ...ring.slice(behind + 1)]
export const move = (ring: readonly Point[], i: number, p: Point): Point[] => ring.map((q, j) => (i === j ? tidy(p) : q))
/** A zone keeps three corners. */
export const remove = (ring: readonly Point[], i: number): Point[] => (ring.length > 3 ? ring.filter((_, j) => i !== j) : [...ring])

/** Moves the whole ring as far as it stays in the picture, without bending it. */
export function shift(ring: readonly Point[], dx: number, dy: number): Point[] {
  const held = (d: number, at: number[]) => Math.min(Math.max(d, -Math.min(...at)), 1 - Math.max(...at))
  const [x, y] = [held(dx, ring.map((p) => p[0])), held(dy, ring.map((p) => p[1]))]
  return ring.map((p) => tidy([p[0] + x, p[1] + y]))
}

/** Whether two edges of the ring cross: what lies inside is then not what one sees. */
export function crosses(ring: readonly Point[]): boolean {
  const n = ring.length
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue // neighbours
      if (meet(ring[i]!, ring[(i + 1) % n]!, ring[j]!, ring[(j + 1) % n]!)) return true
    }
  }
  return false
}

const side = (a: Point, b: Point, p: Point) => Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]))
const meet = (a: Point, b: Point, c: Point, d: Point) => side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)

/** The share of the picture that the ring covers; of a crossed one not what one sees. */
export function share(ring: readonly Point[]): number {
  const twice = ring.reduce((sum, p, i) => {
    const q = ring[(i + 1) % ring.length]!
    return sum + p[0] * q[1] - q[0] * p[1]
  }, 0)
  return Math.abs(twice) / 2
}

/** The middle of the corners: where a zone's name stands. */
export const middle = (ring: readonly Point[]): Point => [ring.reduce((s, p) => s + p[0], 0) / ring.length, ring.reduce((s, p) => s + p[1], 0) / ring.length]
