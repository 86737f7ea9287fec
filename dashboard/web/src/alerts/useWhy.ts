import { useI18n } from 'vue-i18n'
import type { Sensor } from '@/api/types'
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
  return (a: Reasoned & { source: string }): string =>
    whyOf(a, t, a.kind === 'sensor_threshold' ? sideOf(hall.sensors.get(a.source), a.facts.limit ?? 0) : undefined)
}
