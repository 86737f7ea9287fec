import type { Camera, CameraMeasure } from '@/api/types'

/** A camera as the list shows it. */
export interface Row {
  camera: Camera
  where: string
  reason: string
  /** It plays, but something is wrong with its stream or its picture: 不完好. */
  unsound: boolean
}

/** How the stream of a camera is now; asked of only where it counts, so that a list by name is not made anew with each measure. */
export type MeasureOf = (camera: string) => CameraMeasure | undefined

export const sorts = ['state', 'name', 'fps', 'rate', 'lost'] as const
export type Sort = (typeof sorts)[number]

export interface Wanted {
  words: string
  /** One of the states, or 'unsound'; '' is any. */
  state: string
  /** '', 'yes', 'no', or how it is analysed now. */
  analysed: string
  /** The areas that count, all when null. */
  areas: ReadonlySet<string> | null
  sort: Sort
  down: boolean
}

export const states = ['auth_refused', 'offline', 'degraded', 'connecting', 'online', 'disabled'] as const
const weight = ({ camera, unsound }: Row) => (states as readonly string[]).indexOf(camera.state) - (unsound ? 0.5 : 0)
const byName = new Intl.Collator('zh-CN')

const orders: Record<Sort, (a: Row, b: Row, of: MeasureOf) => number> = {
  state: (a, b) => weight(a) - weight(b), // what is wrong first
  name: (a, b) => byName.compare(a.camera.name, b.camera.name),
  fps: (a, b, of) => (of(a.camera.id)?.fps ?? -1) - (of(b.camera.id)?.fps ?? -1),
  rate: (a, b, of) => (of(a.camera.id)?.bit_rate ?? -1) - (of(b.camera.id)?.bit_rate ?? -1),
  lost: (a, b, of) => (of(b.camera.id)?.lost ?? -1) - (of(a.camera.id)?.lost ?? -1), // the worst first
}

const analysedAs = ({ camera }: Row, how: string, of: MeasureOf) => (how === 'yes' || how === 'no' ? camera.analyse === (how === 'yes') : of(camera.id)?.analysis?.state === how)

/** The rows that are wanted, in their order; equals stay in the order in which they come. */
export function choose(rows: readonly Row[], w: Wanted, of: MeasureOf): Row[] {
  const words = w.words.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (r: Row) => {
    const c = r.camera
    if (w.state === 'unsound' ? !r.unsound : w.state && c.state !== w.state) return false
    if (w.analysed && !analysedAs(r, w.analysed, of)) return false
    if (w.areas && !w.areas.has(c.area)) return false
    if (words.length === 0) return true
    const text = `${c.id} ${c.name} ${c.url} ${r.where} ${r.reason}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const order = orders[w.sort]
  return rows.filter(fits).sort((a, b) => (w.down ? -order(a, b, of) : order(a, b, of)))
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
