import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Found } from '@/api/types'

/** The types in the order in which a shift looks for them. */
export const types = ['alert', 'order', 'camera', 'sensor', 'area'] as const satisfies readonly Found['type'][]

/** The found things by type, types without any left out; within a type the best stays first. */
export const grouped = (found: readonly Found[]) => types.map((type) => ({ type, items: found.filter((f) => f.type === type) })).filter((g) => g.items.length > 0)

/** Where a found thing is shown; an area is the queue of what is live in it. */
export function addressOf(f: Pick<Found, 'type' | 'id'>): string {
  const id = encodeURIComponent(f.id)
  return f.type === 'area' ? `/console/alerts?area=${id}` : `/console/${f.type}s/${id}`
}

/** Lets any page put the cursor into the one search box. */
export const useSearch = defineStore('search', () => {
  const wanted = ref(0)
  const focus = () => wanted.value++
  return { wanted, focus }
})
