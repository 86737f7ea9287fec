import { ref, shallowReactive, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, take } from '@/api/client'
import { isConflict, useSaying } from '@/api/refusal'
import type { Alert, Order } from '@/api/types'
import { dayTime } from '@/app/format'
import { useHall } from '@/live/hall'
import { usePeople } from '@/login/people'

export type Decision = 'acknowledge' | 'confirm' | 'reject' | 'order'

const paths = { acknowledge: '/alerts/{id}/acknowledge', confirm: '/alerts/{id}/confirm', reject: '/alerts/{id}/reject' } as const

/**
 * What people decide about alerts. What is under way is shown at once as under way; it counts when the server says so. Who
 * comes second learns who was first, and sees the alert as it is.
 */
export function useDecisions() {
  const { t } = useI18n()
  const hall = useHall()
  const people = usePeople()
  const saying = useSaying()
  const underway = shallowReactive(new Map<string, Decision>())
  const fault = ref('')
  /** Alerts that the stream holds no more, as they were read or answered last. */
  const kept = shallowRef<Alert | null>(null)

  function learn(a: Alert) {
    kept.value = a
    if (hall.alerts.has(a.id)) hall.alerts.set(a.id, a)
  }

  async function read(id: string): Promise<Alert> {
    const a = await take(api.GET('/alerts/{id}', { params: { path: { id } } }))
    learn(a)
    return a
  }

  /** Somebody was quicker: what they made of it, who, and when. */
  function quicker(a: Alert, decision: Decision): string {
    const state = t(a.confirmed_by && a.state !== 'rejected' ? 'alert.confirmed' : `alertState.${a.state}`)
    const by = people.name(a.decided_by || a.acknowledged_by) || t('order.bySystem')
    const at = dayTime(a.decided_at ?? a.resolved_at ?? a.updated_at, hall.timeZone)
    const order = decision === 'order' ? hall.orders.get(a.order) : undefined
    return order ? t('alert.orderedAlready', { number: order.number, by, at }) : t('refusal.alert', { state, by, at })
  }

  /** Does it; what comes back is the alert after it or the order made, null when it was refused. */
  async function decide(id: string, decision: Decision, note = ''): Promise<Alert | Order | null> {
    if (underway.has(id)) return null
    underway.set(id, decision)
    fault.value = ''
    const request = { params: { path: { id } }, body: { note: note.trim() } }
    try {
      if (decision === 'order') {
        const order = await take(api.POST('/alerts/{id}/order', request))
        hall.orders.set(order.id, order)
        return order
      }
      const after = await take(api.POST(paths[decision], request))
      learn(after)
      return after
    } catch (refusal) {
      fault.value = isConflict(refusal) ? await read(id).then((a) => quicker(a, decision), saying) : saying(refusal)
      return null
    } finally {
      underway.delete(id)
    }
  }
  return { decide, underway, fault, kept, read }
}
