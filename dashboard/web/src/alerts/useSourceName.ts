import { useI18n } from 'vue-i18n'
import { useHall } from '@/live/hall'

/** Parts of the hall itself that alerts are about. */
const ofHall: readonly string[] = ['recording']

/** The name of what an alert or an order is about: a camera, a sensor or a part of the hall; its id where that is gone. */
export function useSourceName(): (of: { source: string; source_type?: string } | null | undefined) => string {
  const { t } = useI18n()
  const hall = useHall()
  return (of) => {
    if (!of) return ''
    const { source, source_type: type } = of
    const camera = type !== 'sensor' && type !== 'hall' ? hall.cameras.get(source) : undefined
    const thing = camera ?? (type !== 'camera' && type !== 'hall' ? hall.sensors.get(source) : undefined)
    return thing?.name ?? (type !== 'camera' && type !== 'sensor' && ofHall.includes(source) ? t(`ofHall.${source}`) : source)
  }
}
