import type { Translate } from '@/alerts/why'
import type { CellFault } from '@/api/types'

/** The most bytes that a sheet may have. */
export const sheetMost = 5 << 20

/** The fields of which the page says itself what a cell must hold. */
export const sheetFields = ['id', 'name', 'area', 'url', 'username', 'password', 'analyse', 'disabled', 'transport', 'lon', 'lat', 'heading'] as const

const known: readonly string[] = sheetFields

/** What is wrong with a cell, in the page's language; the server's sentence is English, and the more exact one. */
export const saidOf = (f: Pick<CellFault, 'field' | 'message'>, t: Translate, locale: string): string =>
  locale === 'en' ? f.message : t(`importFault.${known.includes(f.field) ? f.field : 'other'}`)
