import type { Camera } from '@/api/types'
import { frozenMs, type Picture } from '@/live/buffer'

/** What a tile may claim. Only live and degraded show a picture. */
export type TileState = 'live' | 'degraded' | 'frozen' | 'waiting' | 'unplayable' | 'forbidden' | 'gone' | 'connecting' | 'auth_refused' | 'offline' | 'disabled'

export interface Claim {
  state: TileState
  /** Since when, ms; null where it does not matter. */
  since: number | null
  /** A sentence from the server, or the codec that cannot be played. */
  reason: string
}

/**
 * The honest state of a tile: the server says what it knows of the camera, the player whether this very browser gets
 * new pictures, and the worse of the two is what the tile says.
 */
export function claim(camera: Camera | undefined, picture: Picture, now: number, permitted: boolean): Claim {
  if (!camera) return { state: 'gone', since: null, reason: '' }
  if (camera.state !== 'online' && camera.state !== 'degraded') {
    return { state: camera.state, since: camera.since ? Date.parse(camera.since) : null, reason: camera.reason }
  }
  if (!permitted) return { state: 'forbidden', since: null, reason: '' }
  if (picture.unplayable) return { state: 'unplayable', since: null, reason: picture.unplayable }
  if (picture.lastAt === null) return { state: 'waiting', since: picture.triedAt, reason: '' }
  if (now - picture.lastAt > frozenMs) return { state: 'frozen', since: picture.lastAt, reason: '' }
  return { state: camera.state === 'degraded' ? 'degraded' : 'live', since: null, reason: camera.reason }
}

/** Whether a picture may be seen in this state. */
export const shows = (state: TileState) => state === 'live' || state === 'degraded'
