import type { Stretch } from './pace'

/** The coded tracks that a MIME type names. */
const tracks = (mime: string): number => mime.split(',').length

/** A MediaSource with its one buffer in a `<video>`; each operation ends before the next begins. Times are seconds of the video. */
export class Source {
  private queue: Promise<unknown> = Promise.resolve()
  private closed = false

  private constructor(
    private video: HTMLVideoElement,
    private media: MediaSource,
    private buffer: SourceBuffer,
    private mime: string,
  ) {}

  static async open(video: HTMLVideoElement, mime: string): Promise<Source> {
    const media = new MediaSource()
    const url = URL.createObjectURL(media)
    video.src = url
    await new Promise<void>((done) => media.addEventListener('sourceopen', () => done(), { once: true }))
    URL.revokeObjectURL(url)
    return new Source(video, media, media.addSourceBuffer(mime), mime)
  }

  /** Whether footage of this type can follow: another coding can, another number of tracks needs a source of its own. */
  takes = (mime: string): boolean => tracks(mime) === tracks(this.mime)

  /** Appends a piece. Throws a QuotaExceededError where the browser holds no more. */
  append(mime: string, bytes: ArrayBuffer): Promise<void> {
    return this.do(() => {
      if (mime !== this.mime) this.buffer.changeType(mime)
      this.mime = mime
      this.buffer.appendBuffer(bytes)
    })
  }

  /** Says that nothing more comes for now: a decoder keeps its last pictures back until then. More may come all the same. */
  end(): Promise<void> {
    const turn = this.queue.then(() => {
      if (!this.closed && this.media.readyState === 'open') this.media.endOfStream()
    })
    this.queue = turn.catch(() => {})
    return turn
  }

  remove(from: number, to: number): Promise<void> {
    return this.do(() => this.buffer.remove(Math.max(0, from), to))
  }

  buffered(): Stretch[] {
    if (this.closed || this.media.readyState === 'closed') return []
    const { buffered } = this.buffer
    return Array.from({ length: buffered.length }, (_, i) => ({ from: buffered.start(i), to: buffered.end(i) }))
  }

  /** Lets go of the video and its decoder. */
  close(): void {
    this.closed = true
    this.video.removeAttribute('src')
    this.video.load()
  }

  private do(work: () => void): Promise<void> {
    const turn = this.queue.then(() => this.run(work))
    this.queue = turn.catch(() => {}) // told to who asked
    return turn
  }

  private run(work: () => void): Promise<void> {
    if (this.closed || this.media.readyState === 'closed') return Promise.reject(letGo())
    const over = new AbortController()
    return new Promise<void>((done, fail) => {
      const { signal } = over
      this.buffer.addEventListener('error', () => fail(new Error('the browser refuses this footage')), { signal })
      this.buffer.addEventListener('updateend', () => done(), { signal })
      this.media.addEventListener('sourceclose', () => fail(letGo()), { signal })
      work()
    }).finally(() => over.abort())
  }
}

const letGo = () => new DOMException('the video was let go', 'AbortError')
