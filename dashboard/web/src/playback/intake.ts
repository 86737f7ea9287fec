import { type Picture, pictures } from './boxes'
import type { Asked, Fetch, Nothing, Piece } from './footage'
import { ahead, holding, spent, type Stretch } from './pace'
import { Source } from './source'

/** What all cameras share at an instant. */
export interface Moment {
  at: number
  rate: number
  /** Whether it plays, or would if all were ready. */
  playing: boolean
  /** Whether the clock goes on right now. */
  running: boolean
  keys: boolean
  /** What is later than that is surely not written yet. */
  newest: number
}

/** Where there is no footage, or none that this browser plays: then with its type. */
export type Gap = Stretch & { mime?: string }
type Request = { from: number; abort: AbortController }

const room = 86_400_000 // before the first instant asked for: going back so far needs no other origin
const first = 3000 // ms of the piece after a jump: small, so that its picture is there at once
const usual = 10_000
const longestGop = 600_000 // a piece begins with the key picture before what was asked for
const askAgainMs = 1000
const lateMs = 2000
const holeMs = 500
const seamMs = 100
const fastest = 4 // key pictures a second of who looks on

export const isAbort = (fault: unknown): boolean => fault instanceof DOMException && fault.name === 'AbortError'

/** Brings the footage of one camera into its video, a little ahead of the clock; at most one request is under way. */
export class Intake {
  /** Why the last request failed, null when it did not. */
  fault: unknown = null
  /** Whether it has come to where footage is still being written. */
  atEdge = false
  /** What needs a source of its own and waits until all before it is played. */
  held: Piece | null = null
  requests = 0
  origin = 0

  private source: Source | null = null
  private gaps: Gap[] = []
  private edge: number | null = null
  private pictures: Picture[] = []
  private under: Request | null = null
  private asked = { from: NaN, at: 0 }
  private failures = 0
  /** How often nothing was there. */
  private dry = 0
  /** The share of what we would like to have ready that this browser has room for. */
  private share = 1

  constructor(
    private camera: string,
    private video: HTMLVideoElement,
    private ask: Fetch,
  ) {}

  seconds = (at: number): number => (at - this.origin) / 1000
  get open(): boolean {
    return this.source !== null
  }
  get known(): readonly Picture[] {
    return this.pictures
  }
  buffered(): Stretch[] {
    return this.source?.buffered().map((s) => ({ from: this.origin + s.from * 1000, to: this.origin + s.to * 1000 })) ?? []
  }
  gapAt = (at: number): Gap | undefined => this.gaps.find((g) => at >= g.from - 1 && at < g.to)
  /** Whether a gap begins there, so that nothing more comes before it. */
  endsAt = (at: number): boolean => this.held !== null || this.gaps.some((g) => Math.abs(g.from - at) < 200)

  /** The clock was put elsewhere: what is under way for another place is given up. */
  jumped(at: number): void {
    this.edge = this.fault = null
    this.atEdge = false
    this.failures = this.dry = 0
    this.asked.from = NaN
    if (this.under && !(this.under.from <= at && at < this.under.from + usual)) this.giveUp()
    if (this.held && !(this.held.from <= at && at < this.held.to)) this.held = null
  }

  /** Fetches what will be needed, if anything. */
  async fetch(m: Moment, sound: boolean): Promise<void> {
    const { held } = this
    if (this.under || (held && m.at < held.from - seamMs)) return // all before it plays first
    if (held) this.restart() // it gets a source of its own
    const from = held ? held.from : this.due(m)
    if (from === null) return
    this.held = null
    this.asked = { from, at: performance.now() }
    const mine: Request = (this.under = { from, abort: new AbortController() })
    try {
      await this.take(held ?? (await this.ask(this.asking(mine, m, sound), mine.abort.signal)), mine, m)
      if (this.under === mine) this.failures = 0
      if (this.under === mine) this.fault = null
    } catch (fault) {
      if (this.under !== mine || isAbort(fault)) return
      this.failures++
      this.fault = fault
    } finally {
      if (this.under === mine) this.under = null
    }
  }

  /** From where to fetch now, null while enough is there or it was asked a moment ago. */
  private due(m: Moment): number | null {
    const here = holding(this.buffered(), m.at)
    this.edge ??= here ? Math.round(here.to) : m.at
    // What was there may have been thrown away by the browser, and who was stalled does not fetch what is over.
    if (!here && (this.edge > m.at || this.edge < m.at - lateMs) && !this.gapAt(m.at)) this.edge = m.at
    if (this.edge - m.at >= this.mostOf(m)) return null
    if (this.edge > m.newest) {
      this.atEdge = true
      return null
    }
    const again = this.failures > 0 || this.atEdge || this.asked.from === this.edge
    if (again && performance.now() - this.asked.at < askAgainMs * 2 ** Math.min(this.failures + this.dry, 4)) return null
    return this.edge
  }

  private mostOf = (m: Moment): number => (m.keys ? ahead.keys : ahead.all) * this.share

  private asking({ from }: Request, m: Moment, sound: boolean): Asked {
    this.requests++
    if (this.source && from < this.origin + longestGop) this.restart()
    if (!this.source) this.origin = Math.max(0, Math.round(from) - room)
    const whole = holding(this.buffered(), m.at) ? usual : first
    const keysEvery = m.keys ? Math.round((m.rate * 1000) / fastest) : 0
    return { camera: this.camera, from, for: m.keys ? ahead.keys : whole, origin: this.origin, keysEvery, sound: sound && !m.keys }
  }

  private async take(got: Piece | Nothing, mine: Request, m: Moment): Promise<void> {
    if (this.under !== mine) return
    const { from } = mine
    if (!('mime' in got)) {
      this.atEdge = got.next === null || got.next <= from
      this.dry++
      if (!this.atEdge) this.gap({ from, to: got.next! })
      return
    }
    this.dry = 0
    if (got.to - from > first / 2) this.atEdge = false
    if (got.from > from + holeMs) this.gap({ from, to: got.from })
    if (!got.bytes) return this.gap({ from: Math.min(from, got.from), to: Math.max(got.to, from + 1), mime: got.mime })
    if (!this.source) {
      const source = await Source.open(this.video, got.mime)
      if (this.under !== mine) return
      this.source = source
      this.video.dataset.origin = String(this.origin)
    }
    if (!this.source.takes(got.mime)) this.held = got
    else if ((await this.put(got, m)) && this.under === mine) this.edge = Math.max(got.to, from + 1)
  }

  private gap(g: Gap): void {
    this.gaps = [...this.gaps.slice(-99), g]
    this.edge = g.to
  }

  /** Appends a piece; false where the browser has no room for it now. */
  private async put(piece: Piece, m: Moment): Promise<boolean> {
    const old = spent(this.buffered(), m.at, this.mostOf(m))
    if (old) await this.drop(old)
    try {
      await this.source!.append(piece.mime, piece.bytes!)
    } catch (fault) {
      if (!(fault instanceof DOMException && fault.name === 'QuotaExceededError')) throw fault
      this.share = Math.max(0.2, this.share / 2) // from now on less lies ready, and nothing behind
      await this.drop({ from: this.origin, to: m.at - 1000 })
      return false
    }
    this.pictures = merged(this.pictures, pictures(piece.bytes!))
    return true
  }

  private async drop(s: Stretch): Promise<void> {
    const [from, to] = [this.seconds(s.from), this.seconds(s.to)]
    if (to <= Math.max(0, from)) return
    await this.source!.remove(from, to)
    this.pictures = this.pictures.filter((p) => p.at < from || p.at >= to)
  }

  /** Other pictures or sound are wanted: what was fetched is of no use. The last picture stays until another comes. */
  clear(): void {
    this.giveUp()
    this.edge = this.held = null
    this.pictures = []
    this.asked.from = NaN
    this.source?.remove(0, Infinity).catch((fault: unknown) => isAbort(fault) || console.warn('the video buffer could not be emptied', fault))
  }

  /** What the decoder stumbled over is passed over. */
  broke(at: number, ms: number): void {
    this.restart()
    this.gap({ from: at, to: at + ms })
  }

  /** Lets go of everything; the next request begins anew. */
  restart(): void {
    this.giveUp()
    this.source?.close()
    this.source = this.edge = this.held = null
    this.pictures = []
    this.asked.from = NaN
  }

  private giveUp(): void {
    this.under?.abort.abort()
    this.under = null
  }
}

function merged(all: readonly Picture[], more: readonly Picture[]): Picture[] {
  const [from, to] = [more[0]?.at ?? 0, more.at(-1)?.at ?? -1]
  return [...all.filter((p) => p.at < from || p.at > to), ...more].sort((a, b) => a.at - b.at)
}
