import type { Translate } from '@/alerts/why'

/** Why a payload was refused, or nothing can be heard on a topic: the server gives the name and how the payload begins. */
export const faultNames = ['too_large', 'empty', 'not_json', 'no_field', 'not_number', 'not_finite', 'no_topic', 'long_topic', 'wildcard_topic', 'dollar_topic', 'topic_refused'] as const
const known: readonly string[] = faultNames

/** The fault as a sentence; what this page does not know stays in the server's words. */
export function sayFault(fault: string, t: Translate): string {
  const [name = '', ...rest] = fault.split(': ')
  if (!known.includes(name)) return fault
  const sample = rest.join(': ')
  return t(`sensorFault.${name}`) + (sample ? ` ${sample}` : '')
}
