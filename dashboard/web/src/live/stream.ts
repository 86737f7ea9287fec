import type { Change, Presence, Reading } from '@/api/types'
import { backoff, pause } from './backoff'
import { type SseMessage, SseParser } from './sse'

/** The heartbeat comes every 5 s; a stream that is silent for this long is dead, whatever TCP believes. With the page's
 * own tick of 1 s the page says so well within 10 s. */
export const silenceMs = 8000
/** The longest wait for a hall that does not answer at all: asking costs it nothing. One that turns pages away is asked less often. */
const awayMs = 2000

/** What a follower does with the stream. */
export interface Follower {
  change(change: Change): void
  reading(reading: Reading): void
  /** Who looks at an alert now. */
  presence(presence: Presence): void
  /** A connection begins: it tells anew who looks at what. */
  begin(): void
  /** Changes after `since` are no longer kept: read the lists again. The stream goes on only after it. */
  reset(): Promise<void>
  /** Anything came: the line is alive. `serverAt` is the server's clock in ms where the message tells it. */
  heard(serverAt?: number): void
  /** The session has ended: the stream stops. */
  refused(): void
}

/** What the stream needs of its surroundings; tests put their own in. */
export interface Line {
  open(since: number, signal: AbortSignal): Promise<Response>
  random(): number
}

export const network: Line = {
  open: (since, signal) => fetch(`/api/v1/changes/stream?since=${since}`, { signal, headers: { accept: 'text/event-stream' } }),
  random: Math.random,
}

/** Follows the changes of the hall across every kind of interruption, resuming after the last change it has seen. */
export class ChangeStream {
  constructor(
    private follower: Follower,
    private since: number,
    private line: Line = network,
  ) {}

  /** Runs until the signal aborts or the session is refused. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const before = this.since
      const outcome = await this.once(signal).catch((): Outcome => 'broken')
      if (outcome === 'refused') return this.follower.refused()
      if (outcome === 'served' || this.since !== before) failures = 0
      await pause(backoff(failures, this.line.random, 500, outcome === 'away' ? awayMs : 8000), signal)
    }
  }

  private async once(signal: AbortSignal): Promise<Outcome> {
    const attempt = new AbortController()
    const abort = () => attempt.abort()
    signal.addEventListener('abort', abort)
    let watchdog = setTimeout(abort, silenceMs)
    try {
      const response = await this.line.open(this.since, attempt.signal).catch(() => null)
      if (!response) return 'away'
      if (response.status === 401) return 'refused'
      if (!response.ok || !response.body) return 'broken'
      this.follower.begin()
      const parser = new SseParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let readAt = Date.now(); ; readAt = Date.now()) {
        const { done, value } = await reader.read()
        if (done) return 'served'
        // A page that slept finds what came before it fell asleep: neither news nor the server's clock.
        if (Date.now() - readAt > silenceMs) return 'broken'
        clearTimeout(watchdog)
        watchdog = setTimeout(abort, silenceMs)
        for (const message of parser.push(value)) {
          const busy = this.hand(message)
          if (busy) await busy // not for each message: what came at once is drawn once
        }
      }
    } finally {
      clearTimeout(watchdog)
      signal.removeEventListener('abort', abort)
      attempt.abort()
    }
  }

  private hand(message: SseMessage): Promise<void> | void {
    const data = JSON.parse(message.data)
    switch (message.event) {
      case 'change':
        if (data.id <= this.since) return // replayed: we have it already
        this.follower.heard()
        this.follower.change(data as Change)
        this.since = data.id
        return
      case 'reading':
        this.follower.heard()
        return this.follower.reading(data as Reading)
      case 'presence':
        this.follower.heard()
        return this.follower.presence(data as Presence)
      case 'heartbeat':
        return this.follower.heard(Date.parse(data.at))
      case 'reset':
        return this.follower.reset().then(() => {
          this.since = data.last // not the greater of both: the store may have been replaced by one that counts from its beginning
          this.follower.heard()
        })
    }
  }
}

type Outcome = 'served' | 'broken' | 'away' | 'refused'
