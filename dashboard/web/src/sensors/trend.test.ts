import { describe, expect, it, vi } from 'vitest'
import type { Trend } from '@/api/types'
import { marks, pieces, pointsOf, readTrend, roundValues, spans, told } from './trend'

const zone = 'Asia/Shanghai'
const midnight = Date.parse('2026-05-01T16:00:00Z') // there
const item = (at: number, value = 1) => ({ sensor: 'x', value, min: value - 1, max: value + 1, count: 3, at: new Date(at).toISOString() })
const trend = (step: Trend['step'], ...at: number[]): Trend => ({ step, next: '', items: at.map((t) => item(t)) })

describe('a trend', () => {
  it('draws a minute in its middle, and a reading when it was', () => {
    expect(pointsOf(trend('minute', 0))[0]!.at).toBe(30_000)
    expect(pointsOf(trend('raw', 7))[0]).toMatchObject({ at: 7, value: 1, min: 0, max: 2 })
  })

  it('is cut where nothing came for longer than usual', () => {
    const lengths = (step: Trend['step'], ...at: number[]) => pieces(pointsOf(trend(step, ...at)), step).map((p) => p.length)
    expect(lengths('raw', 0, 10_000, 20_000, 30_000, 100_000, 110_000)).toEqual([4, 2])
    expect(lengths('raw', 0, 0, 3, 10_000, 10_000, 10_003, 20_000, 20_000, 100_000, 100_000)).toEqual([8, 2]) // three readings a message
    expect(lengths('raw', ...Array.from({ length: 40 }, (_, i) => i * 200 + (i < 30 ? 0 : 60_000)))).toEqual([30, 10]) // five times a second, then a minute nothing
    expect(lengths('minute', 0, 60_000, 120_000, 360_000)).toEqual([3, 1])
    expect(lengths('minute', 0, 600_000, 1_200_000)).toEqual([3]) // it speaks every ten minutes
    expect(lengths('raw')).toEqual([])
    expect(lengths('raw', 5)).toEqual([1])
  })

  it('is summed up where there are more points than can be told apart, each piece by itself', () => {
    const points = Array.from({ length: 3000 }, (_, i) => ({ at: i * 1000, value: i % 3, min: (i % 3) - 1, max: i === 1500 ? 9 : 3, count: 2 }))
    const all = told([points.slice(0, 1000), points.slice(1000)], 3_000_000)
    expect(all.map((p) => p.length)).toEqual([167, 334])
    expect(all[0]![0]).toEqual({ at: 2500, value: 1, min: -1, max: 3, count: 12 })
    expect(Math.max(...all[1]!.map((p) => p.max))).toBe(9)
    expect(told([points.slice(0, 5)], 3_000_000)).toEqual([points.slice(0, 5)])
  })

  it('has lines at round values', () => {
    expect(roundValues(0, 1)).toEqual([0, 0.5, 1])
    expect(roundValues(-3, 17)).toEqual([0, 5, 10, 15])
    expect(roundValues(0.11, 0.31)).toEqual([0.15, 0.2, 0.25, 0.3])
    expect(roundValues(2, 2)).toEqual([2])
  })

  it('has marks at whole hours and midnights of the site', () => {
    expect(marks(midnight - 3_600_000, midnight, 'hour', zone).map((m) => m.text)).toEqual(['23:10', '23:20', '23:30', '23:40', '23:50'])
    expect(marks(midnight - spans.week.length + 5, midnight + 5, 'week', zone).map((m) => m.text)).toEqual(['04-26', '04-27', '04-28', '04-29', '04-30', '05-01'])
    expect(marks(midnight - spans.year.length, midnight, 'year', zone).length).toBeGreaterThan(4)
  })

  it('asks for minutes where every reading is too much', async () => {
    const ask = vi.fn(async (_: string, q: { step?: string }): Promise<Trend> => (q.step ? trend('minute', 0) : { ...trend('raw', 0), next: '5' }))
    expect((await readTrend('x', 'hour', midnight, ask)).step).toBe('minute')
    expect(ask.mock.calls.map(([, q]) => q)).toEqual([
      { from: '2026-05-01T15:00:00.000Z', to: '2026-05-01T16:00:00.000Z', limit: 10_000 },
      { from: '2026-05-01T15:00:00.000Z', to: '2026-05-01T16:00:00.000Z', limit: 10_000, step: 'minute' },
    ])
    const once = vi.fn(async (): Promise<Trend> => trend('hour', 0))
    expect((await readTrend('x', 'year', midnight, once)).step).toBe('hour')
    expect(once).toHaveBeenCalledOnce()
  })
})
