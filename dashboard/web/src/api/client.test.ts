import { expect, it } from 'vitest'
import { ApiError, everything, take } from './client'

const answer = (status: number, body: unknown, headers = {}) =>
  Promise.resolve(status < 400 ? { data: body, response: new Response(null, { status, headers }) } : { error: body, response: new Response(null, { status, statusText: 'gone', headers }) })
async function refusal(status: number, body: unknown, headers = {}): Promise<ApiError> {
  const e: unknown = await take(answer(status, body, headers)).catch((fault: unknown) => fault)
  if (e instanceof ApiError) return e
  throw new Error('it was no refusal')
}

it('an answer is its body; a refusal is thrown with all that it says', async () => {
  expect(await take(answer(200, { n: 1 }))).toEqual({ n: 1 })
  expect(await take(answer(204, undefined))).toBeUndefined()
  const e = await refusal(429, { code: 'too_many', message: 'wait', field: 'username' }, { 'Retry-After': '3' })
  expect([e.status, e.code, e.message, e.field, e.retryAfter]).toEqual([429, 'too_many', 'wait', 'username', 3])
})

it.each([
  ['a proxy’s page', '<html>'],
  ['nothing', null],
  ['another JSON', {}],
])('a refusal with %s is one all the same', async (_, body) => {
  const e = await refusal(502, body, { 'Retry-After': 'soon' })
  expect([e.status, e.code, e.field, e.retryAfter]).toEqual([502, 'internal', '', 0])
})

it('a list is read page after page to its end, or cut where it never ends', async () => {
  const pages: Record<string, { items: number[]; next: string }> = { '': { items: [1, 2], next: 'b' }, b: { items: [], next: 'c' }, c: { items: [3], next: '' } }
  expect(await everything((after) => Promise.resolve(pages[after ?? '']!))).toEqual([1, 2, 3])
  let asked = 0
  expect(await everything(() => Promise.resolve({ items: [++asked, 0], next: 'more' }), 5)).toHaveLength(6)
  expect(asked).toBe(3)
})
