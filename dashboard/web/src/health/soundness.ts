import type { Area, Overview } from '@/api/types'
import { communityOf } from '@/wall/ranking'

/** How the cameras of a community are, those below it included. */
export interface Soundness {
  area: string
  name: string
  /** Not disabled; the shares are of these. */
  on: number
  /** Units come: 在线. */
  playing: number
  /** Online, and nothing is wrong with them: 完好. */
  sound: number
}

/** Sums the cameras up the tree to the communities, the least sound first; places without a camera are left out. */
export function soundnessOf(areas: ReadonlyMap<string, Area>, loads: Overview['areas']): Soundness[] {
  const rows = new Map<string, Soundness>()
  for (const l of loads) {
    if (l.cameras_on === 0) continue
    const id = communityOf(l.area, areas)
    const r = rows.get(id) ?? { area: id, name: areas.get(id)?.name ?? id, on: 0, playing: 0, sound: 0 }
    rows.set(id, { ...r, on: r.on + l.cameras_on, playing: r.playing + l.cameras_playing, sound: r.sound + l.cameras_sound })
  }
  return [...rows.values()].sort((a, b) => a.sound / a.on - b.sound / b.on || (a.name < b.name ? -1 : 1))
}

/** All of them as one row, whose area is "". */
export const wholeOf = (rows: readonly Soundness[], name: string): Soundness =>
  rows.reduce((sum, r) => ({ ...sum, on: sum.on + r.on, playing: sum.playing + r.playing, sound: sum.sound + r.sound }), { area: '', name, on: 0, playing: 0, sound: 0 })

/** A share in percent; 100 % only where nothing is missing. */
export const share = (n: number, of: number): string => (n === of ? '100%' : `${(Math.floor((n / of) * 1000) / 10).toFixed(1)}%`)
