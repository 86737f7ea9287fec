import type { Area } from '@/api/types'

/** Where an area lies, from the street down: 和安街道 / 东里社区 / 1 网格. */
export function areaPath(id: string, areas: ReadonlyMap<string, Area>): string {
  const names: string[] = []
  for (let a = areas.get(id), steps = 0; a && steps < 10; a = areas.get(a.parent), steps++) {
    if (a.kind !== 'district' || names.length === 0) names.unshift(a.name)
  }
  return names.join(' / ') || id
}
