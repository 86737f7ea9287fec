import type { Translate } from '@/alerts/why'
import { ApiError } from '@/api/client'
import type { CellFault } from '@/api/types'

/** The most bytes that a sheet may have. */
export const sheetMost = 5 << 20

/** The fields of which the page says itself what a cell must hold. */
export const sheetFields = ['id', 'name', 'area', 'url', 'username', 'password', 'analyse', 'disabled', 'transport', 'onvif', 'lon', 'lat', 'heading'] as const

const known: readonly string[] = [...sheetFields, 'more']

/** What is wrong with a cell, in the page's language; the server's sentence is English, and the more exact one. */
export function saidOf(f: Pick<CellFault, 'field' | 'message'>, t: Translate, locale: string): string {
  const field = f.field.split('.')[0]! // onvif.address
  return locale === 'en' ? f.message : t(`importFault.${known.includes(field) ? field : 'other'}`)
}

/** Why a sheet as a whole cannot be used, in the page's language with the server's sentence behind it in English; '' when it is not about the sheet. */
export function unusable(fault: unknown, t: Translate, locale: string): string {
  if (!(fault instanceof ApiError) || !['invalid', 'too_large'].includes(fault.code)) return ''
  const column = fault.field.startsWith('column ') ? fault.field.slice(7) : ''
  return t(column ? 'import.unusableAt' : 'import.unusable', { column }) + (locale === 'en' ? ` (${fault.message})` : '')
}
