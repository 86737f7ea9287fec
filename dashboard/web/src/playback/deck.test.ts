// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aHall, aVideo, h264, stubBrowser, TestSource } from './browser.testing'
import { Deck, type DeckStatus } from './deck'
import { same } from './useDeck'

const at = 1_800_000_000_000
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('a deck', () => {
  let status: DeckStatus
  let deck: Deck
  const start = (hall: ReturnType<typeof aHall>, span?: () => { from: number; to: number }, newest?: () => number) => (deck = new Deck((s) => (status = s), at, span, hall.ask, newest))
  const states = () => Object.values(status.reels).map((r) => r.state)

  beforeEach(stubBrowser)
  afterEach(() => {
    deck.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('shows the instant at once, and has 20 s ready and no more', async () => {
    const hall = aHall([{ from: at - 60_000, to: at + 600_000 }])
    const video = aVideo()
    start(hall).add('a', video)
    await pass(400)
    expect(states()).toEqual(['ready'])
    expect(Math.abs(Number(video.dataset.origin) + video.currentTime * 1000 - at)).toBeLessThan(2)
    await pass(5000)
    expect(hall.asked.map((a) => a.from - at)).toEqual([0, 3000, 13_000])
    expect(hall.most.ever).toBe(1)
    expect(status.at).toBe(at)
    const before = status
    await pass(300)
    expect([status !== before, same(status, before)]).toEqual([true, true])
    deck.seek(at + 1)
    await pass(100)
    expect(same(status, before)).toBe(false)
  })

  it('plays: the clock runs once all are ready, the videos are started', async () => {
    const hall = aHall([{ from: at - 60_000, to: at + 600_000 }])
    const videos = [aVideo(), aVideo()]
    start(hall)
    videos.forEach((v, i) => deck.add(`c${i}`, v))
    deck.play()
    await pass(5000)
    expect(status.running).toBe(true)
    expect(status.at - at).toBeGreaterThan(4000)
    for (const v of videos) expect(v.paused).toBe(false)
    expect(status.spread).toBeLessThan(1100)
    deck.pause()
    await pass(100)
    expect(videos.map((v) => Number(v.dataset.origin) + v.currentTime * 1000)).toEqual([status.at, status.at])
    expect(status.spread).toBe(0)
  })

  it('jumps over a gap that all have; where one plays on, the other shows it and comes back', async () => {
    const whole = aHall([{ from: at - 10_000, to: at + 600_000 }])
    const torn = aHall([{ from: at - 10_000, to: at + 4000 }, { from: at + 60_000, to: at + 600_000 }])
    start(torn).add('a', aVideo())
    deck.play()
    await pass(6000)
    expect(status.at).toBeGreaterThanOrEqual(at + 60_000)
    deck.stop()
    start({ ...whole, ask: (a, s) => (a.camera === 'b' ? torn : whole).ask(a, s) })
    for (const id of ['a', 'b']) deck.add(id, aVideo())
    deck.play()
    await pass(10_000)
    expect(states()).toEqual(['ready', 'gap'])
    expect(status.reels.b!.next).toBe(at + 60_000)
    expect(status.at).toBeLessThan(at + 12_000)
    await pass(52_000)
    expect(states()).toEqual(['ready', 'ready'])
  })

  it('does not wait for one that stalls, but for a moment after a jump', async () => {
    const hall = aHall([{ from: at - 10_000, to: at + 600_000 }])
    start({ ...hall, ask: (a, s) => (a.camera === 'b' ? new Promise(() => {}) : hall.ask(a, s)) })
    for (const id of ['a', 'b']) deck.add(id, aVideo())
    deck.play()
    await pass(1000)
    expect(status.running).toBe(false)
    await pass(2000)
    expect([status.running, ...states()]).toEqual([true, 'ready', 'loading'])
  })

  it('goes after what is dragged without a storm of requests, and ends where the drag ends', async () => {
    const hall = aHall([{ from: at - 600_000, to: at + 600_000 }])
    const video = aVideo()
    start(hall).add('a', video)
    await pass(500)
    const before = hall.asked.length
    for (let i = 0; i < 200; i++) {
      deck.seek(at - 300_000 + i * 1000)
      await pass(10)
    }
    expect(hall.asked.length - before).toBeLessThanOrEqual(21) // ten a second, whatever the mouse does
    expect(hall.most.ever).toBe(1)
    await pass(500)
    expect([status.at, Number(video.dataset.origin) + video.currentTime * 1000]).toEqual([at - 101_000, at - 101_000])
  })

  it('follows the edge at its own speed, with a little ready, and asks no more than once a second', async () => {
    const footage = { from: at - 60_000, to: at + 1000 }
    const hall = aHall([footage])
    const video = aVideo()
    start(hall, undefined, () => footage.to).add('a', video)
    deck.speed(4)
    deck.play()
    await pass(3000)
    expect([status.rate, states()[0]]).toEqual([1, 'edge'])
    const before = hall.asked.length
    for (let s = 0; s < 20; s++) {
      footage.to += 1000
      await pass(1000)
    }
    expect(status.running).toBe(true)
    expect(footage.to - status.at).toBeLessThan(6000)
    expect(hall.asked.length - before).toBeLessThanOrEqual(25)
  })

  it('ends at the end of its span, and begins again from there', async () => {
    const hall = aHall([{ from: at - 60_000, to: at + 600_000 }])
    start(hall, () => ({ from: at, to: at + 2000 })).add('a', aVideo())
    deck.play()
    await pass(4000)
    expect([status.ended, status.playing, status.at]).toEqual([true, false, at + 2000])
    deck.seek(at + 9e6)
    expect(status.at).toBe(at + 2000)
    deck.seek(at + 500)
    deck.play()
    await pass(300)
    expect([status.ended, status.playing]).toEqual([false, true])
  })

  it('gets over a hole that is smaller than a gap at once', async () => {
    const hall = aHall([{ from: at - 10_000, to: at + 2000 }, { from: at + 2200, to: at + 600_000 }])
    const video = aVideo()
    start(hall).add('a', video)
    await pass(500)
    deck.play()
    await pass(200)
    const shown = () => Number(video.dataset.origin) + video.currentTime * 1000
    video.currentTime = (at + 1999 - Number(video.dataset.origin)) / 1000
    await pass(1900)
    expect(shown()).toBeGreaterThan(at + 2200)
    expect(status.running).toBe(true)
  })

  it('says what it cannot play and goes on asking for what comes after; what has sound besides begins anew', async () => {
    const hall = aHall([{ from: at - 10_000, to: at + 4000, mime: 'video/mp4; codecs="hvc1.1.6.L90"' }, { from: at + 4000, to: at + 8000 }, { from: at + 8000, to: at + 90_000, mime: 'video/mp4; codecs="avc1.4d4016, mp4a.40.2"' }])
    start(hall).add('a', aVideo())
    deck.play()
    await pass(1000)
    expect([states()[0], status.reels.a!.unplayable, status.running]).toEqual(['unplayable', 'video/mp4; codecs="hvc1.1.6.L90"', false])
    deck.seek(at + 5000)
    await pass(6000)
    expect(states()).toEqual(['ready'])
    expect(status.at).toBeGreaterThan(at + 8000)
    expect(TestSource.all.length).toBe(2)
  })

  it('changes the coding in the same source, makes room where the browser has none, and forgets what is long over', async () => {
    const hall = aHall([{ from: at - 10_000, to: at + 6000 }, { from: at + 6000, to: at + 900_000, mime: `${h264.slice(0, -1)}x"` }])
    const video = aVideo()
    start(hall).add('a', video)
    deck.play()
    await pass(500)
    const { buffer } = TestSource.all[0]!
    buffer.refuse = new DOMException('full', 'QuotaExceededError')
    await pass(8000)
    expect([buffer.types.length, status.running]).toEqual([1, true])
    await pass(120_000)
    expect(status.at - (Number(video.dataset.origin) + buffer.ranges[0]![0] * 1000)).toBeLessThan(95_000)
  })

  it('tries again what failed, ever more slowly, and says why meanwhile', async () => {
    const hall = aHall([{ from: at - 10_000, to: at + 600_000 }])
    let broken = true
    let tries = 0
    start({ ...hall, ask: (a, s) => (tries++, broken ? Promise.reject(new TypeError('network')) : hall.ask(a, s)) }).add('a', aVideo())
    await pass(10_000)
    expect([states()[0], status.reels.a!.fault]).toEqual(['failed', expect.any(TypeError)])
    expect(tries).toBeLessThan(6)
    broken = false
    await pass(16_000)
    expect(states()).toEqual(['ready'])
  })

  it('passes over what the decoder stumbles on', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const video = aVideo()
    start(aHall([{ from: at - 10_000, to: at + 600_000 }])).add('a', video)
    deck.play()
    await pass(2000)
    Object.assign(video, { error: { message: 'decode' } })
    await pass(100)
    Object.assign(video, { error: null })
    await pass(1500)
    expect(status.at).toBeGreaterThan(at + 3000)
    expect(states()).toEqual(['ready'])
    expect(warned).toHaveBeenCalled()
  })

  it('plays key pictures where all would be too many, and steps by all of them', async () => {
    const hall = aHall([{ from: at - 60_000, to: at + 900_000 }])
    const video = aVideo()
    Object.assign(video, { videoWidth: 3840, videoHeight: 2160 })
    start(hall).add('a', video)
    await pass(500)
    deck.speed(8)
    deck.play()
    await pass(1000)
    expect([status.keys, hall.asked.at(-1)]).toEqual([true, expect.objectContaining({ keysEvery: 2000, for: 60_000, sound: false })])
    deck.step(1)
    await pass(500)
    expect([status.keys, status.rate, status.playing, hall.asked.at(-1)!.keysEvery]).toEqual([false, 1, false, 0])
  })

  it('lets one camera be heard', async () => {
    const hall = aHall([{ from: at - 60_000, to: at + 900_000 }])
    const videos = [aVideo(), aVideo()]
    start(hall)
    videos.forEach((v, i) => deck.add(`c${i}`, v))
    deck.sound('c1')
    await pass(500)
    expect(videos.map((v) => v.muted)).toEqual([true, false])
    expect(hall.asked.filter((a) => a.sound).map((a) => a.camera)).toEqual(expect.arrayContaining(['c1']))
    deck.sound('')
    expect(videos.map((v) => v.muted)).toEqual([true, true])
  })
})
