import type { Reading } from '@/api/types'

const longest = 240
const settled = 60

/** Adds a reading to a curve that stays in time order and keeps its newest few minutes. */
export function addReading(curve: readonly Reading[], r: Reading): Reading[] {
  const newest = curve.at(-1)
  if (newest && newest.at >= r.at) return [...curve] // RFC 3339 in UTC sorts as text
  return [...curve.slice(-(longest - 1)), r]
}

/**
 * Forgets the oldest settled things beyond a few dozen, so that a wall that runs for weeks holds what is live and what
 * was lately. ULIDs sort by time.
 */
export function keepRecent<T extends { id: string }>(map: Map<string, T>, live: (thing: T) => boolean): void {
  const done = [...map.values()].filter((t) => !live(t))
  if (done.length <= settled) return
  done.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const thing of done.slice(0, done.length - settled)) map.delete(thing.id)
}
