import type { Translate } from '@/alerts/why'
import type { PTZ, PTZAct } from '@/api/types'
import { foundReasons } from './find'

/** Why a camera does not do what was asked, as far as the page says it itself. */
export const turnReasons = ['no_address', 'no_ptz', 'no_preset', 'presets_full', 'moving', 'busy'] as const

const [own, found]: (readonly string[])[] = [turnReasons, foundReasons]

/** Why, and what to do, in the page's language; the server's sentence for a reason that is newer than the page, '' when all went well. */
export function whyStill(p: Pick<PTZ, 'code' | 'reason'>, t: Translate): string {
  if (own!.includes(p.code)) return t(`turnReason.${p.code}`)
  return found!.includes(p.code) ? t(`findReason.${p.code}`) : p.reason
}

/** A direction: each −1, 0 or 1; pan to the right, tilt up, zoom closer. */
export interface Way {
  pan: number
  tilt: number
  zoom: number
}

/** The buttons of the pad in the order of its rows; the middle goes home. */
export const pad = [
  ['upLeft', -1, 1, '↖'], ['up', 0, 1, '↑'], ['upRight', 1, 1, '↗'],
  ['left', -1, 0, '←'], ['home', 0, 0, '⌂'], ['right', 1, 0, '→'],
  ['downLeft', -1, -1, '↙'], ['down', 0, -1, '↓'], ['downRight', 1, -1, '↘'],
] as const // prettier-ignore

const keys: Record<string, Partial<Way>> = {
  ArrowLeft: { pan: -1 }, ArrowRight: { pan: 1 }, ArrowUp: { tilt: 1 }, ArrowDown: { tilt: -1 }, '+': { zoom: 1 }, '=': { zoom: 1 }, '-': { zoom: -1 }, _: { zoom: -1 },
} // prettier-ignore

/** Whether a key turns the camera. */
export const isTurnKey = (key: string): boolean => key in keys

/** Where the keys that are down lead together; null when they lead nowhere, as left and right do. */
export function wayOf(down: Iterable<string>): Way | null {
  const way = { pan: 0, tilt: 0, zoom: 0 }
  for (const key of down) {
    const k = keys[key]
    way.pan += k?.pan ?? 0
    way.tilt += k?.tilt ?? 0
    way.zoom += k?.zoom ?? 0
  }
  way.zoom = Math.sign(way.zoom)
  return way.pan || way.tilt || way.zoom ? way : null
}

/** Seconds for which somebody still has the camera, by the server's clock. */
export const leftOf = (lock: NonNullable<PTZ['lock']>, now: number): number => Math.max(0, Math.floor((Date.parse(lock.until) - now) / 1000))

/** How often a movement is said again. The hall stops the camera after 1.5 s of silence. */
export const repeatMs = 500

/**
 * Keeps a camera moving while it is wanted: says each way at once and again and again, one request at a time, and stops when it is
 * let go. `send` says whether the camera did it; when it did not, nothing is said any more.
 */
export class Hold {
  private way: Way | null = null
  private said: Way | null = null
  private busy = false
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly send: (act: PTZAct) => Promise<boolean>,
    private readonly speed: () => number,
  ) {}

  turn(way: Way) {
    this.way = way
    if (!this.busy) void this.say()
  }

  /** Stops at once, beside a request that may be under way: a stop waits for nothing. */
  release() {
    if (!this.way) return
    this.way = null
    clearTimeout(this.timer)
    void this.send({ action: 'stop' })
  }

  private async say() {
    clearTimeout(this.timer)
    const way = (this.said = this.way)
    if (!way) return
    this.busy = true
    const v = this.speed()
    const done = await this.send({ action: 'move', pan: v * way.pan, tilt: v * way.tilt, zoom: v * way.zoom })
    this.busy = false
    if (!done) this.way = null
    else if (this.way !== this.said) void this.say()
    else this.timer = setTimeout(() => void this.say(), repeatMs)
  }
}
