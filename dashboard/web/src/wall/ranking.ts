import type { Area, Overview, Severity } from '@/api/types'

type Load = Overview['areas'][number]

/** What weighs on one community and everything below it. */
export interface Burden {
  area: string
  name: string
  alerts: Record<Severity, number>
  orders: number
  overdue: number
  camerasDown: number
  cameras: number
}

/** The community an area lies in: the nearest at or above it, else the area itself (a load on the street as a whole). */
export function communityOf(id: string, areas: ReadonlyMap<string, Area>): string {
  for (let a = areas.get(id), steps = 0; a && steps < 10; a = areas.get(a.parent), steps++) if (a.kind === 'community') return a.id
  return id
}

/** Sums the loads up the tree to the communities; every community has a row, one without a load too. */
export function burdens(areas: ReadonlyMap<string, Area>, loads: readonly Load[]): Burden[] {
  const rows = new Map<string, Burden>()
  const row = (id: string) => {
    let r = rows.get(id)
    if (!r) rows.set(id, (r = { area: id, name: areas.get(id)?.name ?? id, alerts: { red: 0, orange: 0, yellow: 0, blue: 0 }, orders: 0, overdue: 0, camerasDown: 0, cameras: 0 }))
    return r
  }
  for (const a of areas.values()) if (a.kind === 'community') row(a.id)
  for (const load of loads) {
    if (empty(load)) continue
    const r = row(communityOf(load.area, areas))
    for (const s of Object.keys(r.alerts) as Severity[]) r.alerts[s] += load.alerts[s] ?? 0
    r.orders += load.orders
    r.overdue += load.overdue
    r.camerasDown += load.cameras_down
    r.cameras += load.cameras
  }
  return [...rows.values()].sort(byWeight)
}

const empty = (l: Load) => l.cameras === 0 && l.orders === 0 && l.overdue === 0 && Object.values(l.alerts).every((n) => n === 0)

const weights: ((b: Burden) => number)[] = [
  (b) => b.alerts.red, (b) => b.alerts.orange, (b) => b.overdue, (b) => b.alerts.yellow, (b) => b.camerasDown, (b) => b.alerts.blue, (b) => b.orders,
] // prettier-ignore

/** Heaviest first, in the order in which a person would go there; equals by name. */
export function byWeight(a: Burden, b: Burden): number {
  for (const w of weights) if (w(a) !== w(b)) return w(b) - w(a)
  return a.name < b.name ? -1 : 1
}
