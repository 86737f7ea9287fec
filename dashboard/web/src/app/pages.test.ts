// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Me } from '@/api/types'
import { screenToken } from '@/login/screen'
import { someAreas } from '@/testing/things'
import { areaTree } from './area'
import { doorFor, home, mayOpen, narrow, needs } from './pages'
import { buildRouter } from './router'

const me = (o: Partial<Me> = {}): Me => ({ username: 'u', name: '', role: 'viewer', area: '', must_change: false, permissions: ['alert.read', 'order.read', 'camera.read', 'sensor.read', 'site.read'], ...o })

describe('a page', () => {
  it.each([
    ['alerts', me(), true],
    ['people', me(), false],
    ['ledger', me({ role: 'admin', permissions: ['ledger.read'] }), true],
    ['walls', me({ role: 'admin', permissions: ['user.edit'] }), true],
    ['account', me(), true],
    ['account', me({ role: 'wall' }), false],
    ['people', null, true],
    ['missing', me(), true],
  ] as const)('%s may be opened by %o: %s', (page, who, want) => expect(mayOpen(page, who)).toBe(want))

  it('is behind one door at a time', () => {
    expect(doorFor(null, false)).toBe('login')
    expect(doorFor(null, true)).toBe('screen')
    expect(doorFor(me({ must_change: true }), true)).toBe('password')
    expect(doorFor(me(), false)).toBe('open')
  })

  it('begins the day of each role', () => {
    expect([home(me({ role: 'grid' }), false), home(me(), true), home(me(), false)]).toEqual(['/console/orders', '/console/alerts', '/wall'])
    expect(narrow()).toBe(false)
  })
})

it('areas read like a tree, also where the upper ones are out of sight', () => {
  const told = (ids: string[]) => areaTree([...someAreas.values()].filter((a) => ids.includes(a.id))).map((a) => '·'.repeat(a.depth) + a.area.id)
  expect(told(['g3', 'c2', 's', 'c1', 'g1', 'g2'])).toEqual(['s', '·c1', '··g1', '··g2', '·c2', '··g3'])
  expect(told(['c1', 'g1', 'g3'])).toEqual(['c1', '·g1', 'g3'])
})

describe('an address', () => {
  let session: unknown
  beforeEach(() => {
    setActivePinia(createPinia())
    localStorage.clear()
    session = { data: me(), response: new Response(null, { status: 200 }) }
    vi.spyOn(api, 'GET').mockImplementation((async () => session) as unknown as typeof api.GET)
  })
  afterEach(() => vi.restoreAllMocks())
  const nobody = { error: { code: 'unauthenticated', message: 'log in first' }, response: new Response(null, { status: 401 }) }
  const go = async (to: string) => {
    const router = buildRouter()
    await router.push(to)
    return router.currentRoute.value
  }

  it('without a session leads to the login and knows the way back', async () => {
    session = nobody
    expect((await go('/console/orders/01O?x=1')).fullPath).toBe('/login?to=/console/orders/01O?x%3D1'.replace('x%3D1', 'x=1'))
  })

  it('of a screen gives its token away to nobody: it is out of the address at once and remembered here', async () => {
    session = nobody
    const replace = vi.spyOn(window.history, 'replaceState')
    const at = await go('/wall#token=abcdefghijklmnopqrstuvwxyz')
    expect(replace.mock.calls[0]?.[2]).toBe('/wall')
    expect([at.name, at.hash, screenToken(localStorage)]).toEqual(['screen', '', 'abcdefghijklmnopqrstuvwxyz'])
  })

  it('leads a screen back to the wall by itself', async () => {
    session = nobody
    localStorage.setItem('zhihui.screen', 'abcdefghijklmnopqrstuvwxyz')
    expect((await go('/wall')).name).toBe('screen')
  })

  it('opens nothing before the first password is changed, and the door is gone after', async () => {
    session = { data: me({ must_change: true }), response: new Response() }
    expect((await go('/console/alerts')).fullPath).toBe('/password?to=/console/alerts')
    setActivePinia(createPinia())
    session = { data: me(), response: new Response() }
    expect((await go('/password')).path).toBe('/wall')
  })

  it('that leads nowhere says so instead of leading elsewhere', async () => {
    expect([(await go('/nowhere')).name, (await go('/console/nowhere')).name]).toEqual(['missing', 'missing-console'])
  })

  it('opens although the server is away: the page says 断线', async () => {
    vi.spyOn(api, 'GET').mockRejectedValue(new TypeError('network'))
    expect((await go('/console/alerts')).name).toBe('alerts')
  })

  it('every page of the navigation stands behind a permission', () => {
    const router = buildRouter()
    for (const page of Object.keys(needs)) expect(router.hasRoute(page), page).toBe(true)
  })
})
