import type { LedgerRow } from '@/api/types'

/** A cell that a table program takes for text, whatever is in it: quoted, and never the beginning of a formula. */
function cell(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
  return `"${(/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
}

/** Rows as CSV in UTF-8, with the mark by which table programs know it. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return '\ufeff' + [head.join(','), ...rows.map((r) => r.map(cell).join(','))].join('\r\n') + '\r\n'
}

/** The ledger as it is. */
export function csv(rows: readonly LedgerRow[]): string {
  const columns = ['id', 'at', 'by', 'action', 'entity', 'before', 'after'] as const
  return table(columns, rows.map((r) => columns.map((c) => r[c])))
}

/** Hands text over as a file. */
export function save(name: string, text: string): void {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([text], { type: 'text/csv' })), download: name })
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
