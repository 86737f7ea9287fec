/** A buffered stretch of video in seconds. */
export type Stretch = readonly [start: number, end: number]

/** What to do about the place of the playhead. */
export type Chase = { do: 'nothing' } | { do: 'seek'; to: number } | { do: 'rate'; rate: number }

/** How far behind the newest picture we aim to play: enough to ride over the jitter of a 10 fps camera. */
export const target = 0.4
const late = 1
const hopeless = 4

/**
 * Decides how the playhead gets back to the live edge: a little late, it plays faster; hopelessly late, before the
 * buffer or in front of a hole that a slow network left, it jumps.
 */
export function chase(at: number, buffered: readonly Stretch[], rate: number): Chase {
  const newest = buffered.at(-1)
  if (!newest) return { do: 'nothing' }
  const [start, end] = newest
  const behind = end - at
  if (at < start || behind > hopeless || behind < -1) return { do: 'seek', to: Math.max(start, end - target) }
  if (behind > late && rate === 1) return { do: 'rate', rate: 1.2 }
  if (behind < 2 * target && rate !== 1) return { do: 'rate', rate: 1 }
  return { do: 'nothing' }
}

const keep = 6
const slack = 12

/** The stretch that may be thrown away now, or null. Trimming in large steps keeps the source buffer from being busy always. */
export function trim(at: number, buffered: readonly Stretch[]): Stretch | null {
  const oldest = buffered[0]
  if (!oldest || at - oldest[0] < keep + slack) return null
  return [oldest[0], at - keep]
}

/** What the player knows of its own picture. */
export interface Picture {
  /** When the newest picture was seen to be new, null before the first. */
  lastAt: number | null
  /** Since when the player has tried. */
  triedAt: number
  /** What the browser cannot play, "" while it can. */
  unplayable: string
}

/** No new picture for this long is a frozen picture. */
export const frozenMs = 3000

/** Joins what was received since the last append into one piece: one append is cheaper than five. */
export function join(parts: readonly ArrayBuffer[]): ArrayBuffer {
  if (parts.length === 1) return parts[0]!
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(new Uint8Array(part), offset)
    offset += part.byteLength
  }
  return whole.buffer
}
