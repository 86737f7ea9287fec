/** One value of a thing that is not what it was; undefined where there was or is none. */
export type Difference = { path: string; before: unknown; after: unknown }

/** Fields that follow from others and say nothing to a person. */
const silent = new Set(['revision', 'updated_at', 'fingerprint'])

const isTree = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isNothing = (v: unknown) => v === undefined || v === null || v === '' || v === false || (Array.isArray(v) && v.length === 0)
const same = (a: unknown, b: unknown) => a === b || (isNothing(a) && isNothing(b)) || JSON.stringify(a) === JSON.stringify(b)

/** What differs between two states of a thing, by the way to each value. A list is one value: its places have no names. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (!isTree(before) && !isTree(after)) return same(before, after) ? [] : [{ path, before, after }]
  const [b, a] = [isTree(before) ? before : {}, isTree(after) ? after : {}]
  return [...new Set([...Object.keys(b), ...Object.keys(a)])]
    .filter((key) => !silent.has(key))
    .flatMap((key) => differences(b[key], a[key], path ? `${path}.${key}` : key))
}

/** Where a thing is shown, "" for one that has no page. */
export function pageOf(action: string, entity: string): string {
  if (action.startsWith('hold.')) return '/console/holds?show=all'
  const page = { alert: 'alerts', order: 'orders', camera: 'cameras', watch: 'cameras', sensor: 'sensors', user: 'people' }[action.split('.')[0] ?? '']
  return page ? `/console/${page}/${encodeURIComponent(entity)}` : ''
}

/** What a thing calls itself: its name, or the number of an order; its id when it has neither. */
export function nameOf(entity: string, before: unknown, after: unknown): string {
  for (const thing of [after, before]) {
    if (!isTree(thing)) continue
    if (typeof thing.name === 'string' && thing.name) return thing.name
    if (typeof thing.number === 'number') return `#${thing.number}`
  }
  return entity
}
