import type { Camera, CameraMeasure } from '@/api/types'

/** A camera as the list shows it. */
export interface Row {
  camera: Camera
  where: string
  reason: string
  measure?: CameraMeasure
}

export const sorts = ['state', 'name', 'fps', 'rate', 'lost'] as const
export type Sort = (typeof sorts)[number]

export interface Wanted {
  words: string
  state: string
  /** '', 'yes' or 'no'. */
  analysed: string
  /** The areas that count, all when null. */
  areas: ReadonlySet<string> | null
  sort: Sort
  down: boolean
}

export const states = ['auth_refused', 'offline', 'degraded', 'connecting', 'online', 'disabled'] as const
const weight = (c: Camera) => (states as readonly string[]).indexOf(c.state)
const byId = (a: Row, b: Row) => (a.camera.id < b.camera.id ? -1 : 1)

const orders: Record<Sort, (a: Row, b: Row) => number> = {
  state: (a, b) => weight(a.camera) - weight(b.camera), // what is wrong first
  name: (a, b) => a.camera.name.localeCompare(b.camera.name, 'zh-CN'),
  fps: (a, b) => (a.measure?.fps ?? -1) - (b.measure?.fps ?? -1),
  rate: (a, b) => (a.measure?.bit_rate ?? -1) - (b.measure?.bit_rate ?? -1),
  lost: (a, b) => (b.measure?.lost ?? -1) - (a.measure?.lost ?? -1), // the worst first
}

/** The rows that are wanted, in their order. */
export function choose(rows: readonly Row[], w: Wanted): Row[] {
  const words = w.words.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (r: Row) => {
    const c = r.camera
    if (w.state && c.state !== w.state) return false
    if (w.analysed && c.analyse !== (w.analysed === 'yes')) return false
    if (w.areas && !w.areas.has(c.area)) return false
    const text = `${c.id} ${c.name} ${c.url} ${r.where} ${r.reason}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const order = orders[w.sort]
  return rows.filter(fits).sort((a, b) => (w.down ? -order(a, b) : order(a, b)) || byId(a, b))
}

/** An area and all below it. */
export function below(area: string, parents: ReadonlyMap<string, { parent: string }>): Set<string> {
  const inside = new Set([area])
  for (const id of parents.keys()) {
    const way: string[] = []
    for (let a = id; a && way.length < 20 && !way.includes(a); a = parents.get(a)?.parent ?? '') {
      way.push(a)
      if (inside.has(a)) {
        way.forEach((x) => inside.add(x))
        break
      }
    }
  }
  return inside
}

/** The first free id after those that are there: cam-17 after cam-16. */
export function freeId(ids: Iterable<string>, word: string): string {
  const taken = new Set(ids)
  const most = Math.max(0, ...[...taken].map((id) => Number(new RegExp(`^${word}-0*(\\d+)$`).exec(id)?.[1] ?? 0)))
  return `${word}-${String(most + 1).padStart(2, '0')}`
}

/** Takes the credentials out of an address that was pasted whole. */
export function apart(url: string): { url: string; username: string; password: string } | null {
  const m = /^(rtsps?:\/\/)([^/@]*)@(.+)$/i.exec(url.trim())
  if (!m) return null
  const [name = '', ...rest] = m[2]!.split(':')
  const plain = (s: string) => { try { return decodeURIComponent(s) } catch { return s } } // prettier-ignore
  return { url: m[1]! + m[3]!, username: plain(name), password: plain(rest.join(':')) }
}
