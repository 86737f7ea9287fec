// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Me } from '@/api/types'
import { $, buildPage, settle } from '@/testing/page'
import FirstPasswordPage from './FirstPasswordPage.vue'
import LoginPage from './LoginPage.vue'
import { allKept, kept } from './rules'
import { keepToken, screenToken, tokenIn } from './screen'
import ScreenPage from './ScreenPage.vue'
import { useSession } from './session'

const me: Me = { username: 'zhao', name: '', role: 'grid', area: '', must_change: true, permissions: [] }
const ok = (data: unknown) => ({ data, response: new Response(null, { status: 200 }) })
const refused = (status: number, code: string, headers = {}, field = '') => ({ error: { code, message: 'no', field }, response: new Response(null, { status, headers }) })
type Fake = { mockImplementation(f: (path: string, o: { body?: unknown }) => Promise<unknown>): void }
const server = (method: 'GET' | 'POST') => vi.spyOn(api, method) as unknown as Fake

describe('the link of a screen', () => {
  it.each([
    ['#token=abcdefghijklmnopqrst', 'abcdefghijklmnopqrst'],
    ['#token=short', ''],
    ['#token=abcdefghijklmnopqrst&x=1', ''],
    ['#other', ''],
    ['', ''],
  ])('%s holds %j', (hash, want) => expect(tokenIn(hash)).toBe(want))
})

describe('the rules of a password', () => {
  const given = { current: 'first-password', next: 'Dongli-2026-xy', again: 'Dongli-2026-xy' }
  it.each([
    [{}, []],
    [{ next: '十一个字不够长的密码啊', again: '十一个字不够长的密码啊' }, ['long']],
    [{ next: 'first-password', again: 'first-password' }, ['other']],
    [{ again: 'Dongli' }, ['same']],
  ])('%j breaks %j', (change, broken) => {
    const keeps = kept({ ...given, ...change })
    expect(Object.keys(keeps).filter((rule) => !keeps[rule as keyof typeof keeps])).toEqual(broken)
    expect(allKept(keeps)).toBe(broken.length === 0)
  })

  it('are not kept by nothing', () => expect(Object.values(kept({ current: '', next: '', again: '' })).some(Boolean)).toBe(false))
})

describe('the doors', () => {
  let page: ReturnType<typeof buildPage>
  beforeEach(() => {
    localStorage.clear()
    document.body.innerHTML = ''
    page = buildPage()
    server('GET').mockImplementation(async () => ok({ password: true, oidc: '' }))
  })
  afterEach(() => vi.restoreAllMocks())

  const type = (root: ParentNode, id: string, text: string) => {
    const field = $(root, id) as HTMLInputElement
    field.value = text
    field.dispatchEvent(new Event('input'))
  }

  it('the login counts down how long to wait, and lets nobody try in vain', async () => {
    server('POST').mockImplementation(async () => refused(429, 'too_many', { 'Retry-After': '95' }))
    const root = await page.show(LoginPage)
    type(root, 'login-username', 'zhao')
    type(root, 'login-password', 'secret')
    root.querySelector('form')!.dispatchEvent(new Event('submit'))
    await settle()
    expect($(root, 'login-wait')?.textContent).toMatch(/请在 01:3[56] 后再试/)
    expect(($(root, 'login-submit') as HTMLButtonElement).disabled).toBe(true)
  })

  it('the login leads to the provider when there is one, and says that a session has ended', async () => {
    server('GET').mockImplementation(async () => ok({ password: false, oidc: '政务云' }))
    useSession().forget()
    await page.router.push('/login?to=/console/orders')
    const root = await page.show(LoginPage)
    expect($(root, 'login-oidc')?.getAttribute('href')).toBe('/api/v1/session/oidc?to=%2Fconsole%2Forders')
    expect($(root, 'login-oidc')?.textContent).toContain('政务云')
    expect([$(root, 'login-submit'), $(root, 'login-ended') !== null]).toEqual([null, true])
  })

  it('the first password is said wrong, then changed, then the way is free', async () => {
    useSession().me = me
    server('GET').mockImplementation(async () => ok({ ...me, must_change: false }))
    const posted: unknown[] = []
    server('POST').mockImplementation(async (_, o) => {
      posted.push(o.body)
      return posted.length < 3 ? refused(400, 'invalid', {}, posted.length === 1 ? 'current' : 'new') : { data: undefined, response: new Response(null, { status: 204 }) }
    })
    const root = await page.show(FirstPasswordPage)
    expect(($(root, 'password-submit') as HTMLButtonElement).disabled).toBe(true)
    for (const [id, text] of [['current', 'given'], ['next', 'Dongli-2026-xy'], ['again', 'Dongli-2026-xy']]) type(root, `password-${id}`, text!)
    await settle()
    const submit = async () => {
      root.querySelector('form')!.dispatchEvent(new Event('submit'))
      await settle()
    }
    await submit()
    expect($(root, 'password-error')?.textContent).toContain('当前密码不对')
    await submit()
    expect($(root, 'password-error')?.textContent).toContain('太容易被猜到')
    await submit()
    expect(posted[2]).toEqual({ current: 'given', new: 'Dongli-2026-xy' })
    expect(page.router.currentRoute.value.path).toBe('/console/orders')
  })

  it('a screen goes to its wall', async () => {
    keepToken(localStorage, 'abcdefghijklmnopqrst')
    server('POST').mockImplementation(async (_, o) => ok({ ...me, role: 'wall', ...(o.body as object) }))
    await page.show(ScreenPage)
    expect(page.router.currentRoute.value.path).toBe('/wall')
    expect(screenToken(localStorage)).not.toBe('')
  })

  it('a screen whose link was revoked says what to do and forgets it; one without a server goes on trying', async () => {
    keepToken(localStorage, 'abcdefghijklmnopqrst')
    server('POST').mockImplementation(async () => refused(503, 'unavailable'))
    let root = await page.show(ScreenPage)
    expect([root.textContent?.includes('正在自动重试'), screenToken(localStorage)]).toEqual([true, 'abcdefghijklmnopqrst'])
    document.body.innerHTML = ''
    server('POST').mockImplementation(async () => refused(401, 'unauthenticated'))
    root = await page.show(ScreenPage)
    expect([$(root, 'screen-revoked') !== null, screenToken(localStorage)]).toEqual([true, ''])
  })
})
