import { defineStore } from 'pinia'
import { computed, nextTick, ref, shallowRef } from 'vue'
import { api, ApiError, take } from '@/api/client'
import type { Me } from '@/api/types'

/** Who sits at this page, and what they may do. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null)
  const known = computed(() => me.value !== null)
  /** Whether a session has ended here that nobody ended at this page: the login says so. */
  const ended = ref(false)

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
    ended.value = false
  }

  /** A screen shows its token instead of a password. */
  async function enterWall(token: string) {
    me.value = await take(api.POST('/session/wall', { body: { token } }))
    ended.value = false
  }

  async function changePassword(current: string, next: string) {
    await take(api.POST('/session/password', { body: { current, new: next } }))
    await load()
  }

  /** Whether somebody is on the way out: nothing more is asked in their name. */
  const leaving = ref(false)

  async function logOut() {
    leaving.value = true
    try {
      await nextTick() // who asks has stopped
      await take(api.DELETE('/session'))
      me.value = null
    } catch (fault) {
      leaving.value = false
      throw fault
    }
  }

  function forget() {
    me.value = null
    ended.value = true
  }

  const can = (permission: string) => me.value?.permissions.includes(permission) ?? false
  return { me, known, ended, leaving, load, logIn, enterWall, changePassword, logOut, forget, can }
})
