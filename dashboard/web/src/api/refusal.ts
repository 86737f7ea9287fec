import { useI18n } from 'vue-i18n'
import { ApiError } from './client'

type Translate = (key: string, named?: Record<string, unknown>) => string

/** Every code of a refusal: the page says each in its own language. */
export const refusalCodes = [
  'invalid', 'must_change', 'not_found', 'conflict', 'unauthenticated', 'forbidden', 'too_large', 'too_many', 'unavailable', 'internal',
] as const // prettier-ignore
/** The fields that a person fills in, each with a word of its own. */
export const spokenFields = ['note', 'assignee', 'action', 'username', 'password', 'current', 'new', 'name', 'role', 'area', 'subject'] as const

const [codes, fields]: (readonly string[])[] = [refusalCodes, spokenFields]

/** What went wrong, as a person would say it. A fault that is no answer of the server means that there was none. */
export function refusalOf(fault: unknown, t: Translate): string {
  if (!(fault instanceof ApiError)) return t('refusal.unavailable')
  if (fault.code === 'too_many' && fault.retryAfter > 0) return t('refusal.tooManyFor', { n: Math.ceil(fault.retryAfter) })
  if (fault.code === 'invalid' && fields!.includes(fault.field)) return t('refusal.invalidField', { field: t(`field.${fault.field}`) })
  return t(`refusal.${codes!.includes(fault.code) ? fault.code : 'internal'}`)
}

/** Says a fault in the page's language; the server's own sentence is English and stands behind it there alone. */
export function useSaying() {
  const { t, locale } = useI18n()
  return (fault: unknown): string => {
    const detail = locale.value === 'en' && fault instanceof ApiError && fault.message ? ` (${fault.message})` : ''
    return refusalOf(fault, t) + detail
  }
}

/** Whether somebody was quicker: the thing is no longer what this page showed. */
export const isConflict = (fault: unknown): boolean => fault instanceof ApiError && fault.code === 'conflict'
