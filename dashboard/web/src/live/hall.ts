import { defineStore } from 'pinia'
import { computed, nextTick, ref, shallowReactive, shallowRef } from 'vue'
import { api, ApiError, everything, take } from '@/api/client'
import type { Alert, Area, Camera, Change, Clip, Health, Order, Overview, Reading, Sensor } from '@/api/types'
import { backoff, pause } from './backoff'
import { addReading, keepRecent } from './fold'
import { usePresence } from './presence'
import { ChangeStream, silenceMs } from './stream'

/** What a live alert is: one that still wants somebody. */
export const liveStates = ['open', 'acknowledged', 'shelved']
export const openOrderStates = ['reported', 'accepted', 'dispatched', 'in_progress', 'on_hold', 'resolved', 'follow_up']

/** Overviews are counted by the server from the whole store, so a burst of changes asks for one only so often. */
const overviewEveryMs = 2000
const overviewIdleMs = 30_000
const healthEveryMs = 10_000

/**
 * The hall as this page knows it: everything of the site, kept true by the change stream. There is one for the whole
 * page; wall and console show the same things from it.
 */
export const useHall = defineStore('hall', () => {
  const name = ref('')
  const timeZone = ref('Asia/Shanghai')
  const areas = shallowRef<Area[]>([])
  const basemap = shallowRef<GeoJSON.FeatureCollection>({ type: 'FeatureCollection', features: [] })
  const cameras = shallowReactive(new Map<string, Camera>())
  const sensors = shallowReactive(new Map<string, Sensor>())
  const alerts = shallowReactive(new Map<string, Alert>())
  const orders = shallowReactive(new Map<string, Order>())
  const curves = shallowReactive(new Map<string, Reading[]>())
  /** The clip of each camera that has begun, grown or ended last, since this page is open: who shows one asks for it anew. */
  const clips = shallowReactive(new Map<string, Clip>())
  const overview = shallowRef<Overview | null>(null)
  const health = shallowRef<Health | null>(null)
  /** Alerts that open with the update now being drawn, on a page that somebody can see. */
  const fresh = new Set<string>()
  /** Grows when what stands where has changed. */
  const places = ref(0)

  const now = ref(Date.now())
  const heardAt = ref(Date.now())
  const serverOffset = ref(0)
  const loaded = ref(false)
  /** Why the first lists could not be read; null when they could. */
  const trouble = shallowRef<unknown>(null)
  const silentMs = computed(() => Math.max(0, now.value - heardAt.value))
  const lost = computed(() => silentMs.value > silenceMs)
  /** The server's clock: deadlines are counted on it, not on the clock of the wall PC. */
  const serverNow = computed(() => now.value + serverOffset.value)
  const areaById = computed(() => new Map(areas.value.map((a) => [a.id, a])))

  let running: AbortController | null = null
  let refusedBy = () => {}

  /** What has come of cameras and sensors since their lists are being read: the lists may be older. null = they are not. */
  let newer: Change[] | null = null

  async function readSite() {
    const mine: Change[] = (newer = [])
    try {
      const [site, map] = await Promise.all([take(api.GET('/site')), take(api.GET('/basemap'))])
      if (newer !== mine) return // a later reading has begun, and knows better
      name.value = site.name
      timeZone.value = site.time_zone
      areas.value = site.areas
      basemap.value = map as unknown as GeoJSON.FeatureCollection
      // The map is opened while the lists come, and not in one task with them.
      const limit = 1000
      const [cams, sens] = await Promise.all([
        everything((after) => take(api.GET('/cameras', { params: { query: { after, limit } } }))),
        everything((after) => take(api.GET('/sensors', { params: { query: { after, limit } } }))),
      ])
      if (newer !== mine) return
      refill(cameras, cams)
      refill(sensors, sens)
      mine.forEach(putThing)
      places.value++
    } finally {
      if (newer === mine) newer = null
    }
  }

  let siteDue = false
  function renewSite() {
    siteDue = false
    readSite().catch((fault: unknown) => {
      siteDue = true
      console.warn('the site could not be read; trying again', fault)
    })
  }

  function putThing(c: Change) {
    const things: Map<string, Camera | Sensor> = c.topic === 'camera' ? cameras : sensors
    const before = things.get(c.entity)?.place
    put(things, c)
    const after = things.get(c.entity)?.place
    if (before?.lon !== after?.lon || before?.lat !== after?.lat) places.value++
  }

  async function readWork() {
    const [al, settled, or] = await Promise.all([
      everything((after) => take(api.GET('/alerts', { params: { query: { state: liveStates.join(), after, limit: 500 } } })), 2000),
      take(api.GET('/alerts', { params: { query: { state: 'resolved,rejected', limit: 30 } } })),
      everything((after) => take(api.GET('/orders', { params: { query: { state: openOrderStates.join(), after, limit: 500 } } })), 2000),
    ])
    refill(alerts, [...al, ...settled.items])
    refill(orders, or)
    await readOverview()
  }

  async function readOverview() {
    overview.value = await take(api.GET('/overview', { signal: running?.signal }))
    overviewAt = Date.now()
  }

  async function readAll() {
    clips.clear()
    await Promise.all([readSite(), readWork()])
    loaded.value = true
    trouble.value = null
  }

  async function readHealth() {
    healthAt = Date.now()
    health.value = await take(api.GET('/health', { signal: running?.signal }))
  }

  /** What is given up because the page stops to follow is no fault. */
  function unlessStopped(words: string) {
    const signal = running?.signal
    return (fault: unknown) => {
      if (!signal?.aborted) console.warn(words, fault)
    }
  }

  let healthAt = 0
  let overviewAt = 0
  let overviewDue = false
  function refresh() {
    if (!loaded.value || lost.value) return
    if (siteDue) renewSite()
    if (Date.now() - healthAt > healthEveryMs) {
      readHealth().catch(unlessStopped('the health of the hall could not be read; trying again'))
    }
    const age = Date.now() - overviewAt
    if (age > overviewIdleMs || (overviewDue && age > overviewEveryMs)) {
      overviewDue = false
      overviewAt = Date.now()
      readOverview().catch(unlessStopped('the overview could not be read; trying again'))
    }
  }

  function change(c: Change) {
    overviewDue = true
    if (c.topic === 'site') {
      // A camera or sensor that somebody has edited has come as a change of its own just before.
      if (c.entity === 'site') renewSite()
    } else if (c.topic === 'camera' || c.topic === 'sensor') {
      newer?.push(c)
      putThing(c)
    } else if (c.topic === 'order') {
      put(orders, c)
      keepRecent(orders, (o) => o.state !== 'closed' && o.state !== 'cancelled')
    } else if (c.topic === 'clip') {
      const clip = c.data as Clip | null
      if (clip) clips.set(clip.camera, clip)
    } else if (c.topic === 'alert') {
      const known = alerts.has(c.entity)
      put(alerts, c)
      keepRecent(alerts, (a) => liveStates.includes(a.state))
      if (!known && alerts.get(c.entity)?.state === 'open' && document.visibilityState === 'visible') {
        fresh.add(c.entity)
        void nextTick(() => fresh.delete(c.entity)) // no room for its card in this very update: it was not painted
      }
    }
  }

  function reading(r: Reading) {
    curves.set(r.sensor, addReading(curves.get(r.sensor) ?? [], r))
    const sensor = sensors.get(r.sensor)
    if (sensor) sensors.set(r.sensor, { ...sensor, value: r.value, at: r.at })
  }

  function heard(serverAt?: number) {
    heardAt.value = Date.now()
    if (lost.value) now.value = heardAt.value // the clock of the page ticks by itself; only the end of a silence is shown at once
    if (serverAt) serverOffset.value = serverAt - heardAt.value
  }

  async function follow(signal: AbortSignal) {
    const { last } = await take(api.GET('/changes', { params: { query: { limit: 1 } }, signal }))
    await readAll()
    heard()
    const { hear: presence, begin } = usePresence()
    const stream = new ChangeStream({ change, presence, begin, reading, heard, reset: readAll, refused: () => refusedBy() }, last)
    await stream.run(signal)
  }

  /** Begins to follow the hall; `refused` is called when the session has ended. Calling it again does nothing. */
  function start(refused: () => void) {
    refusedBy = refused
    if (running) return
    running = new AbortController()
    const { signal } = running
    const tick = window.setInterval(() => {
      now.value = Date.now()
      refresh()
    }, 1000)
    signal.addEventListener('abort', () => window.clearInterval(tick))
    heardAt.value = now.value = Date.now()
    void persist(signal, () => follow(signal), () => refusedBy(), (fault) => (trouble.value = fault))
  }

  function stop() {
    running?.abort()
    running = null
    loaded.value = false
  }

  return {
    name, timeZone, areas, areaById, basemap, cameras, sensors, alerts, orders, curves, clips, overview, health, fresh, places,
    now, serverNow, silentMs, lost, loaded, trouble, heardAt, start, stop, change, reading, heard,
  } // prettier-ignore
})

/** The first lists may be out of reach too: the page tries again for as long as it is open. */
async function persist(signal: AbortSignal, work: () => Promise<void>, refused: () => void, failed: (fault: unknown) => void) {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return await work()
    } catch (fault) {
      if (fault instanceof ApiError && fault.status === 401) return refused()
      if (signal.aborted) return
      failed(fault)
      console.warn('the hall is out of reach; trying again', fault)
    }
    await pause(backoff(attempt, Math.random), signal)
  }
}

function refill<T extends { id: string }>(map: Map<string, T>, items: T[]) {
  const ids = new Set(items.map((i) => i.id))
  for (const id of map.keys()) if (!ids.has(id)) map.delete(id)
  for (const item of items) map.set(item.id, item)
}

function put<T>(map: Map<string, T>, c: Change) {
  if (c.data === null || c.data === undefined) map.delete(c.entity)
  else map.set(c.entity, c.data as T)
}
