// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Session, User } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { $, buildPage, settle } from '@/testing/page'
import { someAreas } from '@/testing/things'
import { abilities } from './abilities'
import { browserOf } from './agent'
import PeopleView from './PeopleView.vue'
import { newPassword, screenLink } from './secret'
import { lastSeen, standing } from './standing'
import WallsView from './WallsView.vue'

const user = (o: Partial<User> = {}): User => ({ username: 'zhao', name: '赵强', role: 'grid', area: 'g1', must_change: false, subject: '', disabled: false, ...o })
const at = '2026-05-01T12:00:00.000Z'
const session = (o: Partial<Session> = {}): Session => ({ id: 's1', username: 'zhao', kind: 'password', created_at: at, seen_at: at, address: '10.0.0.1', agent: '', current: false, ...o })

describe('words about people', () => {
  it('a password is long, in groups, of letters nobody mixes up, and never the same', () => {
    const all = Array.from({ length: 200 }, () => newPassword())
    for (const p of all) expect(p).toMatch(/^([a-km-zA-HJ-NP-Z2-9]{4}-){3}[a-km-zA-HJ-NP-Z2-9]{4}$/)
    expect(new Set(all).size).toBe(200)
    expect(newPassword((n) => new Uint32Array(n).fill(0))).toBe('aaaa-aaaa-aaaa-aaaa')
  })

  it('the link of a screen carries its secret where no server reads it', () => expect(screenLink('https://hall', 'x.y')).toBe('https://hall/wall#token=x.y'))

  it('permissions are gathered by what they are about', () => {
    expect(abilities(['order.start', 'alert.read', 'order.read', 'order.step', 'change.read'])).toEqual([
      { about: 'alert', verbs: ['read'] },
      { about: 'order', verbs: ['read', 'start'] },
    ])
    expect(abilities(['order.hold', 'footage.view', 'footage.hold']).map((g) => g.verbs)).toEqual([['hold'], ['view', 'preserve']])
  })

  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36', 'Chrome · Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Safari/604', 'Safari · iOS'],
    ['Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile MicroMessenger/8.0', 'WeChat · Android'],
    ['something else entirely that goes on and on for ever', 'something else entirely that goes on and'],
    ['', ''],
  ])('%s is %j', (agent, want) => expect(browserOf(agent)).toBe(want))

  it('how it stands with somebody’s way in', () => {
    expect([user(), user({ must_change: true }), user({ subject: 'x' }), user({ disabled: true, must_change: true })].map(standing)).toEqual(['ok', 'mustChange', 'oidc', 'disabled'])
    expect(lastSeen([session(), session({ seen_at: '2026-05-02T00:00:00.000Z' }), session({ username: 'li' })])).toEqual(new Map([['zhao', '2026-05-02T00:00:00.000Z'], ['li', at]]))
  })
})

describe('the pages', () => {
  let page: ReturnType<typeof buildPage>
  let users: User[]
  const sent: [string, unknown][] = []
  beforeEach(() => {
    document.body.innerHTML = ''
    sent.length = 0
    users = [user(), user({ username: 'chen', name: '陈', role: 'admin', area: '' })]
    page = buildPage()
    useHall().areas = [...someAreas.values()]
    useSession().me = { username: 'chen', name: '', role: 'admin', area: '', must_change: false, permissions: ['user.edit'] }
    const reads: Record<string, unknown> = {
      '/sessions': { items: [session()], next: '' },
      '/roles': { items: [{ role: 'grid', permissions: ['order.start'] }, { role: 'viewer', permissions: ['alert.read'] }], next: '' },
      '/session/ways': { password: true, oidc: '' },
      '/wall-tokens': { items: [{ id: 'w1', name: '左屏', area: 'c1', created_by: 'chen', created_at: at, seen_at: null }], next: '' },
    }
    const fake = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', answer: (path: string, o: { body?: unknown }) => unknown) =>
      vi.spyOn(api, method).mockImplementation((async (path: string, o: { body?: unknown } = {}) => {
        if (method !== 'GET') sent.push([`${method} ${path}`, o.body])
        return { data: answer(path, o), response: new Response() }
      }) as unknown as typeof api.GET)
    fake('GET', (path) => (path === '/users' ? { items: users, next: '' } : reads[path]))
    fake('POST', (path, o) => (path === '/wall-tokens' ? { token: { name: '左屏' }, secret: 'the-secret' } : (users.push(user(o.body as User)), user(o.body as User))))
    fake('PATCH', () => user())
    fake('DELETE', () => undefined)
  })
  afterEach(() => vi.restoreAllMocks())

  const fill = (root: ParentNode, id: string, text: string) => {
    const field = $(root, id) as HTMLInputElement
    field.value = text
    field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input'))
  }
  const submit = async (root: ParentNode, id: string) => {
    $(root, id)!.dispatchEvent(new Event('submit'))
    await settle()
  }

  it('list who is there, where and since when', async () => {
    const root = await page.show(PeopleView)
    expect($(root, 'person-zhao')?.textContent).toMatch(/赵强.*网格员.*s \/ c1 \/ g1.*正常.*05-01 20:00:00/s)
    fill(root, 'find-person', '管理')
    await settle()
    expect([$(root, 'person-zhao'), $(root, 'person-chen') !== null]).toEqual([null, true])
  })

  it('make somebody with a role that is explained, and show the password once', async () => {
    await page.router.push('/console/people?new')
    const root = await page.show(PeopleView)
    for (const [id, text] of [['username', 'li'], ['name', '李'], ['role', 'grid'], ['area', 'c1']]) fill(root, `person-${id}`, text!)
    await settle()
    expect($(root, 'abilities')?.textContent).toContain('开始处置')
    await submit(root, 'person-form')
    const body = sent[0]![1] as { password: string }
    expect(sent[0]).toEqual(['POST /users', { username: 'li', name: '李', role: 'grid', area: 'c1', password: expect.stringMatching(/^.{19}$/) }])
    expect(page.router.currentRoute.value.path).toBe('/console/people/li')
    expect(body.password).not.toBe('')
  })

  it('ask twice before they take something from somebody', async () => {
    const root = await page.show(PeopleView, { id: 'zhao' })
    $(root, 'reset-password')!.click()
    await settle()
    expect(sent).toEqual([])
    $(root, 'reset-password')!.click()
    await settle()
    expect(sent[0]?.[0]).toBe('PATCH /users/{id}')
    expect(($(root, 'secret') as HTMLInputElement).value).toBe((sent[0]![1] as { password: string }).password)
    $(root, 'put-away')!.click()
    $(root, 'end-session')!.click()
    await settle()
    expect([$(root, 'secret'), sent.at(-1)?.[0]]).toEqual([null, 'DELETE /sessions/{id}'])
  })

  it('let nobody shut themselves out', async () => {
    const root = await page.show(PeopleView, { id: 'chen' })
    expect([$(root, 'disable'), $(root, 'reset-password')]).toEqual([null, null])
  })

  it('make a screen, show its link once, revoke it after asking', async () => {
    const root = await page.show(WallsView)
    expect($(root, 'wall-w1')?.textContent).toMatch(/左屏.*s \/ c1.*从未使用/s)
    fill(root, 'wall-name', '左屏')
    await settle()
    await submit(root, 'wall-form')
    expect(sent[0]).toEqual(['POST /wall-tokens', { name: '左屏', area: '' }])
    expect(($(root, 'secret') as HTMLInputElement).value).toMatch(/\/wall#token=the-secret$/)
    $(root, 'revoke')!.click()
    await settle()
    expect(sent).toHaveLength(1)
    $(root, 'revoke')!.click()
    await settle()
    expect(sent.slice(1)).toEqual([['DELETE /wall-tokens/{id}', undefined]])
  })
})
