import { describe, expect, it } from 'vitest'
import type { Picture } from '@/live/buffer'
import { aCamera } from '@/testing/things'
import { claim, shows, type TileState } from './tile'

const now = 1_000_000
const fresh: Picture = { lastAt: now - 200, triedAt: now - 9000, unplayable: '' }
const none: Picture = { lastAt: null, triedAt: now - 9000, unplayable: '' }

describe('what a tile claims', () => {
  const rows: [string, ReturnType<typeof aCamera> | undefined, Picture, boolean, TileState, number | null][] = [
    ['a fresh picture of a camera that is well', aCamera(), fresh, true, 'live', null],
    ['a fresh picture of a camera that is not well', aCamera({ state: 'degraded', reason: '3 fps' }), fresh, true, 'degraded', null],
    ['the last picture, 3 s old', aCamera(), { ...fresh, lastAt: now - 3000 }, true, 'live', null],
    ['the last picture, older than 3 s', aCamera(), { ...fresh, lastAt: now - 3001 }, true, 'frozen', now - 3001],
    ['no picture yet', aCamera(), none, true, 'waiting', now - 9000],
    ['a codec the browser cannot play', aCamera(), { ...none, unplayable: 'hvc1' }, true, 'unplayable', null],
    ['a person who may not see video', aCamera(), none, false, 'forbidden', null],
    ['a camera that is gone', undefined, fresh, true, 'gone', null],
  ]
  it.each(rows)('of %s', (_, camera, picture, permitted, state, since) => {
    expect(claim(camera, picture, now, permitted)).toMatchObject({ state, since })
  })

  it.each(['connecting', 'auth_refused', 'offline', 'disabled'] as const)('of a camera that is %s, even with a picture left', (state) => {
    const got = claim(aCamera({ state, reason: '为什么' }), fresh, now, true)
    expect(got).toEqual({ state, since: Date.parse('2026-05-01T12:00:00.000Z'), reason: '为什么' })
    expect(shows(got.state)).toBe(false)
  })
})
