import { useI18n } from 'vue-i18n'
import { areaPath } from '@/app/area'
import { dayTime } from '@/app/format'
import { useHall } from '@/live/hall'
import { usePeople } from '@/login/people'

const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** Says what a row of the ledger holds: action, field and value, in the page's words where it has some. */
export function useSaid() {
  const { t, te } = useI18n()
  const hall = useHall()
  const people = usePeople()
  const word = (key: string, raw: string) => (te(key) ? t(key) : raw)

  /** Such as "Camera · change". What was not there before was made. */
  function action(name: string, before: unknown): string {
    const [thing = '', verb = ''] = name.split('.')
    const did = verb === 'put' && (before === null || before === undefined) ? 'create' : verb
    return `${word(`thing.${thing}`, thing)} · ${word(`did.${did}`, word(`action.${did}`, did))}`
  }

  const field = (path: string) => path.split('.').map((part) => word(`fieldOf.${part}`, part)).join(' · ')

  function value(thing: string, path: string, v: unknown): string {
    if (v === undefined || v === null || v === '') return '—'
    if (typeof v === 'boolean') return t(`bool.${v}`)
    if (typeof v !== 'string') return JSON.stringify(v)
    if (isTime.test(v)) return dayTime(v, hall.timeZone)
    if (path === 'state') return word(`${thing}State.${v}`, v)
    if (path === 'role' || path === 'severity' || path === 'lamp') return word(`${path}.${v}`, v)
    if (path === 'area') return areaPath(v, hall.areaById)
    return /(_by|assignee)$/.test(path) ? people.name(v) : v
  }
  return { action, field, value }
}
