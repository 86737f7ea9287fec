import type { Reading } from '@/api/types'

/** A curve in a box of w × h with the limit inside it. */
export interface Curve {
  points: string
  /** The height of the limit in the box, null where there is none. */
  limitY: number | null
}

/** Draws readings over their own span of time. One reading alone is a flat line. */
export function curve(readings: readonly Reading[], limit: number | undefined, w: number, h: number): Curve {
  if (readings.length === 0) return { points: '', limitY: null }
  const at = readings.map((r) => Date.parse(r.at))
  const [from, to] = [at[0]!, at.at(-1)!]
  const all = [...readings.map((r) => r.value), ...(limit === undefined ? [] : [limit])]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const y = (v: number) => round(high === low ? h / 2 : h - 2 - ((v - low) / (high - low)) * (h - 4))
  const x = (t: number) => round(to === from ? w : ((t - from) / (to - from)) * w)
  const points = readings.map((r, i) => `${x(at[i]!)},${y(r.value)}`)
  if (points.length === 1) points.unshift(`0,${y(readings[0]!.value)}`)
  return { points: points.join(' '), limitY: limit === undefined ? null : y(limit) }
}

const round = (n: number) => Math.round(n * 10) / 10
