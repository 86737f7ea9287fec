import { describe, expect, it } from 'vitest'
import { around, keepUp, lengths, pan, share, stillAt, ticks, window, zoom } from './axis'
import { camerasOf, columnsOf } from './layout'
import { playbackLink } from './link'
import { obstacle } from './footage'

const zone = 'Asia/Shanghai'
const noon = Date.parse('2026-05-01T12:00:00+08:00')

describe('the line of time', () => {
  it('comes nearer around the pointer, which stays where it is', () => {
    const view = { from: 0, to: 3_600_000 }
    expect(zoom(view, 0.5, 900_000)).toEqual({ from: 450_000, to: 2_250_000 })
    expect(zoom(zoom(view, 0.5, 900_000), 2, 900_000)).toEqual(view)
  })
  it('is never shorter than half a minute nor longer than a week', () => {
    let view = around(noon, lengths.hour)
    for (let n = 0; n < 50; n++) view = zoom(view, 0.5, noon)
    expect(view.to - view.from).toBe(30_000)
    for (let n = 0; n < 50; n++) view = zoom(view, 2, noon)
    expect(view.to - view.from).toBe(7 * lengths.day)
  })
  it('moves, and turns the page when the playhead leaves it', () => {
    const view = { from: 0, to: 1000 }
    expect(pan(view, 0.1)).toEqual({ from: 100, to: 1100 })
    expect(keepUp(view, 1000)).toBe(view)
    expect(keepUp(view, 1001)).toEqual({ from: 901, to: 1901 })
    expect(keepUp(view, 90_000)).toEqual({ from: 89_500, to: 90_500 })
    expect(keepUp(view, -10)).toEqual({ from: -510, to: 490 })
  })
  it('has its marks at whole times of the site, midnight by its date', () => {
    const day = ticks({ from: noon - 14 * 3_600_000, to: noon + 10 * 3_600_000 }, zone)
    expect(day.map((m) => m.text)).toEqual(['22:00', '05-01', '02:00', '04:00', '06:00', '08:00', '10:00', '12:00', '14:00', '16:00', '18:00', '20:00', '22:00'])
    expect(day[1]).toEqual({ at: Date.parse('2026-05-01T00:00:00+08:00'), text: '05-01', day: true })
    expect(ticks({ from: noon + 3000, to: noon + 33_000 }, zone).map((m) => m.text)).toEqual(['12:00:05', '12:00:10', '12:00:15', '12:00:20', '12:00:25', '12:00:30'])
    expect(ticks(around(noon, lengths.minutes), 'Asia/Kolkata')[0]?.text).toBe('09:25')
  })
  it('goes by the clock of the site, also where that is put forward or back in between', () => {
    const berlin = 'Europe/Berlin'
    for (const day of ['2026-03-29', '2026-10-25']) {
      const marks = ticks({ from: Date.parse(`${day}T00:00:00Z`) - 12 * 3_600_000, to: Date.parse(`${day}T00:00:00Z`) + 36 * 3_600_000 }, berlin)
      const said = new Intl.DateTimeFormat('en-GB', { timeZone: berlin, hour: '2-digit', minute: '2-digit' })
      for (const m of marks.filter((m) => !m.day)) expect(m.text).toBe(said.format(m.at))
      for (const m of marks.filter((m) => m.day)) expect(said.format(m.at)).toBe('00:00')
      expect(marks.filter((m) => m.day)).toHaveLength(2)
      expect(marks.map((m) => m.at)).toEqual([...new Set(marks.map((m) => m.at))].sort((a, b) => a - b))
    }
  })
  it('shows of a stretch what lies in it', () => {
    const view = { from: 0, to: 1000 }
    expect(share({ from: -500, to: 250 }, view)).toEqual({ left: 0, width: 0.25 })
    expect(share({ from: 1000, to: 2000 }, view)).toBeNull()
    expect(share({ from: 900, to: Infinity }, view)).toEqual({ left: 0.9, width: 0.1 })
  })
  it('is read in whole steps, so that a small move reads nothing new, and never the future', () => {
    const a = window(around(noon + 1000, lengths.hour), noon + 86_400_000)
    expect(window(around(noon + 60_000, lengths.hour), noon + 86_400_000)).toEqual(a)
    expect(a.from).toBeLessThanOrEqual(noon - 1_800_000)
    expect(window(around(noon, lengths.day), noon).to).toBe(noon)
  })
  it('takes a hover’s picture at few places', () => {
    const view = around(noon, lengths.day)
    expect(new Set(Array.from({ length: 1500 }, (_, i) => stillAt(view.from + (i * lengths.day) / 1500, view))).size).toBeLessThanOrEqual(151)
  })
})

describe('the page', () => {
  it('takes its cameras from the address: ids, once, sixteen at most', () => {
    const many = Array.from({ length: 30 }, (_, i) => `c${i}`)
    expect(camerasOf('a,b,a,../x,,cam-1.b')).toEqual(['a', 'b', 'cam-1.b'])
    expect(camerasOf(many.join())).toHaveLength(16)
    expect(camerasOf(undefined)).toEqual([])
  })
  it('has room for each', () => expect([0, 1, 2, 4, 5, 9, 10, 16].map((n) => columnsOf(n, false))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]))
  it('has one column on a phone', () => expect(columnsOf(16, true)).toBe(1))
  it('has an address for an instant of some cameras', () => {
    expect(playbackLink(['a', 'b'], noon)).toEqual({ path: '/console/playback', query: { cameras: 'a,b', at: '2026-05-01T04:00:00.000Z' } })
    expect(playbackLink(['a'])).toEqual({ path: '/console/playback', query: { cameras: 'a' } })
  })
  it('knows before it asks whether a span can be one file', () => {
    const spans = [{ from: 0, to: 100, mime: 'a' }, { from: 200, to: 300, mime: 'a' }, { from: 300, to: 9e9, mime: 'b' }]
    expect(obstacle(spans, { from: 50, to: 250 })).toBeNull()
    expect(obstacle(spans, { from: 100, to: 200 })).toEqual({ why: 'none' })
    expect(obstacle(spans, { from: 50, to: 301 })).toEqual({ why: 'changes', at: 300 })
    expect(obstacle(spans, { from: 400, to: 400 + 7_200_001 })).toEqual({ why: 'long' })
  })
})
