import { vi } from 'vitest'
import type { Asked, Nothing, Piece } from './footage'

/** The parts of a browser that play footage, as far as the playback touches them. Appended bytes name the seconds that they hold. */
export class TestBuffer extends EventTarget {
  ranges: [number, number][] = []
  types: string[] = []
  /** What the next append meets, if not success. */
  refuse: Error | null = null
  get buffered() {
    return { length: this.ranges.length, start: (i: number) => this.ranges[i]![0], end: (i: number) => this.ranges[i]![1] }
  }
  changeType = (mime: string) => void this.types.push(mime)
  appendBuffer(bytes: ArrayBuffer) {
    const { refuse } = this
    this.refuse = null
    if (refuse) throw refuse
    const [from, to] = new Float64Array(bytes)
    this.ranges = joined([...this.ranges, [from!, to!]])
    queueMicrotask(() => this.dispatchEvent(new Event('updateend')))
  }
  remove(from: number, to: number) {
    this.ranges = this.ranges.flatMap(([a, b]) => ([[a, Math.min(b, from)], [Math.max(a, to), b]] as [number, number][]).filter(([x, y]) => x < y))
    queueMicrotask(() => this.dispatchEvent(new Event('updateend')))
  }
}

function joined(all: [number, number][]): [number, number][] {
  return all.sort((a, b) => a[0] - b[0]).reduce<[number, number][]>((out, r) => {
    const last = out.at(-1)
    if (last && r[0] <= last[1] + 0.01) last[1] = Math.max(last[1], r[1])
    else out.push([...r])
    return out
  }, [])
}

export class TestSource extends EventTarget {
  static all: TestSource[] = []
  static isTypeSupported = (mime: string) => !mime.includes('hvc1')
  readyState = 'open'
  buffer = new TestBuffer()
  ends = 0
  constructor() {
    super()
    TestSource.all.push(this)
    setTimeout(() => this.dispatchEvent(new Event('sourceopen')))
  }
  addSourceBuffer = () => this.buffer
  endOfStream = () => void this.ends++
}

/** A video that stands still unless it is moved; what it plays is told by its test. */
export function aVideo(): HTMLVideoElement {
  const video = document.createElement('video')
  let at = 0
  const has = { paused: true, seeking: false, readyState: 4, error: null, videoWidth: 640, videoHeight: 360 }
  for (const [name, value] of Object.entries(has)) Object.defineProperty(video, name, { value, writable: true, configurable: true })
  Object.defineProperty(video, 'currentTime', { get: () => at, set: (to: number) => {
    at = to
    video.dispatchEvent(new Event('seeked'))
  } }) // prettier-ignore
  return Object.assign(video, {
    play: vi.fn(async () => void Object.assign(video, { paused: false })),
    pause: vi.fn(() => void Object.assign(video, { paused: true })),
    load: vi.fn(),
  })
}

export const h264 = 'video/mp4; codecs="avc1.4d4016"'

/** A hall with footage in these stretches, of that type; it keeps what it was asked. */
export function aHall(stretches: { from: number; to: number; mime?: string }[]) {
  const asked: Asked[] = []
  const most = { now: 0, ever: 0 }
  async function ask(a: Asked, signal: AbortSignal): Promise<Piece | Nothing> {
    asked.push(a)
    most.ever = Math.max(most.ever, ++most.now)
    try {
      await new Promise((done, fail) => {
        setTimeout(done, 50)
        signal.addEventListener('abort', () => fail(new DOMException('given up', 'AbortError')))
      })
    } finally {
      most.now--
    }
    const here = stretches.find((s) => a.from >= s.from && a.from < s.to)
    if (!here) return { next: stretches.find((s) => s.from > a.from)?.from ?? null }
    const [from, to, mime] = [Math.max(here.from, a.from - (a.from % 2000)), Math.min(here.to, a.from + a.for), here.mime ?? h264]
    return { from, to, mime, bytes: TestSource.isTypeSupported(mime) ? new Float64Array([(from - a.origin) / 1000, (to - a.origin) / 1000]).buffer : null }
  }
  return { ask, asked, most }
}

/** Puts the parts in the place of the browser's own. */
export function stubBrowser(): void {
  vi.useFakeTimers()
  TestSource.all = []
  vi.stubGlobal('MediaSource', TestSource)
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:x', revokeObjectURL: () => {} })
}
