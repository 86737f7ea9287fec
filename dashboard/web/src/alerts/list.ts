import { computed, type Ref, ref, shallowRef, watch } from 'vue'
import { api, take } from '@/api/client'
import type { Alert, Severity } from '@/api/types'
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

/** The queue: live alerts from the stream; what is settled is read page by page from the server, newest first. */
export function useAlertList(filter: Ref<Filter>, severity: Ref<Severity | ''>) {
  const hall = useHall()
  const read = shallowRef<Alert[]>([])
  const next = ref('')
  const fault = shallowRef<unknown>(null)
  const settled = computed(() => filter.value === 'resolved' || filter.value === 'rejected')

  async function page() {
    const asked = `${filter.value} ${severity.value}`
    try {
      const query = { state: filter.value, severity: severity.value || undefined, after: next.value || undefined, limit: pageSize }
      const answer = await take(api.GET('/alerts', { params: { query } }))
      if (asked !== `${filter.value} ${severity.value}`) return
      read.value = [...read.value, ...answer.items]
      next.value = answer.next
      fault.value = null
    } catch (why) {
      fault.value = why
    }
  }

  watch(
    [filter, severity],
    () => {
      read.value = []
      next.value = ''
      if (settled.value) void page()
    },
    { immediate: true },
  )

  const items = computed(() => {
    const held = [...hall.alerts.values()].filter((a) => fits(a, filter.value, severity.value))
    if (!settled.value) return liveAlerts(held)
    const all = new Map([...read.value, ...held].map((a) => [a.id, hall.alerts.get(a.id) ?? a]))
    return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
  })
  return { items, more: computed(() => settled.value && next.value !== ''), page, fault }
}
