// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Album } from './album'
import { aHall, aVideo, stubBrowser, TestSource } from './browser.testing'
import { type Still, takeStills } from './stills'

const at = 1_800_000_000_000

describe('stills', () => {
  const got: [number, boolean][] = []
  const take = (hall: ReturnType<typeof aHall>, times: number[]) => takeStills('a', times, new AbortController().signal, (i, still) => got.push([i, still !== null]), hall.ask)

  beforeEach(() => {
    stubBrowser()
    vi.useRealTimers()
    got.length = 0
    const video = aVideo()
    vi.spyOn(document, 'createElement').mockReturnValue(video)
    vi.stubGlobal('createImageBitmap', async () => ({ close: vi.fn() }))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('of a span come from one piece of key pictures, in their order', async () => {
    const hall = aHall([{ from: at - 60_000, to: at + 60_000 }])
    await take(hall, [0, 1, 2, 3].map((i) => at + i * 4000))
    expect(got).toEqual([[0, true], [1, true], [2, true], [3, true]])
    expect(hall.asked).toEqual([expect.objectContaining({ from: at, for: 12_001, keysEvery: 4000 })])
    expect(TestSource.all[0]!.ends).toBe(1) // or the decoder would keep the last pictures back
  })

  it('are none where there is no footage, or none that this browser plays', async () => {
    await take(aHall([{ from: at + 10_000, to: at + 60_000 }]), [at, at + 12_000])
    expect(got).toEqual([[0, false], [1, true]])
    got.length = 0
    await take(aHall([{ from: at, to: at + 60_000, mime: 'video/mp4; codecs="hvc1"' }]), [at + 1000])
    expect(got).toEqual([[0, false]])
  })

  it('end with who wanted them', async () => {
    const gone = new AbortController()
    const taking = takeStills('a', [at], gone.signal, () => {}, aHall([{ from: at, to: at + 1000 }]).ask)
    gone.abort()
    await expect(taking).rejects.toThrow('given up')
  })
})

describe('the album of hovers', () => {
  const still = () => ({ close: vi.fn() }) as unknown as ImageBitmap
  it('takes a picture once, and gives up one that nobody waits for any more', async () => {
    const asked: AbortSignal[] = []
    const album = new Album(async (_, [instant], signal, give) => {
      asked.push(signal)
      if (instant === 1) return new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('given up'))))
      give(0, still())
    })
    const first = album.take('a', 1).catch((fault: Error) => fault.message)
    const second = await album.take('a', 2)
    expect([await first, await album.take('a', 2)]).toEqual(['given up', second])
    expect(asked).toHaveLength(2)
    void album.take('a', 1).catch(() => {})
    expect(asked).toHaveLength(3) // what failed is tried again
    album.empty()
  })

  it('keeps no more than it may', async () => {
    const made: { close: ReturnType<typeof vi.fn> }[] = []
    const album = new Album(async (_a, _t, _s, give: (i: number, s: Still) => void) => {
      const one = still()
      made.push(one as unknown as (typeof made)[number])
      give(0, one)
    })
    for (let i = 0; i < 200; i++) await album.take('a', i)
    await Promise.resolve()
    expect(made.filter((m) => m.close.mock.calls.length > 0)).toHaveLength(50)
    album.empty()
    await new Promise((done) => setTimeout(done))
    expect(made.filter((m) => m.close.mock.calls.length > 0)).toHaveLength(200)
  })
})
