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

it('reads the others’ rows, too, where one camera is gone', async () => {
  vi.spyOn(api, 'GET').mockImplementation((async (path: string, options: { params: { path?: { id: string } } }) => {
    if (options.params.path?.id === 'gone') return { error: { code: 'not_found', message: 'no such camera' }, response: new Response(null, { status: 404 }) }
    const items = path.endsWith('/recordings') ? [{ from: '2026-05-01T11:00:00.000Z', to: '2026-05-01T11:30:00.000Z', mime: 'm' }] : []
    return answer({ items, next: '', state: 'running' })
  }) as never)
  useHall().now = noon
  let found: ReturnType<typeof useFootage>
  await page.show({
    setup() {
      found = useFootage(() => ['gone', 'b'], ref({ from: noon - 3_600_000, to: noon }))
      return () => null
    },
  })
  await settle()
  expect([...found!.rows.value].map(([id, row]) => [id, row.spans.length, row.state])).toEqual([['gone', 0, 'off'], ['b', 1, 'running']])
  expect(found!.fault.value).toBeNull()
})
