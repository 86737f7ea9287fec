import type { Translate } from '@/alerts/why'
import type { Camera, FoundDevice, FoundStream } from '@/api/types'
import { bitRate, size } from './measures'

/** Why a device tells no more, as far as the page says it itself. */
export const foundReasons = [
  'out_of_reach', 'unknown_name', 'no_answer', 'refused', 'unreachable', 'untrusted', 'not_onvif', 'auth_needed', 'auth_refused', 'no_video', 'faulty',
] as const // prettier-ignore

const known: readonly string[] = foundReasons

/** Why, and what to do, in the page's language; the server's sentence for a reason that is newer than the page, "" when all was told. */
export const whyNot = (d: Pick<FoundDevice, 'code' | 'reason'>, t: Translate): string => (known.includes(d.code) ? t(`findReason.${d.code}`) : d.reason)

/** What a stream is, in one line. */
export const streamLine = (s: FoundStream): string => [s.codec, size(s), s.fps ? `${Math.round(s.fps * 10) / 10} fps` : '', s.bit_rate ? bitRate(s.bit_rate) : ''].filter(Boolean).join(' · ')

/** How people call a device: its maker and model, or its own name. */
export const titleOf = (d: FoundDevice): string => [d.maker, d.model].filter(Boolean).join(' ') || d.name || d.address

/** Query and all: one address with two streams is two cameras. */
const bare = (url: string): string => url.replace(/^(rtsps?:\/\/[^/?]+?):554(?=[/?]|$)/i, '$1')

/** The camera of the site that plays this stream already. */
export const alreadyThere = (s: FoundStream, cameras: Iterable<Camera>): Camera | undefined => (s.url ? [...cameras].find((c) => bare(c.url) === bare(s.url)) : undefined)

/** What the form of a new camera takes over: both addresses, the credentials that opened the device, and a name where it has none. */
export function taken<F extends { name: string; url: string; username: string; password: string; onvif: string; profile: string }>(fields: F, d: FoundDevice, s: FoundStream, login: { username: string; password: string }): F {
  const several = new Set(d.streams.map((v) => v.source)).size > 1
  return { ...fields, url: s.url, onvif: d.address, profile: s.profile, username: login.username, password: login.password, name: fields.name.trim() || (several ? `${titleOf(d)} ${s.name}` : titleOf(d)).slice(0, 64) }
}
