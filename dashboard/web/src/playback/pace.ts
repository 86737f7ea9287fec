/** A stretch of footage, ms since 1970. */
export interface Stretch {
  from: number
  to: number
}

export const speeds = [0.5, 1, 2, 4, 8] as const

/** How a video keeps step with the clock. */
export type Step = { do: 'rate'; rate: number } | { do: 'seek' }

const settled = 15
const loose = 40
const seen = 150
const far = 1000
/** So much faster or slower nobody sees; what is farther apart catches up in about a second. */
const [nudge, push] = [0.05, 0.25]

/**
 * Decides how a video comes back to the clock that it leads by so many ms of footage: by a little speed, by more, or by a jump, which
 * costs the decoder most. `now` is its own speed, `clock` the clock's; what is apart counts in the time of who looks on.
 */
export function follow(lead: number, now: number, clock: number): Step {
  const apart = Math.abs(lead) / Math.max(1, clock)
  if (apart > far) return { do: 'seek' }
  if (apart <= (now === clock ? loose : settled)) return { do: 'rate', rate: clock }
  const by = apart > seen ? push : nudge
  return { do: 'rate', rate: clock * (lead > 0 ? 1 - by : 1 + by) }
}

/** Whether a video has fallen behind so far that it is not in step. */
export const lags = (lead: number, clock: number): boolean => -lead / Math.max(1, clock) > seen

/** What plays beside each other on this machine. */
export interface Load {
  rate: number
  /** Width times height of each video. */
  sizes: readonly number[]
  cores: number
}

const fps = 25
/** What a quarter of a core decodes without help, pixels a second: the rest of the machine has other work. */
const pixelsPerCore = 60e6

/** Whether only key pictures are played: faster than it was, where all pictures would be more than this machine decodes. */
export function keysOnly({ rate, sizes, cores }: Load): boolean {
  return rate > 1 && rate * fps * sizes.reduce((sum, n) => sum + n, 0) > cores * pixelsPerCore
}

/** A machine that cannot keep up for so long plays key pictures alone from then on, ms. */
export const strainMs = 4000

/** So much is fetched before it is needed, ms of footage. */
export const ahead = { all: 20_000, keys: 60_000 }
const behind = 60_000
const slack = 15_000

/** What to throw away: what lies far behind, and what a jump back has left far before. In large steps, or the buffer is busy always. */
export function spent(buffered: readonly Stretch[], at: number, most: number): Stretch | null {
  const [first, last] = [buffered[0], buffered.at(-1)]
  if (first && first.from < at - behind - slack) return { from: first.from, to: at - behind }
  if (last && last.from > at + most + slack) return last
  return null
}

/** Pictures that are shown later than they are decoded leave so much open at the beginning of a piece, ms. */
const seam = 500

/** The stretch that an instant lies in, or just before. */
export const holding = (all: readonly Stretch[], at: number): Stretch | undefined => all.find((s) => at >= s.from - seam && at < s.to)

/** How a camera's playing stands: at the edge is where footage is still being written. */
export type ReelState = 'loading' | 'ready' | 'gap' | 'edge' | 'unplayable' | 'failed'

/** So much lies ready before playing begins: at the edge more, since there it comes a second at a time. */
export const enough = (edge: boolean, rate: number): number => (edge ? 2000 : 300) * Math.max(1, rate)

/** What the clock does about its cameras. */
export type Pulse = { do: 'run' } | { do: 'hold' } | { do: 'jump'; to: number }

/** How long all wait for the slowest after a jump, ms. */
export const patience = 1500

/**
 * One that stalls does not stop the others, but for a moment after a jump, so that all begin together. Where no camera has
 * footage the clock jumps to the next that there is.
 */
export function pulse(reels: readonly { state: ReelState; next: number | null }[], sinceJump: number): Pulse {
  const some = (state: ReelState) => reels.some((r) => r.state === state)
  if (some('loading') && (sinceJump < patience || !some('ready'))) return { do: 'hold' }
  if (some('ready')) return { do: 'run' }
  const next = reels.flatMap((r) => (r.state === 'gap' && r.next !== null ? [r.next] : []))
  return next.length > 0 && !some('unplayable') ? { do: 'jump', to: Math.min(...next) } : { do: 'hold' }
}

/** The largest difference between playheads, ms; null of fewer than two. */
export const spread = (playheads: readonly number[]): number | null => (playheads.length < 2 ? null : Math.max(...playheads) - Math.min(...playheads))
