import type { LedgerRow } from '@/api/types'

/** A cell that a table program takes for text, whatever is in it: quoted, and never the beginning of a formula. */
function cell(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
}

/** The rows as CSV in UTF-8, with the mark by which table programs know it. */
export function csv(rows: readonly LedgerRow[]): string {
  const columns = ['id', 'at', 'by', 'action', 'entity', 'before', 'after'] as const
  return '\ufeff' + [columns.join(','), ...rows.map((r) => columns.map((c) => cell(r[c])).join(','))].join('\r\n') + '\r\n'
}
