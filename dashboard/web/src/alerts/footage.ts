import type { Alert, Clip, Recordings } from '@/api/types'

/** Seconds before an alert that are worth a look, and after it where nothing says how long it went on. */
const [beforeMs, afterMs] = [10_000, 20_000]
/** So long after its opening a clip is ready at the latest: until then nobody says that there is none. */
const readyMs = 10_000
/** A strip of pictures of what grows is taken anew so often. */
const stripMs = 30_000

/** What a player is told to play: ms since 1970, `to` is 0 while it grows. */
export type Footage = { camera: string; from: number; to: number; growing: boolean }

/** Why there is nothing to play: the camera is not recorded, what was is too old, the disk takes nothing, or just none came. */
export const absences = ['off', 'gone', 'failing', 'none'] as const
export type Absence = (typeof absences)[number]

/** The clips of an alert as footage, oldest first. */
export function clipsOf(clips: readonly Clip[]): Footage[] {
  return clips
    .map((c) => ({ camera: c.camera, from: Date.parse(c.from), to: c.to ? Date.parse(c.to) : 0, growing: !c.to }))
    .sort((a, b) => a.from - b.from)
}

/** Which of them shows the opening; the first where none does. */
export function atOpening(clips: readonly Footage[], openedAt: number): number {
  return Math.max(0, clips.findIndex((c) => c.from <= openedAt && (c.growing || openedAt <= c.to)))
}

/** The span that shows an alert's opening where no clip was made of it. */
export const around = (openedAt: number) => ({ from: openedAt - beforeMs, to: openedAt + afterMs })

/** The seconds of the spotlight: from 10 s before the opening, 30 s of it, as far as the clip goes by now. */
export function glimpse(clip: Footage, openedAt: number, now: number): Footage {
  const { from, to } = around(openedAt)
  const growing = clip.growing && now < to
  return { ...clip, from: Math.max(from, clip.from), to: growing ? 0 : clip.growing ? to : Math.min(to, clip.to), growing }
}

/** How far a strip of pictures shows a clip: one that grows in steps, since each takes its pictures anew. */
export const stripTo = (clip: Footage, now: number): number =>
  clip.growing ? clip.from + Math.max(beforeMs, Math.floor((now - clip.from) / stripMs) * stripMs) : clip.to

/** Whether a clip must be there by now, if there will be one. */
export const ripe = (openedAt: number, now: number): boolean => now - openedAt >= readyMs

/** What the camera's footage says of a span without a clip: the footage, why there is none, or null while it is too early to say. */
export function withoutClip(alert: Pick<Alert, 'opened_at'>, camera: string, seen: Recordings, now: number): Footage | Absence | null {
  const openedAt = Date.parse(alert.opened_at)
  if (seen.items.length > 0) return ripe(openedAt, now) ? { camera, ...around(openedAt), growing: false } : null
  if (seen.oldest && Date.parse(seen.oldest) > openedAt) return 'gone'
  if (seen.state === 'off' || seen.state === 'failing') return seen.state
  return ripe(openedAt, now) ? 'none' : null
}
