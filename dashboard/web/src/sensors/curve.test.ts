import { describe, expect, it, vi } from 'vitest'
import type { Reading } from '@/api/types'
import { backfill } from './backfill'
import { curve } from './curve'

const reading = (s: number, value: number): Reading => ({ sensor: 'x', value, at: new Date(s * 1000).toISOString() })

describe('a curve', () => {
  it('spans its time and its values, the limit included', () => {
    expect(curve([reading(0, 0), reading(5, 1), reading(10, 2)], 4, 100, 44)).toEqual({ points: '0,42 50,32 100,22', limitY: 2 })
  })

  it('of one reading is flat, of none is nothing', () => {
    expect(curve([reading(0, 3)], undefined, 100, 40)).toEqual({ points: '0,20 100,20', limitY: null })
    expect(curve([], 1, 100, 40)).toEqual({ points: '', limitY: null })
  })
})

describe('what a curve missed', () => {
  it('is read once, and what the stream brought meanwhile stays behind it', async () => {
    const read = vi.fn(async () => [reading(1, 1), reading(2, 2)])
    const curves = new Map([['x', [reading(2, 2), reading(3, 3)]]])
    await backfill(curves, 'x', read)
    await backfill(curves, 'x', read)
    expect(read).toHaveBeenCalledOnce()
    expect(curves.get('x')?.map((r) => r.value)).toEqual([1, 2, 3])
  })

  it('is asked for again after the server was away', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const read = vi.fn(async (): Promise<Reading[]> => { throw new Error('away') })
    const curves = new Map<string, Reading[]>()
    await backfill(curves, 'x', read)
    await backfill(curves, 'x', read)
    expect(read).toHaveBeenCalledTimes(2)
    warn.mockRestore()
  })
})
