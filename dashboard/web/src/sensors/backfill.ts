import { api, take } from '@/api/client'
import type { Reading } from '@/api/types'

const spanMs = 15 * 60_000
const asked = new WeakMap<object, Set<string>>()

async function fromServer(sensor: string): Promise<Reading[]> {
  const query = { from: new Date(Date.now() - spanMs).toISOString(), limit: 240 }
  const { items } = await take(api.GET('/sensors/{id}/readings', { params: { path: { id: sensor }, query } }))
  return items
}

/** Reads what a curve missed before this page opened, once for each sensor; what the stream brought meanwhile stays. */
export async function backfill(curves: Map<string, Reading[]>, sensor: string, read = fromServer): Promise<void> {
  const before = asked.get(curves) ?? new Set()
  asked.set(curves, before)
  if (before.has(sensor)) return
  before.add(sensor)
  try {
    const items = await read(sensor)
    const since = items.at(-1)?.at ?? ''
    curves.set(sensor, [...items, ...(curves.get(sensor) ?? []).filter((r) => r.at > since)])
  } catch (fault) {
    before.delete(sensor)
    console.warn(`the readings of ${sensor} could not be read`, fault)
  }
}
