import { computed } from 'vue'
import { calmly } from '@/app/calm'
import { useHall } from '@/live/hall'
import { lampAt } from '@/orders/lamp'

/** What each page holds that wants somebody now, by page: its badge in the navigation. */
export function useCounts() {
  const hall = useHall()
  const count = <T>(things: Iterable<T>, wants: (thing: T) => boolean) => {
    let n = 0
    for (const thing of things) if (wants(thing)) n++
    return n
  }
  const things = calmly(() => ({
    cameras: count(hall.cameras.values(), (c) => c.state !== 'online' && c.state !== 'disabled'),
    sensors: count(hall.sensors.values(), (s) => s.state === 'stale'),
  }))
  return computed<Record<string, number>>(() => ({
    alerts: count(hall.alerts.values(), (a) => a.state === 'open'),
    orders: count(hall.orders.values(), (o) => o.state !== 'closed' && o.state !== 'cancelled' && lampAt(o, hall.serverNow) === 'red'),
    ...things.value,
    health: count(hall.health?.checks ?? [], (c) => c.grade !== 'ok'),
  }))
}
