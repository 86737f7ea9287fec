import { Clock } from './clock'
import type { Fetch } from './footage'
import { keysOnly, pulse, strainMs, type ReelState, spread } from './pace'
import type { Moment } from './intake'
import { Reel } from './reel'

/** What one camera on the deck is doing. */
export interface ReelStatus {
  state: ReelState
  /** Where its footage goes on, ms; null where that is not known. */
  next: number | null
  fault: unknown
  unplayable: string
}

/** How the playing of all cameras stands. */
export interface DeckStatus {
  at: number
  /** What the person wants; `running` is whether it goes on right now. */
  playing: boolean
  running: boolean
  rate: number
  keys: boolean
  /** The largest difference between two playheads in the time of who looks on, ms; null of fewer than two. */
  spread: number | null
  /** Whether the end of the span was reached. */
  ended: boolean
  reels: Readonly<Record<string, ReelStatus>>
}

const tickMs = 100

/** Up to sixteen cameras that follow one clock. */
export class Deck {
  private reels = new Map<string, Reel>()
  private clock: Clock
  private playing = false
  private keys = false
  private heard = ''
  private jumpedAt = 0
  private changedAt = 0
  private tickedAt = 0
  private timer = 0
  private ended = false
  /** For how long cameras have lagged, ms; and from which speed on that is known to be too much for this machine. */
  private strain = 0
  private tooFast = Infinity

  /** `span` is what is played of it all: its end is Infinity where the deck goes on to the newest footage. */
  constructor(
    private tell: (status: DeckStatus) => void,
    at: number,
    private span: () => { from: number; to: number } = () => ({ from: 0, to: Infinity }),
    private ask?: Fetch,
    /** What is later than that has not been written yet. */
    private newest: () => number = () => Infinity,
  ) {
    this.clock = new Clock(at)
    this.timer = window.setInterval(() => this.tick(), tickMs)
  }

  add(camera: string, video: HTMLVideoElement): void {
    this.reels.get(camera)?.stop()
    const reel = new Reel(camera, video, this.ask)
    this.tooFast = Infinity
    reel.setSound(this.heard === camera)
    this.reels.set(camera, reel)
    this.jumpedAt = performance.now()
    this.tick()
  }

  remove(camera: string): void {
    this.tooFast = Infinity
    this.reels.get(camera)?.stop()
    this.reels.delete(camera)
  }

  stop(): void {
    window.clearInterval(this.timer)
    this.reels.forEach((reel) => reel.stop())
    this.reels.clear()
  }

  play(): void {
    if (this.ended) this.seek(this.span().from)
    this.playing = true
    this.tick()
  }

  pause(): void {
    this.playing = false
    this.tick()
  }

  /** Puts all cameras to an instant. While somebody drags there are many: each but the last of a tenth of a second costs nothing. */
  seek(at: number): void {
    const { from, to } = this.span()
    this.clock.set(Math.min(Math.max(at, from), to))
    this.ended = false
    this.jumpedAt = performance.now()
    this.reels.forEach((reel) => reel.jumped(this.clock.now()))
    if (performance.now() - this.tickedAt >= tickMs) this.tick()
  }

  speed(rate: number): void {
    this.clock.speed(rate)
    this.changedAt = performance.now()
    this.strain = 0
    this.tick()
  }

  /** One picture forward (1) or back (-1) of the camera, or of the first that shows one; the others show theirs of that instant. */
  step(way: 1 | -1, camera = ''): void {
    this.playing = false
    this.clock.run(false)
    if (this.keys) this.clock.speed(1) // all pictures again
    const reel = this.reels.get(camera)?.state === 'ready' ? this.reels.get(camera) : [...this.reels.values()].find((r) => r.state === 'ready')
    const at = this.clock.now()
    this.seek(reel?.beside(at, way) ?? at)
  }

  /** The camera that is heard, "" for none. */
  sound(camera: string): void {
    this.heard = camera
    this.reels.forEach((reel) => reel.setSound(reel.camera === camera))
  }

  /** How many requests have been made so far. */
  requests = (): number => [...this.reels.values()].reduce((n, reel) => n + reel.requests, 0)

  now = (): number => this.clock.now()

  private tick(): void {
    this.tickedAt = performance.now()
    const reels = [...this.reels.values()]
    const keys = this.choose(reels)
    if (keys !== this.keys) this.changedAt = performance.now()
    this.keys = keys
    reels.forEach((reel) => reel.look(this.moment()))
    if (this.playing) this.beat(reels)
    else this.clock.run(false)
    reels.forEach((reel) => reel.drive(this.moment()))
    this.tell(this.status(reels))
  }

  /** Whether key pictures alone are played: by reckoning, or since this machine was seen not to keep up. */
  private choose(reels: readonly Reel[]): boolean {
    const { rate } = this.clock
    if (!this.playing) return this.keys && rate > 1
    const settled = performance.now() - Math.max(this.jumpedAt, this.changedAt) > strainMs
    const lag = settled && !this.keys && reels.some((r) => r.lagging(this.moment()))
    this.strain = lag ? this.strain + tickMs : Math.max(0, this.strain - tickMs)
    if (this.strain > strainMs) [this.tooFast, this.strain] = [rate, 0]
    const sizes = reels.map((r) => r.video.videoWidth * r.video.videoHeight)
    return rate >= this.tooFast || keysOnly({ rate, sizes, cores: navigator.hardwareConcurrency })
  }

  private beat(reels: readonly Reel[]): void {
    const { to } = this.span()
    const next = pulse(reels, performance.now() - this.jumpedAt)
    if (this.clock.now() >= to || (next.do === 'jump' && next.to >= to)) {
      this.clock.run(false)
      this.clock.set(to)
      this.playing = false
      this.ended = true
      return
    }
    if (next.do === 'jump') this.seek(next.to)
    // At the edge there is no more than comes: faster would be by fits and starts.
    if (this.clock.rate > 1 && reels.length > 0 && reels.every((r) => r.state === 'edge' || r.state === 'gap')) this.clock.speed(1)
    this.clock.run(next.do === 'run')
  }

  private moment = (): Moment => ({ at: this.clock.now(), rate: this.clock.rate, playing: this.playing, running: this.clock.running, keys: this.keys, newest: this.newest() })

  private status(reels: readonly Reel[]): DeckStatus {
    const playheads = reels.flatMap((r) => r.playhead() ?? [])
    const apart = spread(playheads)
    return {
      at: this.clock.now(), playing: this.playing, running: this.clock.running, rate: this.clock.rate, keys: this.keys,
      spread: apart === null ? null : Math.round(apart / Math.max(1, this.clock.rate)), ended: this.ended,
      reels: Object.fromEntries(reels.map((r) => [r.camera, { state: r.state, next: r.next, fault: r.fault, unplayable: r.unplayable }])),
    } // prettier-ignore
  }
}

