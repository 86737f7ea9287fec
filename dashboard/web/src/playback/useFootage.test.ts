// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { api } from '@/api/client'
import { useHall } from '@/live/hall'
import { buildPage, settle } from '@/testing/page'
import { useFootage } from './useFootage'

const noon = Date.parse('2026-05-01T12:00:00Z')
const answer = (data: unknown) => ({ data, response: new Response(null, { status: 200 }) })

let page: ReturnType<typeof buildPage>
beforeEach(() => (page = buildPage()))
afterEach(() => {
  page.leave()
  vi.restoreAllMocks()
})

// A hall of 200 cameras has thousands of events a day: those of the cameras on the page must not go under among them.
it('asks for the events of its own cameras, each by itself', async () => {
  const asked: (string | undefined)[] = []
  vi.spyOn(api, 'GET').mockImplementation((async (path: string, options: { params: { query?: { source?: string } } }) => {
    const source = options.params.query?.source
    if (path !== '/events') return answer({ items: [], next: '', state: 'off' })
    asked.push(source)
    return answer({ items: source ? [{ id: `of ${source}`, source }] : [{ id: 'elsewhere', source: 'z' }], next: '' })
  }) as never)
  useHall().now = noon
  let found: ReturnType<typeof useFootage>
  await page.show({
    setup() {
      found = useFootage(() => ['a', 'b'], ref({ from: noon - 3_600_000, to: noon }))
      return () => null
    },
  })
  await settle()
  expect(asked).toEqual(['a', 'b'])
  expect(found!.events.value.map((e) => e.id)).toEqual(['of a', 'of b'])
  expect(found!.fault.value).toBeNull()
})
