import { useI18n } from 'vue-i18n'
import { useSaying } from '@/api/refusal'
import { dayTime } from '@/app/format'
import { useHall } from '@/live/hall'
import type { ReelStatus } from './deck'

/** The name of a video's coding, for people. */
export const codingOf = (mime: string): string => (/hvc1|hev1/.test(mime) ? 'H.265' : /av01/.test(mime) ? 'AV1' : /avc1|avc3/.test(mime) ? 'H.264' : mime)

/** What a camera shows instead of its picture, in a sentence; "" where it shows one, or will in a moment. */
export function useReelSaying() {
  const { t } = useI18n()
  const hall = useHall()
  const saying = useSaying()
  return (reel: ReelStatus | undefined): string => {
    if (reel?.state === 'gap') return reel.next ? t('playback.gapUntil', { time: dayTime(new Date(reel.next).toISOString(), hall.timeZone) }) : t('playback.gap')
    if (reel?.state === 'edge') return t('playback.edge')
    if (reel?.state === 'unplayable') return t('playback.unplayable', { coding: codingOf(reel.unplayable) })
    if (reel?.state === 'failed') return t('playback.failed', { why: saying(reel.fault) })
    return ''
  }
}
