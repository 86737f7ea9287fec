// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { buildPage, settle } from '@/testing/page'
import { useQuery, useSheet, useTableQuery } from './query'

let page: ReturnType<typeof buildPage>
beforeEach(() => (page = buildPage()))
afterEach(() => page.leave())

async function within<T>(at: string, use: () => T): Promise<T> {
  let got!: T
  await page.router.push(at)
  await page.show(defineComponent({ setup: () => ((got = use()), () => h('i')) }))
  return got
}
const query = () => page.router.currentRoute.value.query

it('what is picked stands in the address, beside what else does; nothing picked stands nowhere', async () => {
  const show = await within('/a?area=g1', () => useQuery<'live' | 'open'>('show', 'live', ['live', 'open']))
  expect(show.value).toBe('live')
  show.value = 'open'
  await settle()
  expect([show.value, query()]).toEqual(['open', { area: 'g1', show: 'open' }])
  show.value = 'live'
  await settle()
  expect(query()).toEqual({ area: 'g1' })
})

it('what the page does not know counts as nothing', async () => {
  const show = await within('/a?show=secret', () => useQuery<'live' | 'open'>('show', 'live', ['live', 'open']))
  expect(show.value).toBe('live')
})

it('back shuts a sheet, and shutting it goes back', async () => {
  const { sheet, open, shut } = await within('/a?area=g1', () => useSheet(['help', 'reject']))
  open('help')
  await settle()
  expect(sheet.value).toBe('help')
  shut()
  await settle()
  expect([sheet.value, query()]).toEqual(['', { area: 'g1' }])
})

it('a sheet that came with the address is shut in place: what is behind it is another page', async () => {
  const { sheet, shut } = await within('/a?area=g1&sheet=help', () => useSheet(['help', 'reject']))
  expect(sheet.value).toBe('help')
  shut()
  await settle()
  expect([sheet.value, page.router.currentRoute.value.fullPath]).toEqual(['', '/a?area=g1'])
})

it('another question to a table begins at its first page, and leaves no empty word in the address', async () => {
  const { word, put, area, page: number } = await within('/a?q=gate&page=3&state=offline', useTableQuery)
  expect([word('q'), word('sort'), number.value]).toEqual(['gate', '', 3])
  number.value = 4
  await settle()
  expect(query()).toEqual({ q: 'gate', page: '4', state: 'offline' })
  put({ state: '' })
  await settle()
  expect([query(), number.value]).toEqual([{ q: 'gate' }, 1])
  area.value = 'g1'
  await settle()
  expect(query()).toEqual({ q: 'gate', area: 'g1' })
})
