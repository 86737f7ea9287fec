import { useI18n } from 'vue-i18n'
import type { Facts } from '@/api/types'
import { reasonOf } from '@/cameras/reason'
import { useHall } from '@/live/hall'
import { type Reasoned, whyOf } from './why'

/** Whether it is about the state of a camera; what is wrong with one that plays has reasons of its own. */
const ofState = ({ kind }: Reasoned) => kind === 'camera_offline' || kind === 'camera_auth'

/** The why of an alert or order in the page's language, with what the hall knows of its source. */
export function useWhy() {
  const { t, locale } = useI18n()
  const hall = useHall()

  /** Since when the source of a live alert has been silent; the facts tell only how long it was when they came. */
  const since = (a: Reasoned & { source: string }): string | null => {
    const camera = hall.cameras.get(a.source)
    if (ofState(a)) return camera && camera.state !== 'online' ? camera.since : null
    const sensor = hall.sensors.get(a.source)
    return a.kind === 'sensor_stale' && sensor?.state === 'stale' ? sensor.at : null
  }

  /** A camera's reason in the facts is a Chinese sentence of the server; what it suffers from now, the page can say itself. */
  const reason = (a: Reasoned & { source: string }): string | undefined => {
    const camera = hall.cameras.get(a.source)
    return camera?.code ? reasonOf(camera, t) : locale.value === 'en' ? '' : a.facts.reason
  }

  return (a: Reasoned & { source: string; opened_at?: string }): string => {
    const facts: Facts = { ...a.facts }
    const from = a.opened_at && !a.resolved_at ? since(a) : null
    if (from) facts.for_ms = Math.max(facts.for_ms ?? 0, Math.floor((hall.serverNow - Date.parse(from)) / 1000) * 1000)
    if (ofState(a)) facts.reason = reason(a)
    return whyOf({ ...a, facts }, t)
  }
}
