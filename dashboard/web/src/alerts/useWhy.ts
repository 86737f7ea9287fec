import { useI18n } from 'vue-i18n'
import type { Sensor } from '@/api/types'
import { reasonOf } from '@/cameras/reason'
import { useHall } from '@/live/hall'
import { type Reasoned, type Side, whyOf } from './why'

/** On which side of the limit the sensor's rule watches; undefined where no rule has this limit (any more). */
export function sideOf(sensor: Sensor | undefined, limit: number | undefined): Side | undefined {
  const rule = sensor?.rules?.find((r) => r.kind === 'sensor_threshold' && (r.above === limit || r.below === limit))
  return rule ? (rule.above === limit ? 'above' : 'below') : undefined
}

/** The why of an alert or order in the page's language, with what the hall knows of its source. */
export function useWhy() {
  const { t } = useI18n()
  const hall = useHall()
  return (a: Reasoned & { source: string }): string => {
    const camera = hall.cameras.get(a.source)
    // The reason in the facts is a sentence of the server; what the camera suffers from now, the page can say itself.
    if (a.kind.startsWith('camera_') && camera?.code) return whyOf({ ...a, facts: { ...a.facts, reason: reasonOf(camera, t) } }, t)
    return whyOf(a, t, a.kind === 'sensor_threshold' ? sideOf(hall.sensors.get(a.source), a.facts.limit ?? 0) : undefined)
  }
}
