import { backoff } from './backoff'
import { chase, join, type Picture, type Stretch, trim } from './buffer'

const checkMs = 500
/** The server ends a connection that has no picture for 10 s: one that is silent for longer is dead, whatever TCP believes. */
const deafMs = 15_000
/** Bytes that may wait for the source buffer: what is older than a slow decoder can take is dropped with the connection. */
const mostWaiting = 4 << 20

/**
 * Plays one camera in one `<video>` that is used again for every connection: fragmented MP4 over a WebSocket into Media
 * Source Extensions. It reconnects by itself and tells when a picture was really new.
 */
export class Player {
  private socket: WebSocket | null = null
  private source: MediaSource | null = null
  private buffer: SourceBuffer | null = null
  private waiting: ArrayBuffer[] = []
  private waitingBytes = 0
  private failures = 0
  private retry = 0
  private check = 0
  private pictures = 0
  private heardAt = 0
  private picture: Picture = { lastAt: null, triedAt: 0, unplayable: '' }

  constructor(
    private video: HTMLVideoElement,
    private url: string,
    private tell: (picture: Picture) => void,
  ) {}

  start(): void {
    if (this.check) return
    this.picture = { lastAt: null, triedAt: Date.now(), unplayable: '' }
    this.tell({ ...this.picture })
    this.check = window.setInterval(() => this.look(), checkMs)
    this.connect()
  }

  stop(): void {
    window.clearInterval(this.check)
    window.clearTimeout(this.retry)
    this.check = this.retry = 0
    this.hangUp()
    this.video.removeAttribute('src')
    this.video.load() // frees the decoder
  }

  /** The hall is there again: what waits for its next try need not wait longer. */
  hurry(): void {
    if (!this.check || this.socket) return
    window.clearTimeout(this.retry)
    this.failures = 0
    this.connect()
  }

  private connect(): void {
    const socket = new WebSocket(this.url)
    socket.binaryType = 'arraybuffer'
    this.heardAt = Date.now()
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      this.heardAt = Date.now()
      if (typeof message.data === 'string') this.begin(message.data)
      else this.take(message.data)
    }
    socket.onclose = () => this.again()
    this.socket = socket
  }

  private again(): void {
    this.hangUp()
    window.clearTimeout(this.retry)
    this.retry = window.setTimeout(() => this.connect(), backoff(this.failures++, Math.random))
  }

  private hangUp(): void {
    if (this.socket) {
      this.socket.onmessage = this.socket.onclose = null
      this.socket.close()
    }
    this.socket = this.buffer = this.source = null
    this.waiting = []
    this.waitingBytes = 0
  }

  /** A text message announces new parameters: a fresh MediaSource is simpler than changing the old one's clock. */
  private begin(text: string): void {
    const mime = String((JSON.parse(text) as { mime?: unknown }).mime)
    this.picture.unplayable = MediaSource.isTypeSupported(mime) ? '' : mime
    if (this.picture.unplayable) return
    const source = new MediaSource()
    this.source = source
    this.buffer = null
    this.waiting = []
    this.waitingBytes = 0
    const url = URL.createObjectURL(source)
    source.addEventListener('sourceopen', () => {
      URL.revokeObjectURL(url)
      if (this.source !== source) return
      this.buffer = source.addSourceBuffer(mime)
      this.buffer.addEventListener('updateend', () => this.feed())
      this.feed()
    })
    this.video.src = url
    this.video.playbackRate = 1
    this.pictures = 0
  }

  private take(fragment: ArrayBuffer): void {
    if (this.picture.unplayable) return
    this.waiting.push(fragment)
    this.waitingBytes += fragment.byteLength
    if (this.waitingBytes > mostWaiting) this.again()
    else this.feed()
  }

  private feed(): void {
    const { buffer } = this
    if (!buffer || buffer.updating || this.source?.readyState !== 'open') return
    const old = trim(this.video.currentTime, stretches(buffer.buffered))
    if (old) return buffer.remove(old[0], old[1])
    if (this.waiting.length === 0) return
    const next = join(this.waiting)
    this.waiting = []
    this.waitingBytes = 0
    try {
      buffer.appendBuffer(next)
    } catch (fault) {
      console.warn('the video buffer refused a fragment; connecting again', fault)
      this.again()
    }
  }

  /** Twice a second: has a picture come, and is the playhead where it should be? */
  private look(): void {
    const { video } = this
    const pictures = video.getVideoPlaybackQuality().totalVideoFrames
    if (pictures > this.pictures) {
      this.picture.lastAt = Date.now()
      this.failures = 0
    }
    this.pictures = pictures
    if (this.socket && (video.error || Date.now() - this.heardAt > deafMs)) this.again()
    const step = chase(video.currentTime, stretches(video.buffered), video.playbackRate)
    if (step.do === 'seek') video.currentTime = step.to
    else if (step.do === 'rate') video.playbackRate = step.rate
    if (video.paused && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      video.play().catch((fault: unknown) => console.warn('the browser does not let the video play', fault))
    }
    this.tell({ ...this.picture })
  }
}

function stretches(ranges: TimeRanges): Stretch[] {
  return Array.from({ length: ranges.length }, (_, i) => [ranges.start(i), ranges.end(i)] as const)
}

/** The WebSocket address of a camera's live video on the host that served the page. */
export function liveUrl(camera: string, at: Location = location): string {
  const scheme = at.protocol === 'https:' ? 'wss:' : 'ws:'
  return `${scheme}//${at.host}/api/v1/cameras/${encodeURIComponent(camera)}/live`
}
