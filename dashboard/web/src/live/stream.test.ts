import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Change, Presence, Reading } from '@/api/types'
import { ChangeStream, type Follower, type Line, silenceMs } from './stream'

const change = (id: number) => `id: ${id}\nevent: change\ndata: ${JSON.stringify({ id, topic: 'alert', entity: `a${id}`, at: '', area: '', data: null })}\n\n`
const heartbeat = 'event: heartbeat\ndata: {"at":"2026-05-01T12:00:00.000Z","last":0}\n\n'

/** A server whose connections the test holds in its hands. */
class Server implements Line {
  asked: number[] = []
  status = 200
  private pens: ReadableStreamDefaultController<Uint8Array>[] = []
  random = () => 1

  async open(since: number, signal: AbortSignal): Promise<Response> {
    this.asked.push(since)
    if (this.status === 0) throw new TypeError('failed to fetch')
    const body = new ReadableStream<Uint8Array>({
      start: (pen) => {
        this.pens.push(pen)
        signal.addEventListener('abort', () => {
          try {
            pen.error(new DOMException('aborted', 'AbortError'))
          } catch {
            // it had ended before
          }
        })
      },
    })
    return new Response(body, { status: this.status })
  }

  say = (text: string) => this.pens.at(-1)!.enqueue(new TextEncoder().encode(text))
  hangUp = () => this.pens.at(-1)!.close()
}

class Notes implements Follower {
  changes: number[] = []
  readings: Reading[] = []
  present: Presence[] = []
  begun = 0
  heardAt: (number | undefined)[] = []
  resets = 0
  refusals = 0
  change = (c: Change) => void this.changes.push(c.id)
  reading = (r: Reading) => void this.readings.push(r)
  presence = (p: Presence) => void this.present.push(p)
  begin = () => void this.begun++
  heard = (at?: number) => void this.heardAt.push(at)
  refused = () => void this.refusals++
  reset = async () => void this.resets++
}

describe('the change stream', () => {
  let server: Server
  let notes: Notes
  let stop: AbortController
  let running: Promise<void>

  const settle = () => vi.advanceTimersByTimeAsync(0)

  beforeEach(async () => {
    vi.useFakeTimers()
    server = new Server()
    notes = new Notes()
    stop = new AbortController()
    running = new ChangeStream(notes, 40, server).run(stop.signal)
    await settle()
  })
  afterEach(async () => {
    stop.abort()
    await vi.advanceTimersByTimeAsync(20_000)
    await running
    vi.useRealTimers()
  })

  it('hands on what came at once before anything is drawn', async () => {
    const order: string[] = []
    notes.change = (c) => {
      order.push(`${c.id}`)
      queueMicrotask(() => order.push('drawn'))
    }
    server.say(change(41) + change(42) + change(43))
    await settle()
    expect(order.slice(0, 4)).toEqual(['41', '42', '43', 'drawn'])
  })

  it('begins after what the lists already hold', () => {
    expect(server.asked).toEqual([40])
  })

  it('resumes after the last change it has seen, losing and doubling nothing', async () => {
    server.say(change(41) + change(42))
    await settle()
    server.hangUp()
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.asked).toEqual([40, 42])
    server.say(change(42) + change(43)) // a server that repeats itself
    await settle()
    expect(notes.changes).toEqual([41, 42, 43])
  })

  it('drops a line that is silent, although it is still open', async () => {
    server.say(heartbeat)
    await vi.advanceTimersByTimeAsync(silenceMs - 100)
    expect(server.asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(100 + 1000)
    expect(server.asked).toHaveLength(2)
  })

  it('takes nothing from before a sleep for news: it connects again, and goes on where it was', async () => {
    server.say(change(41))
    await settle()
    vi.setSystemTime(Date.now() + 3_600_000) // timers stand still while a tab sleeps, the clock does not
    server.say(heartbeat + change(42)) // had come in before
    await settle()
    expect([notes.changes, notes.heardAt]).toEqual([[41], [undefined]])
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.asked).toEqual([40, 41])
    server.say(heartbeat + change(42) + change(43))
    await settle()
    expect(notes.changes).toEqual([41, 42, 43])
    expect(notes.heardAt).toContain(Date.parse('2026-05-01T12:00:00.000Z'))
  })

  it('reads the lists again when it has slept for longer than changes are kept', async () => {
    vi.setSystemTime(Date.now() + 3_600_000)
    await vi.advanceTimersByTimeAsync(silenceMs + 1000)
    server.say('event: reset\ndata: {"last":900}\n\n' + change(901))
    await settle()
    expect([notes.resets, notes.changes]).toEqual([1, [901]])
  })

  it('tells of every heartbeat with the clock of the server', async () => {
    server.say(heartbeat)
    await settle()
    expect(notes.heardAt).toEqual([Date.parse('2026-05-01T12:00:00.000Z')])
  })

  it('looks every two seconds for a hall that does not answer, and is back at once', async () => {
    server.hangUp()
    server.status = 0
    await vi.advanceTimersByTimeAsync(500 + 1000 + 2000 + 2000 + 10)
    expect(server.asked).toHaveLength(5)
    server.status = 200
    await vi.advanceTimersByTimeAsync(2000)
    expect(server.asked).toHaveLength(6)
    server.say(change(41))
    await settle()
    expect(notes.changes).toEqual([41])
  })

  it('waits longer each time a hall turns it away, and recovers at once when it does not', async () => {
    server.hangUp()
    server.status = 503
    await vi.advanceTimersByTimeAsync(500 + 1000 + 2000 + 4000 + 10)
    expect(server.asked).toHaveLength(5)
    server.status = 200
    await vi.advanceTimersByTimeAsync(8000)
    expect(server.asked).toHaveLength(6)
    server.say(change(41))
    await settle()
    expect(notes.changes).toEqual([41])
  })

  it('reads the lists again on a reset, and goes on from there', async () => {
    server.say('event: reset\ndata: {"last":90}\n\n' + change(91))
    await settle()
    expect([notes.resets, notes.changes]).toEqual([1, [91]])
    server.hangUp()
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.asked.at(-1)).toBe(91)
  })

  it('goes back with a store that was replaced by one that counts from its beginning', async () => {
    server.say('event: reset\ndata: {"last":3}\n\n' + change(4))
    await settle()
    expect(notes.changes).toEqual([4])
    server.hangUp()
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.asked.at(-1)).toBe(4)
  })

  it('asks from the same place again when the lists could not be read', async () => {
    notes.reset = async () => {
      throw new Error('away')
    }
    server.say('event: reset\ndata: {"last":90}\n\n')
    await vi.advanceTimersByTimeAsync(2000)
    expect(server.asked.at(-1)).toBe(40)
  })

  it('stops when the session has ended', async () => {
    server.hangUp()
    server.status = 401
    await vi.advanceTimersByTimeAsync(1000)
    await running
    expect(notes.refusals).toBe(1)
  })

  it('tells who looks at what, and with each connection anew', async () => {
    const before = notes.begun
    server.say('event: presence\ndata: {"alert":"A","people":[]}\n\n')
    await vi.advanceTimersByTimeAsync(0)
    expect(notes.present).toEqual([{ alert: 'A', people: [] }])
    server.hangUp()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(notes.begun).toBeGreaterThan(before)
  })

  it('hands readings on', async () => {
    server.say('event: reading\ndata: {"sensor":"s","value":1,"at":""}\n\n')
    await settle()
    expect(notes.readings).toHaveLength(1)
  })

  it('takes a message that is no JSON for a broken line', async () => {
    server.say('event: change\ndata: {oops\n\n')
    await vi.advanceTimersByTimeAsync(2000)
    expect(server.asked.length).toBeGreaterThan(1)
  })
})
