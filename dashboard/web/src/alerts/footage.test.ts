import { describe, expect, it } from 'vitest'
import type { Clip, Recordings } from '@/api/types'
import { around, atOpening, clipsOf, glimpse, stripTo, withoutClip } from './footage'

const at = Date.parse('2026-05-01T12:00:00.000Z')
const iso = (ms: number) => new Date(at + ms).toISOString()
const aClip = (from: number, to: number | null): Clip => ({ id: `c${from}`, camera: 'cam-1', area: 'g1', from: iso(from), to: to === null ? null : iso(to), events: ['01E'] })

describe('the clips of an alert', () => {
  const clips = clipsOf([aClip(290_000, null), aClip(-10_000, 290_000)])

  it('stand oldest first, and the last may grow', () => {
    expect(clips.map((c) => [c.from - at, c.to && c.to - at, c.growing])).toEqual([[-10_000, 290_000, false], [290_000, 0, true]])
  })

  it.each([[0, 0], [290_001, 1], [999_999, 1], [-99_999, 0]])('show the moment %d in the one at %d', (moment, want) => {
    expect(atOpening(clips, at + moment)).toBe(want)
  })

  it('are seen on the spotlight from 10 s before the opening, as far as they go', () => {
    const span = (c: Clip, now = 60_000) => { const g = glimpse(clipsOf([c])[0]!, at, at + now); return [g.from - at, g.to && g.to - at, g.growing] } // prettier-ignore
    expect(span(aClip(-10_000, 290_000))).toEqual([-10_000, 20_000, false])
    expect(span(aClip(-4000, 12_000)), 'the camera was lost').toEqual([-4000, 12_000, false])
    expect(span(aClip(-90_000, null)), 'it has begun with an event before').toEqual([-10_000, 20_000, false])
    expect(span(aClip(-10_000, null), 2000), 'it has only begun').toEqual([-10_000, 0, true])
  })
})

it.each([[4000, 10_000], [29_999, 10_000], [65_000, 60_000]])('a strip of what has grown for %d ms shows %d', (grown, want) => {
  const [clip] = clipsOf([aClip(-10_000, null)])
  expect(stripTo(clip!, clip!.from + grown) - clip!.from).toBe(want)
  expect(stripTo({ ...clip!, growing: false, to: 7 }, 99)).toBe(7)
})

describe('an alert without a clip', () => {
  const seen = (o: Partial<Recordings>): Recordings => ({ items: [], next: '', state: 'ready', bytes: 0, oldest: null, ...o })
  const one = { opened_at: iso(0) }
  const minute = at + 60_000

  it.each([
    [seen({ state: 'off' }), minute, 'off'],
    [seen({ state: 'failing' }), minute, 'failing'],
    [seen({ oldest: iso(3_600_000) }), minute, 'gone'],
    [seen({ state: 'off', oldest: iso(3_600_000) }), minute, 'gone'],
    [seen({ oldest: iso(-3_600_000) }), minute, 'none'],
    [seen({}), at + 3000, null],
  ])('%o says why', (recordings, now, want) => expect(withoutClip(one, 'cam-1', recordings, now)).toBe(want))

  it('plays what the camera has of that time, if it has any', () => {
    const items = [{ from: iso(-60_000), to: iso(60_000), mime: 'video/mp4' }]
    expect(withoutClip(one, 'cam-1', seen({ items, state: 'running' }), minute)).toEqual({ camera: 'cam-1', ...around(at), growing: false })
    expect(withoutClip(one, 'cam-1', seen({ items, state: 'running' }), at + 1000), 'its clip may still come').toBeNull()
  })
})
