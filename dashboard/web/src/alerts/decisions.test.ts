// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Alert, Me } from '@/api/types'
import { useHall } from '@/live/hall'
import { usePresence } from '@/live/presence'
import { usePeople } from '@/login/people'
import { useSession } from '@/login/session'
import { $, buildPage, settle } from '@/testing/page'
import { anAlert } from '@/testing/things'
import AlertsView from './AlertsView.vue'

const permissions = ['alert.acknowledge', 'alert.confirm', 'alert.reject', 'alert.order']
const me: Me = { username: 'wang', name: '', role: 'operator', area: '', must_change: false, permissions }
const answer = (data: unknown, status = 200) => ({ data, response: new Response(null, { status }) })
const press = (key: string) => window.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }))

describe('deciding at the queue', () => {
  let page: ReturnType<typeof buildPage>
  let posted: [string, unknown][]
  let first: Alert
  let answers: (path: string) => unknown

  beforeEach(() => {
    page = buildPage()
    document.body.innerHTML = ''
    useSession().me = me
    usePeople().users = [{ username: 'zhao', name: '赵', role: 'operator', area: '', must_change: false, subject: '', disabled: false }]
    const hall = useHall()
    for (const id of ['1', '2', '3']) hall.alerts.set(id, anAlert({ id }))
    first = anAlert({ id: '2' })
    posted = []
    answers = () => answer(anAlert({ id: '2', state: 'acknowledged', acknowledged_by: 'wang' }))
    vi.spyOn(api, 'GET').mockImplementation((async (path: string) => answer(path === '/alerts/{id}' ? first : { items: [], next: '' })) as never)
    vi.spyOn(api, 'POST').mockImplementation((async (path: string, o: { body: unknown }) => {
      posted.push([path, o.body])
      return path === '/presence' ? answer(undefined, 204) : answers(path)
    }) as never)
  })
  afterEach(() => {
    page.leave()
    vi.restoreAllMocks()
  })
  const decisions = () => posted.filter(([path]) => path !== '/presence')

  it('tells the others what is shown, and shows who else is there', async () => {
    const root = await page.show(AlertsView, { id: '2' })
    expect(posted).toEqual([['/presence', { alert: '2' }]])
    usePresence().hear({ alert: '2', people: [{ username: 'wang', name: '', since: '' }, { username: 'zhao', name: '赵', since: '' }] })
    await settle()
    expect($(root, 'others')?.textContent).toBe('赵 也在看这条预警')
    expect($(root, 'eyes-2')?.textContent).toBe('赵')
  })

  it('acknowledges by A and goes on to what waits', async () => {
    await page.show(AlertsView, { id: '2' })
    press('a')
    await settle()
    expect(decisions()).toEqual([['/alerts/{id}/acknowledge', { note: '' }]])
    expect(useHall().alerts.get('2')?.state).toBe('acknowledged')
    expect(page.router.currentRoute.value.path).toBe('/console/alerts/1')
  })

  it('says who was first, shows the alert as it is now, and stays', async () => {
    const root = await page.show(AlertsView, { id: '2' })
    first = anAlert({ id: '2', state: 'acknowledged', acknowledged_by: 'zhao', decided_by: 'zhao', decided_at: '2026-05-01T12:05:00.000Z' })
    answers = () => ({ error: { code: 'conflict', message: 'no' }, response: new Response(null, { status: 409 }) })
    press('a')
    await settle()
    expect($(root, 'fault')?.textContent).toBe('▲ 这条预警已确认（赵 05-01 20:05:00），没有重复操作。')
    expect($(root, 'alert-state')?.textContent).toBe('已确认')
    expect(page.router.currentRoute.value.path).not.toContain('/console/alerts/')
    press('a')
    await settle()
    expect(decisions(), 'what is decided is not asked for again').toHaveLength(1)
  })

  it('rejects with the reason of a digit, and with none by mistake', async () => {
    const root = await page.show(AlertsView, { id: '2' })
    press('2')
    press('r')
    await settle()
    expect($(root, 'sheet-reject')).not.toBeNull()
    press('a')
    press('2')
    await settle()
    expect(decisions()).toEqual([['/alerts/{id}/reject', { note: '昆虫、蛛网' }]])
  })

  it('shows no buttons, and heeds no keys, of who may only look', async () => {
    useSession().me = { ...me, permissions: ['alert.read'] }
    const root = await page.show(AlertsView, { id: '2' })
    for (const k of ['a', 'c', 'r', 'o']) press(k)
    await settle()
    expect(posted).toEqual([])
    expect(root.querySelectorAll('[data-testid^="act-"]')).toHaveLength(0)
  })
})
