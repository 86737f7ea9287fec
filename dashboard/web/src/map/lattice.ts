type Placed = { place: { lon: number; lat: number } }
type Corners = [[number, number], [number, number]]

/** So many things stand on the map one by one; of more those that stand close share a mark. */
export const apart = 1200
/** How many marks there are along the longer side of the map then: each has room for its sign on the smallest map. */
const along = 40

export const placed = (p: { lon: number; lat: number }) => p.lon !== 0 || p.lat !== 0

/**
 * The things that have a place, each by itself or with those that stand close: what is drawn is bounded, whatever the site has.
 * Who shares a mark with whom depends on the places alone, so that no mark wanders when a state changes.
 */
export function groups<T extends Placed>(things: Iterable<T>, corners: Corners | null): T[][] {
  const all = [...things].filter((t) => placed(t.place))
  if (all.length <= apart || !corners) return all.map((t) => [t])
  const [[west, south], [east, north]] = corners
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180) // of a degree of longitude
  const side = Math.max((east - west) * shrink, north - south, 1e-9) / along
  const cells = new Map<number, T[]>()
  for (const t of all) {
    const cell = Math.floor(((t.place.lon - west) * shrink) / side) * 4096 + Math.floor((t.place.lat - south) / side)
    const there = cells.get(cell)
    if (there) there.push(t)
    else cells.set(cell, [t])
  }
  return [...cells.values()]
}

/** The middle of what shares a mark. */
export function middle(group: readonly Placed[]): { lon: number; lat: number } {
  const sum = { lon: 0, lat: 0 }
  for (const { place } of group) {
    sum.lon += place.lon
    sum.lat += place.lat
  }
  return { lon: sum.lon / group.length, lat: sum.lat / group.length }
}
