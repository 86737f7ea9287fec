import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { api, ApiError, take } from '@/api/client'
import type { Me } from '@/api/types'

/** Who sits at this page, and what they may do. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null)
  const known = computed(() => me.value !== null)

  /** Asks the server whose session this is; false when there is none. */
  async function load(): Promise<boolean> {
    try {
      me.value = await take(api.GET('/session'))
    } catch (fault) {
      if (!(fault instanceof ApiError) || fault.status !== 401) throw fault
      me.value = null
    }
    return known.value
  }

  async function logIn(username: string, password: string) {
    me.value = await take(api.POST('/session', { body: { username, password } }))
  }

  async function logOut() {
    await take(api.DELETE('/session'))
    me.value = null
  }

  const forget = () => (me.value = null)
  const can = (permission: string) => me.value?.permissions.includes(permission) ?? false
  return { me, known, load, logIn, logOut, forget, can }
})
