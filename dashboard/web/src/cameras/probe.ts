import type { Translate } from '@/alerts/why'
import type { Probe } from '@/api/types'
import { reasonOf } from './reason'

/** The failures for which the page says what to do; they are those that a camera's state can have. */
export const remedied = [
  'bad_address', 'out_of_reach', 'unknown_name', 'no_answer', 'unreachable', 'refused', 'auth_refused', 'not_found', 'rejected', 'untrusted', 'garbage', 'no_video', 'wrong_codec',
  'silent', 'ended', 'no_key_units', 'changed',
] as const // prettier-ignore

const known: readonly string[] = remedied

/** Why a probe has found nothing, as a sentence of its own. */
export function sentenceOf(p: Pick<Probe, 'code' | 'reason'>, t: Translate): string {
  const reason = reasonOf(p, t)
  return reason.charAt(0).toUpperCase() + reason.slice(1)
}

/** What to do about it, "" where the page does not know. */
export const remedyOf = (p: Pick<Probe, 'code'>, t: Translate): string => (known.includes(p.code) ? t(`probeDo.${p.code}`) : '')
