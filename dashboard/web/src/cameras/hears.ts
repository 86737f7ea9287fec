import type { Translate } from '@/alerts/why'
import type { CameraMeasure } from '@/api/types'

/** Why what a camera reports by itself may not be heard, as far as the page says it in its own language. */
export const deafReasons = ['out_of_reach', 'unknown_name', 'no_answer', 'refused', 'unreachable', 'untrusted', 'not_onvif', 'auth_needed', 'auth_refused', 'no_events', 'no_metadata', 'faulty'] as const

const known: readonly string[] = deafReasons

/** Whether what a camera reports by itself is heard. */
export function hearsOf(m: NonNullable<CameraMeasure['alarms']>, t: Translate): string {
  if (m.heard) return t('hears.heard')
  if (!m.code) return t('hears.waiting')
  return t('hears.not', { reason: known.includes(m.code) ? t(`findReason.${m.code}`) : m.code })
}

const silent: readonly string[] = ['coding', 'refused', 'garbage']

/** What becomes of a camera's sound in its recordings. */
export function soundOf(m: NonNullable<CameraMeasure['sound']>, t: Translate): string {
  if (!m.codec) return t('soundOf.none')
  if (m.kept) return t('soundOf.kept', { codec: m.codec })
  return t(`soundOf.${silent.includes(m.code) ? m.code : 'other'}`, { codec: m.codec, code: m.code })
}
