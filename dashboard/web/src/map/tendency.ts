import type { Reading } from '@/api/types'

const spanMs = 60_000
const few = 4

/** Whether a value has been rising or falling over its last minute: an arrow, "" while it stays or too little is known. */
export function tendency(readings: readonly Reading[]): '↑' | '↓' | '' {
  const newest = readings.at(-1)
  if (!newest) return ''
  const since = Date.parse(newest.at) - spanMs
  const values = readings.filter((r) => Date.parse(r.at) >= since).map((r) => r.value)
  if (values.length < 2 * few) return ''
  const third = Math.max(few, Math.floor(values.length / 3))
  const [before, now] = [mean(values.slice(0, third)), mean(values.slice(-third))]
  // What changes by less than a twentieth, or by less than it jitters anyway, stays.
  const jitter = values.slice(1).reduce((s, v, i) => s + Math.abs(v - values[i]!), 0) / (values.length - 1)
  if (Math.abs(now - before) < Math.max(0.05 * Math.max(Math.abs(before), Math.abs(now)), 1.5 * jitter)) return ''
  return now > before ? '↑' : '↓'
}

const mean = (of: readonly number[]) => of.reduce((a, b) => a + b, 0) / of.length
