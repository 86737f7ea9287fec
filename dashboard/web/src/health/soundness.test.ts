import { describe, expect, it } from 'vitest'
import type { Area, Overview } from '@/api/types'
import { share, soundnessOf, wholeOf } from './soundness'

const area = (id: string, kind: Area['kind'], parent = ''): Area => ({ id, name: `名${id}`, kind, parent, boundary: [] })
const areas = new Map([area('s', 'street'), area('a', 'community', 's'), area('a1', 'grid', 'a'), area('b', 'community', 's')].map((x) => [x.id, x]))
const load = (id: string, on: number, playing: number, sound: number) =>
  ({ area: id, alerts: {}, orders: 0, overdue: 0, cameras_down: 0, cameras: on, cameras_on: on, cameras_playing: playing, cameras_sound: sound }) as Overview['areas'][number]

describe('how sound the cameras are', () => {
  it('is summed up to the communities, the least sound first', () => {
    expect(soundnessOf(areas, [load('b', 4, 4, 4), load('a', 1, 1, 1), load('a1', 3, 2, 1), load('s', 0, 0, 0)])).toEqual([
      { area: 'a', name: '名a', on: 4, playing: 3, sound: 2 },
      { area: 'b', name: '名b', on: 4, playing: 4, sound: 4 },
    ])
  })

  it('is of the whole site in one row', () => {
    expect(wholeOf(soundnessOf(areas, [load('b', 4, 4, 4), load('a', 2, 1, 0)]), '全部')).toEqual({ area: '', name: '全部', on: 6, playing: 5, sound: 4 })
  })

  it('is 100 % only where nothing is missing', () => {
    expect([share(1043, 1043), share(1042, 1043), share(1, 3), share(0, 2)]).toEqual(['100%', '99.9%', '33.3%', '0.0%'])
  })
})
