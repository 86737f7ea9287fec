// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Found } from '@/api/types'
import { $, buildPage, settle } from '@/testing/page'
import { addressOf, grouped } from './search'
import SearchBox from './SearchBox.vue'

const aFound = (o: Partial<Found>): Found => ({ type: 'camera', id: 'cam-1', title: '一号', detail: '', area: '', at: null, ...o })
afterEach(() => vi.restoreAllMocks())

it('what is found stands by type, alerts first, and has its address', () => {
  const all = [aFound({}), aFound({ type: 'alert', id: '01A' }), aFound({ id: 'cam-2' })]
  expect(grouped(all).map((g) => [g.type, g.items.length])).toEqual([['alert', 1], ['camera', 2]])
  expect(all.map(addressOf)).toEqual(['/console/cameras/cam-1', '/console/alerts/01A', '/console/cameras/cam-2'])
  expect(addressOf({ type: 'area', id: 'a&b' })).toBe('/console/alerts?area=a%26b')
})

it('the box asks once for what was typed, moves by arrows and opens by Enter', async () => {
  const { show, router } = buildPage()
  const asked: unknown[] = []
  vi.spyOn(api, 'GET').mockImplementation((async (_: string, o: { params: { query: unknown } }) => {
    asked.push(o.params.query)
    return { data: { items: [aFound({}), aFound({ type: 'order', id: '01O', title: '7' })], next: '' }, response: new Response() }
  }) as never)
  const root = await show(SearchBox)
  window.dispatchEvent(new KeyboardEvent('keydown', { key: '/', cancelable: true }))
  await settle()
  const box = $(root, 'search') as HTMLInputElement
  box.dispatchEvent(new FocusEvent('focusin', { bubbles: true }))
  for (const words of ['c', 'ca', 'cam']) {
    box.value = words
    box.dispatchEvent(new Event('input'))
  }
  await vi.waitFor(() => expect($(root, 'found-order-01O')?.textContent).toContain('#7'))
  expect(asked).toEqual([{ q: 'cam', limit: 30 }])
  box.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }))
  box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
  await settle()
  expect(router.currentRoute.value.fullPath).toBe('/console/cameras/cam-1')
  expect(box.value).toBe('')
})
