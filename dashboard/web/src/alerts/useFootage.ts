import { computed, type Ref, ref, shallowRef, watch } from 'vue'
import { api, take } from '@/api/client'
import { useSaying } from '@/api/refusal'
import type { Alert, Clip } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { cameraOf } from '@/wall/spotlight'
import { type Absence, around, atOpening, clipsOf, type Footage, ripe, withoutClip } from './footage'

/** More clips than that of one alert are not asked for: 5 minutes each, so that the first hours are there. */
const most = 100

/** What is recorded of an alert, as it comes: its clips, or the sentence why there are none. Nothing for who may not see footage. */
export function useFootage(alert: () => Alert | null | undefined): { clips: Ref<Footage[]>; first: Ref<number>; absent: Ref<Absence | ''>; fault: Ref<string> } {
  const [hall, session, saying] = [useHall(), useSession(), useSaying()]
  const clips = shallowRef<Footage[]>([])
  const absent = ref<Absence | ''>('')
  const fault = ref('')
  const camera = computed(() => { const a = alert(); return a ? cameraOf(a, hall.sensors) : '' }) // prettier-ignore
  const first = computed(() => atOpening(clips.value, Date.parse(alert()?.opened_at ?? '')))
  const allowed = computed(() => session.can('footage.view'))
  let asked = 0

  async function read() {
    const mine = ++asked
    const a = alert()
    if (!a || !camera.value || !allowed.value) return void ([clips.value, absent.value] = [[], ''])
    try {
      const { items } = await take(api.GET('/clips', { params: { query: { alert: a.id, limit: most } } }))
      const found = items.length > 0 ? clipsOf(items) : await unclipped(a, camera.value)
      if (mine !== asked) return
      clips.value = Array.isArray(found) ? found : []
      absent.value = typeof found === 'string' ? found : ''
      fault.value = ''
    } catch (refusal) {
      if (mine === asked) fault.value = saying(refusal)
    }
  }

  async function unclipped(a: Alert, id: string): Promise<Footage[] | Absence | null> {
    const { from, to } = around(Date.parse(a.opened_at))
    const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
    const seen = await take(api.GET('/cameras/{id}/recordings', { params: { path: { id }, query } }))
    // Whoever sees clips alone gets no other footage.
    const items = ['grid', 'wall'].includes(session.me?.role ?? '') ? [] : seen.items
    const found = withoutClip(a, id, { ...seen, items }, hall.serverNow)
    return found && typeof found === 'object' ? [found] : found
  }

  const changed = computed<Clip | undefined>(() => hall.clips.get(camera.value))
  const due = computed(() => ripe(Date.parse(alert()?.opened_at ?? ''), hall.serverNow))
  watch([() => alert()?.id, camera, allowed, changed, due], () => void read(), { immediate: true })
  return { clips, first, absent, fault }
}
