// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { LedgerRow } from '@/api/types'
import { useHall } from '@/live/hall'
import * as files from '@/ledger/csv'
import { $, buildPage, settle } from '@/testing/page'
import { aCamera } from '@/testing/things'
import { askedOf, footageSaid, questionOf, viewOf } from './asked'
import WatchedView from './WatchedView.vue'

const zone = 'Asia/Shanghai'
const now = Date.parse('2026-05-08T12:00:30.000Z')
const row = (o: Partial<LedgerRow> = {}): LedgerRow => ({ id: 1, at: '2026-05-01T12:00:00.000Z', by: 'ann', action: 'watch.live', entity: 'cam-1', before: null, after: { area: 'g1' }, ...o })
const footage = { area: 'g1', from: '2026-05-01T06:00:00.000Z', to: '2026-05-01T07:00:00.000Z' }

describe('what is asked', () => {
  it('is the last seven days unless somebody says when', () => {
    expect(askedOf({}, now, zone)).toEqual({ camera: '', by: '', way: '', from: '2026-05-01T20:00', to: '' })
    expect(askedOf({ to: '2026-01-01T00:00' }, now, zone).from).toBe('')
    expect(askedOf({ camera: ' cam-1 ', by: 'ann', way: 'peep', from: 'x' }, now, zone)).toEqual({ camera: 'cam-1', by: 'ann', way: '', from: 'x', to: '' })
  })

  it('is said to the ledger on the clock of the site', () => {
    expect(questionOf(askedOf({ camera: 'cam-1', way: 'export' }, now, zone), zone)).toEqual({ action: 'watch.export', entity: 'cam-1', by: undefined, from: '2026-05-01T12:00:00.000Z', to: undefined })
    expect(questionOf(askedOf({}, now, zone), zone).action).toBe('watch.')
  })
})

it('a view is who, how, which camera and which footage', () => {
  expect(viewOf(row())).toMatchObject({ by: 'ann', screen: null, way: 'live', camera: 'cam-1', area: 'g1', footage: null })
  expect(viewOf(row({ by: 'wall:大厅', action: 'watch.playback', after: footage }))).toMatchObject({ screen: '大厅', way: 'playback', footage: { from: footage.from, to: footage.to } })
  expect(viewOf(row({ by: 'wall' })).screen).toBe('')
  expect(viewOf(row({ action: 'watch.dream', after: null }))).toMatchObject({ way: '', area: '', footage: null })
})

it.each([
  ['2026-05-01T06:00:00.000Z', '2026-05-01T07:00:00.000Z', '05-01 14:00 – 15:00'],
  ['2026-05-01T15:00:00.000Z', '2026-05-01T16:00:00.000Z', '05-01 23:00 – 05-02 00:00'],
  ['2026-05-01T06:00:07.500Z', '2026-05-01T06:02:00.000Z', '05-01 14:00:07 – 14:02:00'],
])('footage of %s to %s', (from, to, said) => expect(footageSaid({ from, to }, zone)).toBe(said))

describe('the page', () => {
  afterEach(() => vi.restoreAllMocks())

  async function shown(address: string, ...answers: { items: LedgerRow[]; next: string }[]) {
    const asked: Record<string, unknown>[] = []
    vi.spyOn(api, 'GET').mockImplementation((async (_: string, o: { params: { query: Record<string, unknown> } }) => {
      asked.push(o.params.query)
      return { data: answers[asked.length - 1], response: new Response() }
    }) as unknown as typeof api.GET)
    const page = buildPage()
    const hall = useHall()
    hall.timeZone = zone
    hall.cameras.set('cam-1', aCamera({ id: 'cam-1', name: '大门' }))
    await page.router.push(address)
    return { root: await page.show(WatchedView), asked, leave: page.leave }
  }

  it('says who has seen what, and goes on where it ended', async () => {
    const { root, asked, leave } = await shown('/console/watched?camera=cam-1',
      { items: [row({ id: 3, by: 'wall:大厅', action: 'watch.playback', after: footage }), row({ id: 2 })], next: '2' }, { items: [row({ id: 1, by: 'wall' })], next: '' })
    expect(asked[0]).toMatchObject({ action: 'watch.', entity: 'cam-1', limit: 100 })
    expect(Date.parse(String(asked[0]!.from))).toBeLessThan(Date.now() - 6.9 * 86_400_000)
    expect($(root, 'view-3')?.textContent).toMatch(/大屏“大厅”.*回放.*大门.*录像 05-01 14:00 – 15:00/s)
    expect($(root, 'view-2')?.textContent).toMatch(/05-01 20:00:00.*ann.*实时.*大门/s)
    $(root, 'watched-more')!.click()
    await settle()
    expect(asked[1]).toMatchObject({ after: '2' })
    expect($(root, 'view-1')?.textContent).toContain('本机大屏')
    expect($(root, 'watched-more')).toBeNull()
    leave()
  })

  it('hands over all that the filter finds, and no table program takes a cell for a formula', async () => {
    const saved: string[][] = []
    vi.spyOn(files, 'save').mockImplementation((...file) => void saved.push(file))
    const { root, asked, leave } = await shown('/console/watched', { items: [], next: '' },
      { items: [row({ id: 3, by: '=cmd|1', action: 'watch.export', after: { ...footage, to: '2026-05-01T06:00:09.000Z' } })], next: '3' }, { items: [row({ id: 2 })], next: '' })
    expect(root.textContent).toContain('这段时间没有人看过')
    $(root, 'watched-csv')!.click()
    await settle()
    expect(asked.slice(1).map((q) => [q.after, q.limit])).toEqual([[undefined, 1000], ['3', 1000]])
    const [name, text] = saved[0]!
    expect(name).toBe('watched.csv')
    expect(text!.split('\r\n')).toEqual([
      '\ufeff时间,谁,用户名,方式,摄像机,摄像机编号,辖区,录像从,录像到',
      `"2026-05-01 20:00:00","'=cmd|1","'=cmd|1","导出","大门","cam-1","g1","2026-05-01 14:00:00","2026-05-01 14:00:09"`,
      '"2026-05-01 20:00:00","ann","ann","实时","大门","cam-1","g1","",""', '',
    ])
    leave()
  })
})
