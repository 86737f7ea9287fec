import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { api, take } from '@/api/client'
import type { User } from '@/api/types'
import { useSession } from './session'

/** The people of the hall by username, as far as this session may know them. */
export const usePeople = defineStore('people', () => {
  const users = shallowRef<User[]>([])
  const asked = ref('')

  /** Reads the list once for each person who logs in; who may not read it sees usernames. */
  async function load() {
    const session = useSession()
    const me = session.me?.username ?? ''
    if (!me || asked.value === me || !session.can('user.read')) return
    asked.value = me
    const { items } = await take(api.GET('/users'))
    users.value = items
  }

  const name = (username: string) => users.value.find((u) => u.username === username)?.name || username
  return { users, load, name }
})
