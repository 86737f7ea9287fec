import type { LedgerRow } from '@/api/types'
import { instant, local } from '@/ledger/time'

/** The ways in which somebody looks at a camera, as the ledger names them. */
export const ways = ['live', 'playback', 'export'] as const
export type Way = (typeof ways)[number]

/** What the page is asked for, as it stands in its fields; times are of day and minute on the site's clock. */
export interface Asked {
  camera: string
  by: string
  way: Way | ''
  from: string
  to: string
}

export const askedFields = ['camera', 'by', 'way', 'from', 'to'] as const
const week = 7 * 86_400_000

/** What the address asks for. Whoever names no time means the last seven days. */
export function askedOf(query: Record<string, unknown>, now: number, zone: string): Asked {
  const word = (name: string) => (typeof query[name] === 'string' ? (query[name] as string).trim() : '')
  const way = ways.find((w) => w === word('way')) ?? ''
  const from = word('from') || (word('to') ? '' : local(now - week, zone).slice(0, 16))
  return { camera: word('camera'), by: word('by'), way, from, to: word('to') }
}

/** The ledger's question. */
export const questionOf = (a: Asked, zone: string) => ({
  action: `watch.${a.way}`, entity: a.camera || undefined, by: a.by || undefined, from: instant(a.from, zone), to: instant(a.to, zone),
}) // prettier-ignore

/** A view, out of its row in the ledger. */
export interface View {
  id: number
  at: string
  by: string
  /** The name of the screen where the wall was looked at: by a token, or "" for the wall of the hall itself; null = a person. */
  screen: string | null
  way: Way | ''
  camera: string
  area: string
  /** The footage that was looked at; null live. */
  footage: { from: string; to: string } | null
}

export function viewOf(row: LedgerRow): View {
  const after = (row.after ?? {}) as { area?: string; from?: string; to?: string }
  return {
    id: row.id, at: row.at, by: row.by, screen: row.by === 'wall' ? '' : row.by.startsWith('wall:') ? row.by.slice(5) : null,
    way: ways.find((w) => row.action === `watch.${w}`) ?? '', camera: row.entity, area: after.area ?? '',
    footage: after.from && after.to ? { from: after.from, to: after.to } : null,
  } // prettier-ignore
}

export const watchedLink = (camera: string) => ({ path: '/console/watched', query: { camera } })

/** A time as a table program reads it, on the site's clock. */
export const cellTime = (at: string, zone: string): string => local(Date.parse(at), zone).replace('T', ' ')

/** From and to as people say it: the day once where it is the same, seconds only where they matter. */
export function footageSaid(f: { from: string; to: string }, zone: string): string {
  const [from, to] = [cellTime(f.from, zone), cellTime(f.to, zone)]
  const cut = (s: string) => (from.endsWith(':00') && to.endsWith(':00') ? s.slice(0, -3) : s)
  return `${cut(from).slice(5)} – ${cut(to).slice(from.slice(0, 10) === to.slice(0, 10) ? 11 : 5)}`
}
