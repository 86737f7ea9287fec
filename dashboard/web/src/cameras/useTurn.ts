import { computed, onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, take } from '@/api/client'
import { isConflict, useSaying } from '@/api/refusal'
import type { PTZ, PTZAct } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { Hold, leftOf, whyStill } from './turn'

const lookEveryMs = 5000

/** Whether there is a camera of that id that this person may turn, as far as the site says. */
export function useTurns(camera: () => string | undefined) {
  const [hall, session] = [useHall(), useSession()]
  const seen = computed(() => hall.cameras.get(camera() ?? ''))
  return computed(() => session.can('camera.ptz') && Boolean(seen.value?.onvif?.address) && !seen.value?.disabled)
}

/** One camera that turns: its presets, who turns it, and what is asked of it. Leaving the page stops it. */
export function useTurn(camera: string, speed: () => number) {
  const { t } = useI18n()
  const saying = useSaying()
  const hall = useHall()
  const ptz = shallowRef<PTZ | null>(null)
  const fault = ref('')
  const away = ref('') // why the hall does not tell
  const path = { params: { path: { id: camera } } }
  const left = computed(() => (ptz.value?.lock ? leftOf(ptz.value.lock, hall.serverNow) : 0))

  async function look() {
    const seen = await take(api.GET('/cameras/{id}/ptz', path))
    ptz.value = seen
    return seen
  }

  /** Asks for one thing; whether the camera did it. */
  async function act(body: PTZAct): Promise<boolean> {
    try {
      const p = await take(api.POST('/cameras/{id}/ptz', { ...path, body }))
      ptz.value = p
      fault.value = whyStill(p, t)
    } catch (refusal) {
      fault.value = isConflict(refusal) ? await taken(refusal) : saying(refusal)
    }
    return fault.value === ''
  }

  /** Who has it, from the hall itself: the refusal's sentence is for programs. */
  async function taken(refusal: unknown): Promise<string> {
    const lock = await look().then((p) => p.lock, () => null) // prettier-ignore
    return lock ? t('turn.taken', { name: lock.name || lock.username, s: Math.max(1, leftOf(lock, hall.serverNow)) }) : saying(refusal)
  }

  async function release() {
    try {
      await take(api.POST('/cameras/{id}/ptz/release', path))
      await look()
    } catch (refusal) {
      fault.value = saying(refusal)
    }
  }

  const hold = new Hold(act, speed)
  const stop = () => hold.release()
  let timer: ReturnType<typeof setInterval> | undefined
  const lookAgain = () => {
    if (!document.hidden) look().then(() => (away.value = ''), (refusal: unknown) => (away.value = saying(refusal))) // prettier-ignore
  }
  onMounted(() => {
    lookAgain()
    timer = setInterval(lookAgain, lookEveryMs)
    window.addEventListener('blur', stop)
    document.addEventListener('visibilitychange', stop)
  })
  onBeforeUnmount(() => {
    stop()
    clearInterval(timer)
    window.removeEventListener('blur', stop)
    document.removeEventListener('visibilitychange', stop)
  })
  return { ptz, fault, away, left, act, hold, release }
}
