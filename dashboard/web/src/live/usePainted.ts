import { onMounted } from 'vue'
import { useHall } from './hall'
import { painter } from './painted'

/**
 * Reports the card of an alert once it is on the screen, if the alert came by the stream: what a page finds when it opens
 * was on some wall before and would only blur the time from capture to wall.
 */
export function usePainted(alert: string): void {
  const hall = useHall()
  onMounted(() => {
    if (hall.fresh.delete(alert)) painter.card(alert)
  })
}
