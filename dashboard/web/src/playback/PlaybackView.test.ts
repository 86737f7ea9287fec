// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { useHall } from '@/live/hall'
import { buildPage } from '@/testing/page'
import PlaybackView from './PlaybackView.vue'

let page: ReturnType<typeof buildPage>
beforeEach(() => {
  page = buildPage()
  vi.spyOn(api, 'GET').mockImplementation((async () => ({ data: { items: [], next: '' }, response: new Response(null, { status: 200 }) })) as never)
  useHall().now = Date.parse('2026-05-01T12:00:00Z')
})
afterEach(() => {
  page.leave()
  vi.restoreAllMocks()
})

function press(key: string): boolean {
  const e = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  document.body.dispatchEvent(e)
  return e.defaultPrevented
}

// Where Escape is kept from the browser, the list of cameras stays open.
it('keeps its keys from the browser, but Escape, which closes what is open', async () => {
  await page.show(PlaybackView)
  expect([press(' '), press('ArrowLeft'), press('Escape')]).toEqual([true, true, false])
})
