import type { Translate } from '@/alerts/why'
import { ApiError } from '@/api/client'
import type { CellFault } from '@/api/types'

/** What a sheet can be of. */
export type SheetKind = 'camera' | 'sensor'

/** The most bytes that a sheet may have. */
export const sheetMost = 5 << 20

/** The fields of which the page says itself what a cell must hold. */
export const sheetFields = [
  'id', 'name', 'area', 'url', 'username', 'password', 'analyse', 'disabled', 'transport', 'record', 'onvif', 'lon', 'lat', 'heading',
  'kind', 'unit', 'topic', 'mapping', 'stale_after', 'above', 'below', 'clear', 'severity', 'camera',
] as const

/** Why a cell cannot be taken, where the server names it: the reason says more than the field. */
export const reasons = ['missing', 'twice', 'no_area', 'many_areas', 'control', 'nameless', 'edited', 'more'] as const

const is = <T extends string>(known: readonly T[], word: string): word is T => (known as readonly string[]).includes(word)

/** What is wrong with a cell, in the page's language; in English it is the server's own sentence. */
export function saidOf(f: Pick<CellFault, 'field' | 'message' | 'reason' | 'values'>, t: Translate, locale: string): string {
  if (locale === 'en') return f.message
  if (is(reasons, f.reason)) return t(`importReason.${f.reason}`, f.values ?? {})
  const field = f.field.split('.')[0]! // onvif.address
  return is(sheetFields, field) ? t(`importFault.${field}`) : t('importFault.other', { message: f.message })
}

/** Why a sheet as a whole cannot be used, in the page's language with the server's sentence behind it in English; '' when it is not about the sheet. */
export function unusable(fault: unknown, t: Translate, locale: string): string {
  if (!(fault instanceof ApiError) || !['invalid', 'too_large'].includes(fault.code)) return ''
  const column = fault.field.startsWith('column ') ? fault.field.slice(7) : ''
  return t(column ? 'import.unusableAt' : 'import.unusable', { column }) + (locale === 'en' ? ` (${fault.message})` : '')
}
