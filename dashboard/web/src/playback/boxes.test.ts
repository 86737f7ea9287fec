import { describe, expect, it } from 'vitest'
import { neighbour, pictures, shownAt } from './boxes'

const u32 = (...all: number[]) => all.flatMap((n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])
const box = (name: string, ...body: number[][]): number[] => {
  const all = body.flat()
  return [...u32(all.length + 8), ...[...name].map((c) => c.charCodeAt(0)), ...all]
}
const moov = (scale: number) => box('moov', box('trak', box('mdia', box('mdhd', u32(0, 0, 0, scale, 0)))))
type Sample = { length?: number; shift?: number }
/** A fragment of a track at a time, with its samples' lengths and shifts, or with a length that is theirs all. */
function moof(at: number, samples: Sample[], { track = 1, usual = 0, long = false } = {}): number[] {
  const [lengths, shifts] = [samples.some((s) => s.length !== undefined), samples.some((s) => s.shift !== undefined)]
  const tfhd = usual ? box('tfhd', u32(0x8, track, usual)) : box('tfhd', u32(0, track))
  const tfdt = long ? box('tfdt', u32(0x01000000, Math.floor(at / 2 ** 32), at >>> 0)) : box('tfdt', u32(0, at))
  const rows = samples.flatMap((s) => [...(lengths ? u32(s.length ?? 0) : []), ...u32(7), ...(shifts ? u32(s.shift ?? 0) : [])])
  const trun = box('trun', u32(0x1 | 0x200 | (lengths ? 0x100 : 0) | (shifts ? 0x800 : 0), samples.length, 0), rows)
  return [...box('moof', box('mfhd', u32(0, 1)), box('traf', tfhd, tfdt, trun)), ...box('mdat', [1, 2, 3])]
}
const bytes = (...parts: number[][]) => new Uint8Array(parts.flat()).buffer

describe('the pictures of a piece', () => {
  it('are read with their own lengths and in the order they are shown', () => {
    const piece = bytes(box('ftyp', u32(1)), moov(1000), moof(5000, [{ length: 100, shift: 200 }, { length: 100, shift: 400 }, { length: 100, shift: 0 }]))
    expect(pictures(piece)).toEqual([{ at: 5.2, length: 0.1 }, { at: 5.2, length: 0.1 }, { at: 5.5, length: 0.1 }])
  })

  it('have the usual length where they have none of their own, and times longer than 32 bits', () => {
    expect(pictures(bytes(moov(90_000), moof(2 ** 33 * 90, [{}, {}], { usual: 9000, long: true })))).toEqual([{ at: 2 ** 33 / 1000, length: 0.1 }, { at: 2 ** 33 / 1000 + 0.1, length: 0.1 }])
  })

  it('are not the frames of the sound', () => {
    expect(pictures(bytes(moov(1000), moof(0, [{ length: 10 }], { track: 2 }), moof(0, [{ length: 40 }])))).toEqual([{ at: 0, length: 0.04 }])
  })

  it('are told as far as a torn piece is whole, whatever stands in it', () => {
    const whole = [moov(1000), moof(0, [{ length: 40 }, { length: 40 }]), moof(80, [{ length: 40 }])].flat()
    for (let n = 0; n <= whole.length; n++) expect(pictures(new Uint8Array(whole.slice(0, n)).buffer).length).toBeLessThanOrEqual(3)
    for (let n = 0; n < whole.length; n++) {
      const hostile = new Uint8Array(whole)
      hostile[n] = 255
      expect(pictures(hostile.buffer).length).toBeLessThan(100)
    }
    expect(pictures(bytes(u32(0xffffffff), [0x6d, 0x6f, 0x6f, 0x66]))).toEqual([])
  })
})

describe('a step by one picture', () => {
  const all = [0, 0.1, 0.2, 0.3].map((at) => ({ at, length: 0.1 }))
  it.each([[0.05, 0], [0.1, 0.1], [0.29, 0.2], [9, 0.3]])('at %f shows that of %f', (at, want) => expect(shownAt(all, at)?.at).toBe(want))
  it('lands within the next one, or the one before', () => {
    expect(shownAt(all, neighbour(all, 0.15, 1)!)?.at).toBe(0.2)
    expect(shownAt(all, neighbour(all, 0.15, -1)!)?.at).toBe(0)
  })
  it('goes there and back, however often', () => {
    let at = 0.002
    for (const way of [1, 1, -1, 1, 1, -1, -1, -1] as const) at = neighbour(all, at, way)!
    expect(shownAt(all, at)?.at).toBe(0)
  })
  it('leads out of what is known at its ends, so that more is fetched', () => {
    expect(neighbour(all, 0.05, -1)).toBeLessThan(0)
    expect(neighbour(all, 0.35, 1)).toBeGreaterThan(0.4)
    expect(neighbour([], 1, 1)).toBeUndefined()
    expect(neighbour(all, -1, 1)).toBeUndefined()
  })
})
