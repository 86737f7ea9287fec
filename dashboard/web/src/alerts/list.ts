import { computed, type Ref, ref, shallowRef, watch } from 'vue'
import { api, take } from '@/api/client'
import type { Alert, Area, Severity } from '@/api/types'
import { liveStates, useHall } from '@/live/hall'
import { liveAlerts } from './sort'

/** Which alerts the queue shows: those of a state, or all that are live. */
export type Filter = 'live' | 'open' | 'acknowledged' | 'resolved' | 'rejected'
export const filters: readonly Filter[] = ['live', 'open', 'acknowledged', 'resolved', 'rejected']

const pageSize = 100

/** What an alert must be to stand in the list. */
export function fits(a: Alert, filter: Filter, severity: Severity | ''): boolean {
  return (filter === 'live' ? liveStates.includes(a.state) : a.state === filter) && (!severity || a.severity === severity)
}

/** Whether an area is the one wanted or lies below it; everything lies in ''. */
export function within(area: string, wanted: string, areas: ReadonlyMap<string, Area>): boolean {
  if (!wanted) return true
  for (let a: string | undefined = area, steps = 0; a && steps < 10; a = areas.get(a)?.parent, steps++) if (a === wanted) return true
  return false
}

/** The queue: live alerts from the stream; what is settled is read page by page from the server, newest first. */
export function useAlertList(filter: Ref<Filter>, severity: Ref<Severity | ''>, area: Ref<string>) {
  const hall = useHall()
  const read = shallowRef<Alert[]>([])
  const next = ref('')
  const fault = shallowRef<unknown>(null)
  const settled = computed(() => filter.value === 'resolved' || filter.value === 'rejected')
  const picked = () => [filter.value, severity.value, area.value].join()

  async function page() {
    const asked = picked()
    try {
      const query = { state: filter.value, severity: severity.value || undefined, area: area.value || undefined, after: next.value || undefined, limit: pageSize }
      const answer = await take(api.GET('/alerts', { params: { query } }))
      if (asked !== picked()) return
      read.value = [...read.value, ...answer.items]
      next.value = answer.next
      fault.value = null
    } catch (why) {
      fault.value = why
    }
  }

  watch(
    picked,
    () => {
      read.value = []
      next.value = ''
      fault.value = null
      if (settled.value) void page()
    },
    { immediate: true },
  )

  const items = computed(() => {
    const held = [...hall.alerts.values()].filter((a) => fits(a, filter.value, severity.value) && within(a.area, area.value, hall.areaById))
    if (!settled.value) return liveAlerts(held)
    const all = new Map([...read.value, ...held].map((a) => [a.id, hall.alerts.get(a.id) ?? a]))
    return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
  })
  return { items, more: computed(() => settled.value && next.value !== ''), page, fault }
}
