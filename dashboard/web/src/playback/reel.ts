import { neighbour } from './boxes'
import { type Fetch, fetchPiece } from './footage'
import { Intake, isAbort, type Moment } from './intake'
import { enough, follow, holding, lags, type ReelState } from './pace'

const brokenMs = 2000
const unknownStep = 40 // ms to the next picture where none is known

/** Plays the footage of one camera in one `<video>`, in step with a clock that others follow, too. */
export class Reel {
  state: ReelState = 'loading'
  /** Where footage goes on after the gap that it stands in. */
  next: number | null = null
  /** The type that this browser does not play. */
  unplayable = ''

  private intake: Intake
  private sound = false
  private keys = false
  private seekMs = 80
  private soughtAt = 0

  constructor(
    readonly camera: string,
    readonly video: HTMLVideoElement,
    ask: Fetch = fetchPiece,
  ) {
    video.muted = true
    video.addEventListener('seeked', this.sought)
    this.intake = new Intake(camera, video, ask)
  }

  stop(): void {
    this.video.removeEventListener('seeked', this.sought)
    this.intake.restart()
  }

  get fault(): unknown {
    return this.intake.fault
  }
  get requests(): number {
    return this.intake.requests
  }

  /** Where its playhead stands, ms; null while it shows nothing of this instant. */
  playhead = (): number | null => (this.state === 'ready' && !this.video.seeking ? this.shown() : null)

  /** An instant within the next picture (1) or the one before (-1); where pictures are not known yet, about so far away. */
  beside(at: number, way: 1 | -1): number {
    const there = neighbour(this.intake.known, this.intake.seconds(at), way)
    return there === undefined ? at + way * unknownStep : this.intake.origin + there * 1000
  }

  /** Whether it has fallen behind the clock. */
  lagging = (m: Moment): boolean => this.state === 'ready' && m.running && !this.video.seeking && lags(this.shown() - m.at, m.rate)

  jumped(at: number): void {
    this.intake.jumped(at)
  }

  setSound(on: boolean): void {
    this.video.muted = !on
    if (on === this.sound) return
    this.sound = on
    this.intake.restart()
  }

  /** Looks what it has for this instant, and fetches what will be needed. */
  look(m: Moment): void {
    if (m.keys !== this.keys) this.intake.clear()
    this.keys = m.keys
    if (this.video.error) {
      console.warn('the browser could not decode footage', this.camera, this.video.error.message)
      this.intake.broke(m.at, brokenMs)
    }
    this.state = this.judge(m)
    void this.intake.fetch(m, this.sound)
  }

  private judge(m: Moment): ReelState {
    const { intake } = this
    const gap = intake.gapAt(m.at)
    const here = holding(intake.buffered(), m.at)
    this.next = gap?.to ?? null
    this.unplayable = gap?.mime ?? ''
    if (here && !(gap && here.from > gap.from)) {
      const least = !m.playing || intake.endsAt(here.to) || (this.state === 'ready' && m.running) ? 0 : enough(intake.atEdge, m.rate)
      if (here.to - m.at > least) return 'ready'
    } else if (gap) return gap.mime ? 'unplayable' : 'gap'
    if (intake.fault) return 'failed'
    return intake.atEdge ? 'edge' : 'loading'
  }

  /** Brings the video to where the clock is. */
  drive(m: Moment): void {
    const { video } = this
    const here = this.state === 'ready' ? holding(this.intake.buffered(), m.at) : undefined
    if (!here || video.readyState < HTMLMediaElement.HAVE_METADATA) return this.rest()
    const goal = Math.max(m.at, here.from + 1)
    if (!m.running) {
      this.rest()
      if (Math.abs(this.shown() - goal) > 1 && !video.seeking) this.seek(goal)
      return
    }
    if (video.seeking) return
    const shown = this.shown()
    const step = follow(shown - goal, video.playbackRate, m.rate)
    const stuck = shown < here.from - 1 || shown >= here.to // before a hole, which no speed gets it over
    if (stuck || step.do === 'seek') this.seek(Math.min(goal + this.seekMs * m.rate, here.to - 1))
    else if (video.playbackRate !== step.rate) video.playbackRate = step.rate
    if (video.paused) video.play().catch((fault: unknown) => isAbort(fault) || console.warn('the browser does not let the video play', fault))
  }

  private shown = (): number => this.intake.origin + this.video.currentTime * 1000

  private rest(): void {
    if (!this.video.paused) this.video.pause()
  }

  private seek(at: number): void {
    this.soughtAt = performance.now()
    this.video.currentTime = this.intake.seconds(at)
  }

  /** How long a jump takes here: one that is made while the clock runs lands where the clock will be. */
  private sought = (): void => {
    this.seekMs = Math.min(500, (this.seekMs + performance.now() - this.soughtAt) / 2)
  }
}
