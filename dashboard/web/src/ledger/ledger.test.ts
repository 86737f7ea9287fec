// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { LedgerRow } from '@/api/types'
import { $, buildPage, settle } from '@/testing/page'
import { csv } from './csv'
import { differences, nameOf, pageOf } from './difference'
import LedgerView from './LedgerView.vue'
import { instant, local } from './time'

const row = (o: Partial<LedgerRow> = {}): LedgerRow => ({ id: 1, at: '2026-05-01T12:00:00.000Z', by: 'admin', action: 'camera.put', entity: 'cam-1', before: null, after: null, ...o })

describe('a difference', () => {
  it.each([
    ['what is equal is silent', { a: 1, b: [1, 2] }, { a: 1, b: [1, 2] }, []],
    ['one value', { a: 1 }, { a: 2 }, [['a', 1, 2]]],
    ['deep inside', { place: { lon: 1, lat: 2 } }, { place: { lon: 1, lat: 3 } }, [['place.lat', 2, 3]]],
    ['a list is one value', { rules: [{ k: 1 }] }, { rules: [{ k: 2 }] }, [['rules', [{ k: 1 }], [{ k: 2 }]]]],
    ['what was made', null, { a: 1, empty: '', no: false, none: null }, [['a', undefined, 1]]],
    ['what is gone', { a: 1 }, null, [['a', 1, undefined]]],
    ['nothing and empty are the same', { note: '' }, { note: null }, []],
    ['what follows from others is silent', { revision: 1, updated_at: 'x' }, { revision: 2, updated_at: 'y' }, []],
    ['a tree that was nothing', { zones: null }, { zones: { lane: [[0, 0]] } }, [['zones.lane', undefined, [[0, 0]]]]],
  ])('%s', (_, before, after, want) => expect(differences(before, after).map((d) => [d.path, d.before, d.after])).toEqual(want))

  it('leads to the thing and calls it by its name', () => {
    expect([pageOf('order.accept', '01O'), pageOf('user.put', 'a/b'), pageOf('site.apply', 'site')]).toEqual(['/console/orders/01O', '/console/people/a%2Fb', ''])
    expect([nameOf('x', null, { name: '一号' }), nameOf('x', { number: 7 }, null), nameOf('x', null, 'y')]).toEqual(['一号', '#7', 'x'])
  })
})

it('a table program takes no cell for a formula', () => {
  for (const sign of '=+-@\t\r\n＝＋－＠') expect(csv([row({ entity: `${sign}1` })]), 'the wide ones of Chinese keyboards count as well').toContain(`"'${sign}1"`)
  const text = csv([row({ by: '=cmd|1', entity: 'a "b", c', after: { n: 1 } })])
  expect(text.startsWith('\ufeffid,at,by,')).toBe(true)
  expect(text).toContain(`"'=cmd|1","camera.put","a ""b"", c","","{""n"":1}"`)
})

it.each([
  ['2026-05-01T08:00', 'Asia/Shanghai', '2026-05-01T00:00:00.000Z'],
  ['2026-07-01T08:00', 'Europe/Berlin', '2026-07-01T06:00:00.000Z'],
  ['2026-10-25T12:00', 'Europe/Berlin', '2026-10-25T11:00:00.000Z'],
  ['', 'Asia/Shanghai', undefined],
])('%j on the clock of %s is %j', (local, zone, want) => expect(instant(local, zone)).toBe(want))

it('and stands in the field again as it was, to the second', () => {
  for (const [words, zone] of [['2026-05-01T20:00:07', 'Asia/Shanghai'], ['2026-03-08T03:30:00', 'America/New_York']] as const) {
    expect(local(Date.parse(instant(words, zone)!) + 999, zone)).toBe(words)
  }
})

describe('the page', () => {
  afterEach(() => vi.restoreAllMocks())

  it('asks by the address, says only what changed, and goes on where it ended', async () => {
    const asked: unknown[] = []
    const answers = [
      { items: [row({ id: 2, before: { name: '一号', heading: 90, url: 'same' }, after: { name: '一号', heading: 120, url: 'same' } })], next: '2' },
      { items: [row({ id: 1, action: 'user.put', entity: 'zhao', after: { username: 'zhao', role: 'grid' } })], next: '' },
    ]
    vi.spyOn(api, 'GET').mockImplementation((async (_: string, o: { params: { query: unknown } }) => {
      asked.push(o.params.query)
      return { data: answers[asked.length - 1], response: new Response() }
    }) as unknown as typeof api.GET)
    const page = buildPage()
    await page.router.push('/console/ledger?action=camera.&from=2026-05-01T08:00')
    const root = await page.show(LedgerView)
    expect(asked[0]).not.toHaveProperty('except', 'watch.')
    expect(asked[0]).toMatchObject({ action: 'camera.', from: '2026-05-01T00:00:00.000Z', limit: 100 })
    expect($(root, 'ledger-2')?.textContent).toMatch(/摄像机 · 修改.*一号.*朝向.*90.*120/s)
    expect($(root, 'ledger-2')?.textContent).not.toContain('same')
    $(root, 'ledger-more')!.click()
    await settle()
    expect(asked[1]).toMatchObject({ after: '2' })
    expect($(root, 'ledger-1')?.textContent).toMatch(/人员 · 新建.*网格员/s)
    expect($(root, 'ledger-more')).toBeNull()
  })

  it('leaves views out unless they are asked for', async () => {
    const asked: unknown[] = []
    vi.spyOn(api, 'GET').mockImplementation((async (_: string, o: { params: { query: unknown } }) => {
      asked.push(o.params.query)
      return { data: { items: [row({ action: 'watch.playback', after: { area: 'g1', from: '2026-05-01T12:00:00.000Z' } })], next: '' }, response: new Response() }
    }) as unknown as typeof api.GET)
    const page = buildPage()
    await page.router.push('/console/ledger')
    const root = await page.show(LedgerView)
    expect(asked[0]).toMatchObject({ action: undefined, except: 'watch.' })
    await page.router.push('/console/ledger?action=watch.')
    await settle()
    expect(asked[1]).toMatchObject({ action: 'watch.', except: undefined })
    expect($(root, 'ledger-1')?.textContent).toMatch(/观看 · 看录像.*从.*05-01/s)
    page.leave()
  })
})
