import type { Me } from '@/api/types'

/** What a page needs of whoever opens it: a permission, or `person` for everybody but a screen. */
export const needs = {
  alerts: 'alert.read',
  orders: 'order.read',
  cameras: 'camera.read',
  playback: 'live.view', // as of held footage: what a grid worker may see of it stands with their orders
  sensors: 'sensor.read',
  health: 'site.read',
  people: 'user.edit',
  walls: 'user.edit',
  holds: 'live.view', // and not footage.view, which is everybody's: a grid worker sees clips of their orders alone, and no holds
  ledger: 'ledger.read',
  watched: 'ledger.read',
  account: 'person',
} as const

export type Page = keyof typeof needs

/** The pages that the navigation names, most wanted first; screens are reached from the people. */
export const navigation = ['alerts', 'orders', 'cameras', 'playback', 'sensors', 'health', 'people', 'ledger'] as const satisfies Page[]

/** Whether this session may open the page. Who it is may be unknown while the server is away: then nothing is refused. */
export function mayOpen(page: unknown, me: Me | null): boolean {
  if (!me || typeof page !== 'string' || !(page in needs)) return true
  const need = needs[page as Page]
  return need === 'person' ? me.role !== 'wall' : me.permissions.includes(need)
}

/** What stands between somebody and a page: the login, the first change of a given password, or nothing. */
export function doorFor(me: Me | null, hasScreen: boolean): 'login' | 'screen' | 'password' | 'open' {
  if (!me) return hasScreen ? 'screen' : 'login'
  return me.must_change ? 'password' : 'open'
}

/** Whether this is a phone, which has no room for a wall; the same width as in the styles. */
export const narrow = () => window.matchMedia('(max-width: 720px)').matches

/** Where a day begins that did not ask for a page: at the wall, or with the orders for who has no wall before them. */
export function home(me: Me | null, phone: boolean): string {
  if (me?.role === 'grid') return '/console/orders'
  return phone ? '/console/alerts' : '/wall'
}
