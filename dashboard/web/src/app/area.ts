import type { Area } from '@/api/types'

/** Where an area lies, from the street down: 和安街道 / 东里社区 / 1 网格. */
export function areaPath(id: string, areas: ReadonlyMap<string, Area>): string {
  const names: string[] = []
  for (let a = areas.get(id), steps = 0; a && steps < 10; a = areas.get(a.parent), steps++) {
    if (a.kind !== 'district' || names.length === 0) names.unshift(a.name)
  }
  return names.join(' / ') || id
}

/** Areas as a list that reads like a tree: each after its parent, with how deep it lies. Those without a parent in the list begin it. */
export function areaTree(areas: readonly Area[]): { area: Area; depth: number }[] {
  const known = new Set(areas.map((a) => a.id))
  const children = new Map<string, Area[]>()
  for (const a of areas) {
    const parent = known.has(a.parent) ? a.parent : ''
    const siblings = children.get(parent)
    if (siblings) siblings.push(a)
    else children.set(parent, [a])
  }
  const below = (parent: string, depth: number): { area: Area; depth: number }[] =>
    depth > 9 ? [] : (children.get(parent) ?? []).flatMap((area) => [{ area, depth }, ...below(area.id, depth + 1)])
  return below('', 0)
}
