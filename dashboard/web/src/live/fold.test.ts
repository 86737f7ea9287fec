import { describe, expect, it } from 'vitest'
import { backoff, pause } from './backoff'
import { addReading, keepRecent } from './fold'

const reading = (s: number) => ({ sensor: 'x', value: s, at: new Date(s * 1000).toISOString() })

describe('a curve', () => {
  it('keeps its order and its length', () => {
    let curve = [reading(1)]
    for (let s = 2; s < 1000; s++) curve = addReading(curve, reading(s))
    expect(curve).toHaveLength(240)
    expect(curve.at(-1)).toEqual(reading(999))
    expect(addReading(curve, reading(5))).toEqual(curve)
  })
})

describe('what is settled', () => {
  it('is forgotten beyond a few dozen, oldest first; what is live never is', () => {
    const map = new Map(Array.from({ length: 200 }, (_, i) => [`${1000 + i}`, { id: `${1000 + i}`, live: i < 5 }] as const))
    keepRecent(map, (t) => t.live)
    expect(map.size).toBe(65)
    expect(map.has('1000')).toBe(true)
    expect(map.has('1006')).toBe(false)
    expect(map.has('1199')).toBe(true)
  })
})

describe('the wait before another try', () => {
  it('doubles, is capped, and is jittered by no more than half', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((n) => backoff(n, () => 1))).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000])
    expect(backoff(3, () => 0)).toBe(2000)
  })

  it('ends early without an error when nobody waits any more', async () => {
    const stop = new AbortController()
    const waiting = pause(1e6, stop.signal)
    stop.abort()
    await waiting
    await pause(1e6, stop.signal)
  })
})
