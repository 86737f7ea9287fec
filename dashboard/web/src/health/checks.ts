import type { Check } from '@/api/types'
import type { Translate } from '@/alerts/why'
import { amount, lasting } from '@/app/format'

/** The codes of the hall's checks: each has a sentence on what is wrong and one on what to do. */
export const checkCodes = [
  'store_refuses', 'store_read_only', 'store_locked', 'disk_low', 'disk_full', 'disk_unknown', 'bus_away', 'bus_backlog', 'bus_refuses', 'bus_rejected',
  'vision_off', 'vision_down', 'vision_short', 'vision_missing', 'vision_quarantined', 'cameras_down', 'sensors_silent', 'sensors_unreadable', 'sensors_broker_away',
  'notify_waiting', 'deadman_off', 'deadman_fails', 'deadman_silent', 'certificate_expires', 'certificate_expired', 'certificate_unread', 'clock_jumped', 'clock_off', 'hall_busy',
  'backup_none', 'backup_old', 'pages_refused',
  'recording_away', 'recording_full', 'recording_read_only', 'recording_refuses', 'recording_slow', 'recording_short', 'recording_agreeing',
] as const // prettier-ignore
const known: readonly string[] = checkCodes

export const parts = ['store', 'disk', 'recording', 'bus', 'vision', 'cameras', 'sensors', 'notify', 'deadman', 'tls', 'clock', 'backup', 'pages'] as const
const knownParts: readonly string[] = parts

export const partOf = (part: string, t: Translate): string => (knownParts.includes(part) ? t(`part.${part}`) : part)

/** What is wrong, in the reader's words; a code that this page does not know is shown as it is. */
export function wrongOf(c: Pick<Check, 'code' | 'facts'>, t: Translate, time: (at: string) => string): string {
  if (!c.code) return t('health.well')
  if (!known.includes(c.code)) return c.code
  const sentence = t(`healthWhat.${c.code}`, said(c.facts, time))
  return c.code === 'cameras_down' ? `${sentence}${downBy(c.facts).map(([state, n]) => t(`healthCameras.${state}`, { n })).join(t('refusal.comma'))}` : sentence
}

export const remedyOf = (c: Pick<Check, 'code' | 'facts'>, t: Translate, time: (at: string) => string): string => (known.includes(c.code) ? t(`healthDo.${c.code}`, said(c.facts, time)) : '')

/** The facts as a person reads them: bytes with their unit, times on the site's clock, signs kept. */
export function said(facts: Record<string, string>, time: (at: string) => string): Record<string, string> {
  const read = (name: string, v: string) => {
    if (name.endsWith('_bytes')) return bytes(Number(v))
    if (/^\d{4}-\d\d-\d\dT/.test(v)) return time(v)
    return v
  }
  return Object.fromEntries(Object.entries(facts).map(([name, v]) => [name, read(name, v)]))
}

function bytes(n: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const i = n > 0 ? Math.min(units.length - 1, Math.floor(Math.log(n) / Math.log(1000))) : 0
  return amount(n / 1000 ** i, units[i])
}

/** How many cameras are in each state that is not well, none without any. */
const downBy = (facts: Record<string, string>) => (['offline', 'auth_refused', 'degraded', 'connecting'] as const).map((state) => [state, Number(facts[state] ?? 0)] as const).filter(([, n]) => n > 0)

/** How many cameras have each reason, of a check on cameras. */
export const reasonsIn = (facts: Record<string, string>): [string, number][] =>
  Object.entries(facts).flatMap(([name, n]): [string, number][] => (name.startsWith('code.') ? [[name.slice(5), Number(n)]] : [])).sort((a, b) => b[1] - a[1])

/** Where one does something about a part, "" where that is not in these pages. */
export const placeOf = (c: Pick<Check, 'part' | 'code' | 'facts'>): string => {
  if (c.code === 'sensors_unreadable') return '/console/sensors?state=bad'
  if (c.code === 'sensors_silent') return '/console/sensors?state=stale'
  if (c.code === 'cameras_down' || c.code === 'vision_quarantined') return '/console/cameras'
  return ''
}

export const lastingSince = (since: string | null, now: number): string => (since ? lasting(now - Date.parse(since)) : '')
