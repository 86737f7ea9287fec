import { computed, onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue'
import { api, ApiError, everything, take } from '@/api/client'
import type { components } from '@/api/schema'
import type { Hold } from '@/api/types'
import { useHall } from '@/live/hall'
import { window as windowOf } from './axis'
import type { TypedSpan } from './footage'
import type { Stretch } from './pace'

export type FoundEvent = components['schemas']['Event']
export type RecordState = components['schemas']['Recordings']['state']

/** What there is of a camera in the part of the line that is read. */
export interface Row {
  spans: TypedSpan[]
  state: RecordState
  clips: Stretch[]
}

const everyMs = 10_000
const mostEvents = 1000 // of a camera
const mostClips = 200

/** What is on the line of time of these cameras: spans, events, holds. Read anew while now is in sight. */
export function useFootage(cameras: () => readonly string[], view: Ref<Stretch>) {
  const hall = useHall()
  const rows = shallowRef<ReadonlyMap<string, Row>>(new Map())
  const events = shallowRef<FoundEvent[]>([])
  const holds = shallowRef<Hold[]>([])
  const fault = shallowRef<unknown>(null)
  const read = computed(() => windowOf(view.value, hall.serverNow))
  let reading: AbortController | null = null
  let timer = 0

  async function renew() {
    reading?.abort()
    const mine = (reading = new AbortController())
    const { signal } = mine
    const span = { from: new Date(read.value.from).toISOString(), to: new Date(Math.max(read.value.to, read.value.from + 1)).toISOString() }
    try {
      const all = new Map<string, Row>()
      const seen: FoundEvent[] = []
      // One after the other: what plays needs the browser's few connections.
      for (const camera of cameras()) {
        const [r, clips] = await Promise.all([recordings(camera, span, signal).catch(noneOf), clipsOf(camera, read.value, signal)])
        if (signal.aborted) return
        all.set(camera, { ...r, clips })
        rows.value = new Map([...rows.value, ...all])
        seen.push(...(await take(api.GET('/events', { params: { query: { ...span, source: camera, limit: mostEvents } }, signal }))).items)
      }
      rows.value = all
      events.value = seen
      const only = cameras().length === 1 ? cameras()[0] : undefined
      holds.value = (await take(api.GET('/holds', { params: { query: { active: true, camera: only, limit: 1000 } }, signal }))).items
      fault.value = null
    } catch (refusal) {
      if (!signal.aborted) fault.value = refusal
    }
  }

  watch([() => `${read.value.from} ${Math.ceil(view.value.to / 3_600_000)}`, () => cameras().join()], () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void renew(), 150) // somebody zooms: the last view counts
  })
  let ticker = 0
  onMounted(() => {
    void renew()
    ticker = window.setInterval(() => view.value.to > hall.serverNow - everyMs && void renew(), everyMs)
  })
  onBeforeUnmount(() => {
    window.clearInterval(ticker)
    window.clearTimeout(timer)
    reading?.abort()
  })
  return { rows, events, holds, fault, renew }
}

/** A camera that left nothing, or nothing that this person may see, takes the others' rows from nobody. */
function noneOf(refusal: unknown): Omit<Row, 'clips'> {
  if (refusal instanceof ApiError && refusal.status === 404) return { spans: [], state: 'off' }
  throw refusal
}

const typed = (s: { from: string; to: string; mime: string }): TypedSpan => ({ from: Date.parse(s.from), to: Date.parse(s.to), mime: s.mime })

async function recordings(id: string, span: { from: string; to: string }, signal: AbortSignal): Promise<Omit<Row, 'clips'>> {
  let state: RecordState = 'off'
  const items = await everything(async (after) => {
    const page = await take(api.GET('/cameras/{id}/recordings', { params: { path: { id }, query: { ...span, after, limit: 5000 } }, signal }))
    state = page.state
    return page
  }, 20_000)
  return { spans: items.map(typed), state }
}

/** The newest clips as far as they reach: a camera has few, and they are no part of what is played. */
async function clipsOf(camera: string, read: Stretch, signal: AbortSignal): Promise<Stretch[]> {
  const { items } = await take(api.GET('/clips', { params: { query: { camera, limit: mostClips } }, signal }))
  return items.map((c) => ({ from: Date.parse(c.from), to: c.to ? Date.parse(c.to) : read.to })).filter((c) => c.to > read.from && c.from < read.to)
}
