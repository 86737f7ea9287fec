// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Picture } from './buffer'
import { liveUrl, Player } from './player'

/** The parts of a browser that play video, as far as the player touches them. */
class Socket {
  static all: Socket[] = []
  binaryType = ''
  onmessage: ((m: { data: string | ArrayBuffer }) => void) | null = null
  onclose: (() => void) | null = null
  closed = false
  constructor(readonly url: string) {
    Socket.all.push(this)
  }
  close = () => void (this.closed = true)
}

class Buffer extends EventTarget {
  updating = false
  appended: number[] = []
  removed: [number, number][] = []
  ranges: [number, number][] = []
  get buffered() {
    return { length: this.ranges.length, start: (i: number) => this.ranges[i]![0], end: (i: number) => this.ranges[i]![1] }
  }
  appendBuffer(b: ArrayBuffer) {
    this.updating = true
    this.appended.push(b.byteLength)
  }
  remove = (a: number, b: number) => void this.removed.push([a, b])
  done() {
    this.updating = false
    this.dispatchEvent(new Event('updateend'))
  }
}

class Source extends EventTarget {
  static newest: Source
  static isTypeSupported = (mime: string) => !mime.includes('hvc1')
  readyState = 'open'
  made = new Buffer()
  constructor() {
    super()
    Source.newest = this
  }
  addSourceBuffer = () => this.made
}

const mime = JSON.stringify({ mime: 'video/mp4; codecs="avc1.42c01e"' })
const bytes = (n: number) => new Uint8Array(n).buffer

describe('the player', () => {
  let video: HTMLVideoElement & { frames: number }
  let told: Picture[]
  let player: Player
  const last = () => Socket.all.at(-1)!
  const say = (data: string | ArrayBuffer) => last().onmessage!({ data })

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('WebSocket', Socket)
    vi.stubGlobal('MediaSource', Source)
    vi.stubGlobal('URL', { createObjectURL: () => 'blob:x', revokeObjectURL: () => {} })
    Socket.all = []
    told = []
    const place = { currentTime: 0, playbackRate: 1, frames: 0, paused: false, readyState: 4, error: null, src: '' }
    video = Object.assign(place, {
      buffered: { length: 0, start: () => 0, end: () => 0 },
      getVideoPlaybackQuality: () => ({ totalVideoFrames: place.frames }),
      play: async () => {}, load: vi.fn(), removeAttribute: vi.fn(),
    }) as unknown as typeof video // prettier-ignore
    player = new Player(video, 'ws://hall/live', (p) => told.push(p))
    player.start()
  })
  afterEach(() => {
    player.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('appends the initialisation segment and then what has gathered meanwhile in one piece', () => {
    say(mime)
    say(bytes(700))
    Source.newest.dispatchEvent(new Event('sourceopen'))
    const { made } = Source.newest
    expect(made.appended).toEqual([700])
    say(bytes(10))
    say(bytes(20))
    expect(made.appended).toEqual([700])
    made.done()
    expect(made.appended).toEqual([700, 30])
  })

  it('trims what was played long ago before it appends more', () => {
    say(mime)
    Source.newest.dispatchEvent(new Event('sourceopen'))
    const { made } = Source.newest
    made.ranges = [[0, 30]]
    video.currentTime = 29
    say(bytes(10))
    expect(made.removed).toEqual([[0, 23]])
    expect(made.appended).toEqual([])
  })

  it('tells of a picture only when one was new', () => {
    say(mime)
    video.frames = 3
    vi.advanceTimersByTime(500)
    const seen = told.at(-1)!.lastAt
    expect(seen).toBe(Date.now())
    vi.advanceTimersByTime(5000)
    expect(told.at(-1)!.lastAt).toBe(seen)
  })

  it('connects again after the line broke, and waits longer each time', () => {
    const before = Socket.all.length
    last().onclose!()
    vi.advanceTimersByTime(500)
    expect(Socket.all).toHaveLength(before + 1)
    last().onclose!()
    vi.advanceTimersByTime(400)
    expect(Socket.all).toHaveLength(before + 1)
    vi.advanceTimersByTime(600)
    expect(Socket.all).toHaveLength(before + 2)
  })

  it('connects at once when it hears that the hall is back, and leaves a line alone that is there', () => {
    player.hurry()
    expect(Socket.all).toHaveLength(1)
    for (let i = 0; i < 5; i++) {
      last().onclose!()
      vi.advanceTimersByTime(i < 4 ? 8000 : 0)
    }
    const before = Socket.all.length
    player.hurry()
    expect(Socket.all).toHaveLength(before + 1)
    vi.advanceTimersByTime(8000)
    expect(Socket.all, 'the try that waited does not come as well').toHaveLength(before + 1)
  })

  it('connects again when it wakes on a line that died without a word', () => {
    say(mime)
    vi.advanceTimersByTime(14_000)
    const slept = last()
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(1500)
    expect(slept.closed).toBe(true)
    expect(last()).not.toBe(slept)
    say(mime)
    video.frames = 3
    vi.advanceTimersByTime(500)
    expect(told.at(-1)!.lastAt).toBe(Date.now())
  })

  it('begins anew when the parameters change in mid-stream', () => {
    say(mime)
    const first = Source.newest
    say(mime)
    expect(Source.newest).not.toBe(first)
  })

  it('names what the browser cannot decode instead of trying', () => {
    say(JSON.stringify({ mime: 'video/mp4; codecs="hvc1.1.6.L93"' }))
    say(bytes(700))
    vi.advanceTimersByTime(500)
    expect(told.at(-1)!.unplayable).toContain('hvc1')
  })

  it('drops the connection rather than gather without end', () => {
    say(mime)
    const socket = last()
    say(bytes(5 << 20))
    expect(socket.closed).toBe(true)
  })

  it('frees the decoder when it stops, and stays stopped', () => {
    const socket = last()
    player.stop()
    expect([socket.closed, socket.onclose]).toEqual([true, null])
    expect(video.load).toHaveBeenCalled()
    vi.advanceTimersByTime(60_000)
    expect(Socket.all.at(-1)).toBe(socket)
  })
})

describe('the address of live video', () => {
  it('is on the host of the page, safe when the page is', () => {
    expect(liveUrl('cam 1', { protocol: 'https:', host: 'hall:8443' } as Location)).toBe('wss://hall:8443/api/v1/cameras/cam%201/live')
    expect(liveUrl('c', { protocol: 'http:', host: 'hall' } as Location)).toBe('ws://hall/api/v1/cameras/c/live')
  })
})
