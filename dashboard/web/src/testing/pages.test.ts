// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import AlertStream from '@/alerts/AlertStream.vue'
import AlertCard from '@/alerts/AlertCard.vue'
import { api } from '@/api/client'
import type { Me } from '@/api/types'
import DisconnectedBanner from '@/app/DisconnectedBanner.vue'
import { useHall } from '@/live/hall'
import { painter } from '@/live/painted'
import { usePeople } from '@/login/people'
import LoginPage from '@/login/LoginPage.vue'
import { useSession } from '@/login/session'
import OrderDetail from '@/orders/OrderDetail.vue'
import RequestsPanel from '@/wall/RequestsPanel.vue'
import StabilityPanel from '@/wall/StabilityPanel.vue'
import { $, buildPage, settle } from './page'
import { aCamera, anAlert, anOrder, someAreas } from './things'

const me = (role: Me['role'], permissions: string[]): Me => ({ username: role, name: '', role, area: '', must_change: false, permissions })
const answer = (data: unknown) => ({ data, response: new Response(null, { status: 200 }) })
const refusal = (status: number, message: string, code = 'internal') => ({ error: { code, message }, response: new Response(null, { status }) })
/** Stands in for the server: the client's own types are of no use to a fake. */
const server = (method: 'GET' | 'POST') => vi.spyOn(api, method) as unknown as { mockImplementation(f: (path: string, o: { body?: unknown }) => Promise<unknown>): void }

describe('the pages', () => {
  let page: ReturnType<typeof buildPage>
  beforeEach(() => {
    page = buildPage()
    document.body.innerHTML = ''
  })
  afterEach(() => vi.restoreAllMocks())

  describe('an alert card', () => {
    it('tells colour by shape and word, where, why, who and by when', async () => {
      const hall = useHall()
      hall.cameras.set('cam-1', aCamera())
      hall.orders.set('01O', anOrder({ state: 'dispatched', assignee: 'grid', due_at: new Date(hall.now + 161_000).toISOString(), yellow_at: null }))
      const root = await page.show(AlertCard, { alert: anAlert({ order: '01O', facts: { label: 'person', zone: '护坡', for_ms: 38_000 } }) })
      expect(root.querySelector('.mark')?.getAttribute('aria-label')).toBe('橙')
      expect(root.querySelector('.mark path')).not.toBeNull()
      for (const words of ['区域闯入', '一号', '有人进入“护坡”，停留 38 秒', '#7', '已派遣', '剩 02:4', 'grid', '待确认']) expect(root.textContent).toContain(words)
      expect($(root, 'alert-01A')?.dataset).toMatchObject({ severity: 'orange', state: 'open' })
    })

    it('is reported as painted when it came by the stream, not when the page found it', async () => {
      const card = vi.spyOn(painter, 'card').mockImplementation(() => {})
      const hall = useHall()
      hall.alerts.set('old', anAlert({ id: 'old' }))
      vi.stubGlobal('ResizeObserver', class { observe() {} disconnect() {} }) // prettier-ignore
      await page.show(AlertStream)
      hall.change({ id: 1, at: '', topic: 'alert', entity: 'new', area: '', data: anAlert({ id: 'new', severity: 'red' }) })
      await settle()
      expect(card.mock.calls).toEqual([['new']])
      vi.unstubAllGlobals()
    })
  })

  describe('an order', () => {
    const order = anOrder({ state: 'accepted', actions: ['dispatch', 'cancel'], steps: [{ at: '2026-05-01T12:00:00.000Z', by: 'system', action: '', from: '', to: 'reported', note: '一句旧话' }] })

    it('has no buttons for a viewer', async () => {
      useSession().me = me('viewer', ['order.read'])
      server('GET').mockImplementation(async () => answer(order))
      const root = await page.show(OrderDetail, { id: '01O' })
      expect($(root, 'steps')?.textContent).toContain('服务器的话') // the why of the order, which without facts is the server's
      expect(root.querySelectorAll('[data-testid^="act-"]')).toHaveLength(0)
    })

    it('is not dispatched to nobody, and says what it is when somebody was quicker', async () => {
      useSession().me = me('dispatcher', ['order.dispatch'])
      let now = order
      server('GET').mockImplementation(async () => answer(now))
      usePeople().users = [{ username: 'grid', name: '赵', role: 'grid', area: '', must_change: false, subject: '', disabled: false }]
      const posted: unknown[] = []
      server('POST').mockImplementation(async (_, o) => {
        posted.push(o.body)
        now = anOrder({ state: 'dispatched', actions: ['start', 'cancel'], steps: [{ at: '2026-05-01T12:05:00.000Z', by: 'grid', action: 'dispatch', from: 'accepted', to: 'dispatched', note: '' }] })
        return refusal(409, 'order 7 is dispatched', 'conflict')
      })
      const root = await page.show(OrderDetail, { id: '01O' })
      expect($(root, 'act-cancel')).toBeNull()
      $(root, 'act-dispatch')!.click()
      await settle()
      expect([$(root, 'fault')?.textContent, posted]).toEqual(['▲ 请先选择责任人。', []])
      const select = $(root, 'assignee') as HTMLSelectElement
      select.value = 'grid'
      select.dispatchEvent(new Event('change'))
      $(root, 'act-dispatch')!.click()
      await settle()
      expect(posted).toEqual([{ action: 'dispatch', note: '', assignee: 'grid' }])
      expect($(root, 'fault')?.textContent).toBe('▲ #7 现在是“已派遣”（赵 05-01 20:05:00），不能“派遣”；您现在可以：无。')
    })
  })

  describe('the login', () => {
    it('says in the language of the page what was wrong, and forgets the password', async () => {
      server('POST').mockImplementation(async () => refusal(401, 'no'))
      const root = await page.show(LoginPage)
      const password = $(root, 'login-password') as HTMLInputElement
      password.value = 'secret'
      password.dispatchEvent(new Event('input'))
      root.querySelector('form')!.dispatchEvent(new Event('submit'))
      await settle()
      expect($(root, 'login-error')?.textContent).toContain('用户名或密码不对')
      expect(password.value).toBe('')
    })
  })

  it('say 断线 with the age of what they show', async () => {
    const hall = useHall()
    hall.heard()
    hall.now = hall.heardAt + 12_000
    const root = await page.show(DisconnectedBanner)
    expect($(root, 'disconnected')?.textContent).toMatch(/断线.*00:12/)
  })

  it('say that no source of requests is connected instead of a number', async () => {
    const root = await page.show(RequestsPanel)
    expect(root.textContent).toContain('未接入')
    expect(root.querySelector('b')).toBeNull()
  })

  it('rank the communities with a row for each', async () => {
    const hall = useHall()
    hall.areas = [...someAreas.values()]
    const root = await page.show(StabilityPanel)
    expect([...root.querySelectorAll('tbody tr')].map((r) => (r as HTMLElement).dataset.testid)).toEqual(['area-c1', 'area-c2'])
  })
})
