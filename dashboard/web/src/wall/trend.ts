import { type Overview, severities } from '@/api/types'

type Hour = Overview['hours'][number]

/** All alerts of an hour. */
export const alertsOf = (h: Hour): number => severities.reduce((n, s) => n + (h.alerts[s] ?? 0), 0)

/** The first hour in which anything happened; the number of hours when nothing did. */
export function beginning(hours: readonly Hour[]): number {
  const at = hours.findIndex((h) => alertsOf(h) + h.orders_opened + h.orders_done > 0)
  return at < 0 ? hours.length : at
}

/** A count of each hour as steps from `from` on: one hour alone is a short stroke, not a peak out of nothing. */
export function steps(counts: readonly number[], from: number, width: number, y: (n: number) => number): string {
  return counts.slice(from).map((n, i) => `${i === 0 ? 'M' : 'L'}${(from + i) * width} ${y(n).toFixed(1)}h${width}`).join('')
}
