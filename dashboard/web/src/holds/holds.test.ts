// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Hold, Me } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { $, buildPage, settle } from '@/testing/page'
import { aCamera } from '@/testing/things'
import HoldsView from './HoldsView.vue'

const aHold = (o: Partial<Hold> = {}): Hold => ({
  id: '01H', camera: 'cam-1', area: 'g1', from: '2026-05-01T12:00:00.000Z', to: '2026-05-01T12:02:00.000Z', why: '交警调取', by: 'zhao', at: '2026-05-02T01:00:00.000Z',
  lifted_by: '', lifted_at: null, lifted_why: '', ...o,
}) // prettier-ignore
const me = (permissions: string[]): Me => ({ username: 'wang', name: '', role: 'dispatcher', area: '', must_change: false, permissions })
const answer = (data: unknown) => ({ data, response: new Response(null, { status: 200 }) })

let page: ReturnType<typeof buildPage>
let asked: unknown[]
let posted: unknown[]
beforeEach(() => {
  page = buildPage()
  document.body.innerHTML = ''
  HTMLDialogElement.prototype.showModal ??= () => {}
  ;[asked, posted] = [[], []]
  useSession().me = me(['footage.view', 'footage.hold'])
  useHall().cameras.set('cam-1', aCamera())
  const held = [aHold(), aHold({ id: '02H', camera: 'gone-7', lifted_by: 'zhao', lifted_at: '2026-05-03T01:00:00.000Z', lifted_why: '已结案' })]
  vi.spyOn(api, 'GET').mockImplementation((async (_: string, o: { params: { query: { active?: boolean } } }) => {
    asked.push(o.params.query)
    return answer({ items: o.params.query.active ? held.slice(0, 1) : held, next: '' })
  }) as never)
  vi.spyOn(api, 'POST').mockImplementation((async (path: string, o: unknown) => {
    posted.push([path, o])
    return answer(aHold())
  }) as never)
})
afterEach(() => {
  page.leave()
  vi.restoreAllMocks()
})
const write = async (root: ParentNode, id: string, words: string) => {
  const field = $(root, id) as HTMLInputElement
  field.value = words
  field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input'))
  await settle()
}
const send = async (root: ParentNode) => {
  root.querySelector('dialog form')!.dispatchEvent(new Event('submit'))
  await settle()
}

it('says which footage is held, why and by whom, and who lifted what', async () => {
  const root = await page.show(HoldsView)
  const words = $(root, 'hold-01H')!.textContent!
  for (const w of ['一号', '05-01 20:00:00 – 05-01 20:02:00', '02:00', '交警调取', 'zhao 于 05-02 09:00:00 留存']) expect(words).toContain(w)
  expect($(root, 'hold-02H'), 'what was lifted is not held').toBeNull()
  $(root, 'holds-all')!.click()
  await settle()
  expect($(root, 'hold-02H')!.textContent).toContain('zhao 于 05-03 09:00:00 解除已结案')
  expect([...$(root, 'hold-02H')!.querySelectorAll<HTMLElement>('.buttons > *')].map((b) => b.dataset.testid), 'what a camera that has gone left is played as well').toEqual(['hold-play'])
  expect(asked).toEqual([{ active: true, limit: 100 }, { limit: 100 }])
})

it('lifts with a reason only', async () => {
  const root = await page.show(HoldsView)
  $(root, 'hold-lift')!.click()
  await settle()
  expect(($(root, 'lift') as HTMLButtonElement).disabled).toBe(true)
  await write(root, 'lift-why', '已结案')
  await send(root)
  expect(posted).toEqual([['/holds/{id}/lift', { params: { path: { id: '01H' } }, body: { why: '已结案' } }]])
  expect($(root, 'sheet-lift')).toBeNull()
})

it('holds a span of a camera that is picked, on the clock of the site', async () => {
  const root = await page.show(HoldsView)
  $(root, 'hold-new')!.click()
  await settle()
  await write(root, 'hold-camera', 'cam-1')
  await write(root, 'hold-from', '2026-05-01T20:00:00')
  await write(root, 'hold-to', '2026-05-01T19:00:00')
  await write(root, 'hold-why', '调取')
  expect(($(root, 'hold-make') as HTMLButtonElement).disabled, 'it ends before it begins').toBe(true)
  await write(root, 'hold-to', '2026-05-01T20:05:30')
  await send(root)
  expect(posted).toEqual([['/holds', { body: { camera: 'cam-1', from: '2026-05-01T12:00:00.000Z', to: '2026-05-01T12:05:30.000Z', why: '调取' } }]])
})

it('is only read by who may not hold', async () => {
  useSession().me = me(['footage.view'])
  const root = await page.show(HoldsView)
  expect([$(root, 'hold-new'), $(root, 'hold-lift'), $(root, 'hold-01H') !== null]).toEqual([null, null, true])
})
