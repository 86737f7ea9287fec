import { defineStore } from 'pinia'
import { computed, type MaybeRefOrGetter, onBeforeUnmount, shallowReactive, toValue, watch } from 'vue'
import { api, take } from '@/api/client'
import type { Presence } from '@/api/types'
import { useSession } from '@/login/session'

type Looking = Presence['people'][number]

/** The server forgets who has said nothing for 25 s. */
const everyMs = 10_000

/** Who looks at which alert, as the stream tells it. */
export const usePresence = defineStore('presence', () => {
  const looking = shallowReactive(new Map<string, Looking[]>())
  function hear(p: Presence) {
    if (p.people.length > 0) looking.set(p.alert, p.people)
    else looking.delete(p.alert)
  }
  /** A stream that begins tells of everybody anew: who left meanwhile is not told of. */
  const begin = () => looking.clear()
  return { looking, hear, begin }
})

/** The others who look at the alert right now. */
export function useOthers(alert: MaybeRefOrGetter<string>) {
  const presence = usePresence()
  const session = useSession()
  return computed(() => (presence.looking.get(toValue(alert)) ?? []).filter((p) => p.username !== session.me?.username))
}

/** Tells the others, for as long as this page stands and can be seen, which alert it shows. */
export function useShowing(alert: MaybeRefOrGetter<string>): void {
  const session = useSession()
  let told = ''
  function tell() {
    const shown = document.visibilityState === 'visible' && session.can('alert.acknowledge') ? toValue(alert) : ''
    if (shown || told) say(shown)
  }
  function say(shown: string) {
    told = shown
    take(api.POST('/presence', { body: { alert: shown }, keepalive: true })).catch((fault: unknown) => console.warn('others are not told what is shown here', fault))
  }
  const timer = window.setInterval(tell, everyMs)
  watch(() => toValue(alert), tell, { immediate: true })
  document.addEventListener('visibilitychange', tell)
  onBeforeUnmount(() => {
    window.clearInterval(timer)
    document.removeEventListener('visibilitychange', tell)
    if (told) say('')
  })
}
