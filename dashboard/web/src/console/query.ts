import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * One value of the address's query: what is picked can be sent to others, stays over a reload, and back takes it back.
 * What is not among `known` counts as `none`, which stands in no address.
 */
export function useQuery<T extends string>(name: string, none: T, known?: readonly T[]): WritableComputedRef<T> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const given = route.query[name]
      return typeof given === 'string' && (!known || known.includes(given as T)) ? (given as T) : none
    },
    set: (value) => void router.push({ query: { ...route.query, [name]: value === none ? undefined : value } }),
  })
}

/** What a long table is asked for stands in the address: typing is no step back, and another question begins at the first page. */
export function useTableQuery() {
  const route = useRoute()
  const router = useRouter()
  const word = (name: string) => String(route.query[name] ?? '')
  function put(words: Record<string, string>) {
    const query = { ...route.query, page: undefined, ...words }
    void router.replace({ query: Object.fromEntries(Object.entries(query).filter(([, v]) => v)) })
  }
  const area = computed({ get: () => word('area'), set: (v) => put({ area: v }) })
  const page = computed({ get: () => Math.max(1, Number(word('page')) || 1), set: (n) => put({ page: n > 1 ? String(n) : '' }) })
  return { word, put, area, page }
}

/** A sheet over the page that has an address, so that back shuts it. */
export function useSheet<T extends string>(known: readonly T[]) {
  const route = useRoute()
  const router = useRouter()
  const sheet = useQuery<T | ''>('sheet', '', known)
  let opened = false // by this page: then what is behind it is the page without it
  function open(name: T) {
    if (sheet.value === name) return
    opened = !sheet.value
    sheet.value = name
  }
  function shut() {
    if (!sheet.value) return
    if (opened) router.back()
    else void router.replace({ query: { ...route.query, sheet: undefined } })
    opened = false
  }
  return { sheet, open, shut }
}
