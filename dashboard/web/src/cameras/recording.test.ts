// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { api } from '@/api/client'
import type { Camera, Recording, Recordings } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { $, buildPage, settle } from '@/testing/page'
import { aCamera } from '@/testing/things'
import BulkBar from './BulkBar.vue'
import RecordFields from './RecordFields.vue'
import RecordingLine from './RecordingLine.vue'

/** Element events as a browser sends them. */
const choose = (e: HTMLElement, value: string, event = 'change') => { (e as HTMLInputElement).value = value; e.dispatchEvent(new Event(event)) } // prettier-ignore

describe('the fields of recording', () => {
  async function form(start: Recording, analyse = false) {
    const record = ref(start)
    const page = buildPage()
    const root = await page.show(defineComponent(() => () => h(RecordFields, { modelValue: record.value, 'onUpdate:modelValue': (r: Recording) => (record.value = r), analyse, editable: true })))
    return { record, root, leave: page.leave }
  }

  it('say what the mode means for this camera', async () => {
    for (const [analyse, said] of [[true, '参与分析：每个事件录一段'], [false, '不参与分析：不录像']] as const) {
      const { root, leave } = await form({}, analyse)
      expect($(root, 'record-means')?.textContent).toContain(said)
      expect(Boolean($(root, 'record-sound'))).toBe(analyse)
      leave()
    }
  })

  it('write hours as the server reads them', async () => {
    const { record, root, leave } = await form({ keep_days: 3 })
    choose($(root, 'record-mode')!, 'hours')
    await settle()
    expect(record.value).toEqual({ keep_days: 3, mode: 'hours', schedule: ['08:00-18:00'] })
    const day = (n: number) => root.querySelectorAll<HTMLElement>('[data-testid="stretch-0"] .day')[n]!
    for (const n of [5, 6]) { day(n).click(); await settle() } // prettier-ignore
    expect(record.value.schedule).toEqual(['Mon-Fri 08:00-18:00'])
    choose(root.querySelectorAll<HTMLElement>('[data-testid="stretch-0"] input')[1]!, '00:00')
    await settle()
    $(root, 'stretch-add')!.click()
    await settle()
    expect(record.value.schedule).toEqual(['Mon-Fri 08:00-24:00', '22:00-06:00'])
    expect($(root, 'stretch-1')?.textContent).toContain('到次日')
    for (const n of [0, 1, 2, 3, 4]) { day(n).click(); await settle() } // prettier-ignore
    expect(record.value.schedule![0], 'the last day stays').toBe('Fri 08:00-24:00')
    leave()
  })

  it('take days and GB, nothing being as the settings say', async () => {
    const { record, root, leave } = await form({ mode: 'always' })
    choose($(root, 'record-days')!, '7', 'input')
    await settle()
    choose($(root, 'record-gb')!, '1.5')
    await settle()
    expect(record.value).toEqual({ mode: 'always', keep_days: 7, keep_bytes: 1_500_000_000 })
    choose($(root, 'record-gb')!, '')
    await settle()
    expect(record.value.keep_bytes).toBe(0)
    leave()
  })
})

describe('what is recorded of a camera', () => {
  afterEach(() => vi.restoreAllMocks())

  async function line(permissions: string[], answer: Partial<Recordings>) {
    const asked = vi.spyOn(api, 'GET').mockImplementation((async () => ({ data: { items: [], next: '', ...answer }, response: new Response() })) as unknown as typeof api.GET)
    const page = buildPage()
    useSession().me = { username: 'a', name: 'A', role: 'admin', permissions } as unknown as ReturnType<typeof useSession>['me']
    useHall().timeZone = 'Asia/Shanghai'
    return { root: await page.show(RecordingLine, { camera: 'cam-1' }), asked, leave: page.leave }
  }

  it('is its state, its size and since when, and who may see them is led to those who watched', async () => {
    const { root, leave } = await line(['footage.view', 'ledger.read'], { state: 'running', bytes: 3_440_000_000, oldest: '2026-05-01T12:00:00.000Z' })
    expect($(root, 'camera-recording')?.textContent).toMatch(/正在录像.*已存 3.4 GB · 最早 05-01 20:00:00.*谁看过这路/s)
    expect($(root, 'camera-watched')?.getAttribute('href')).toBe('/console/watched?camera=cam-1')
    leave()
  })

  it('is nothing yet', async () => {
    const { root, leave } = await line(['footage.view'], { state: 'waiting', bytes: 0, oldest: null })
    expect($(root, 'camera-recording')?.textContent).toMatch(/摄像机没有画面送来.*还没有录像/s)
    expect($(root, 'camera-watched')).toBeNull()
    leave()
  })

  it('is not asked by who may not know', async () => {
    const { root, asked, leave } = await line([], {})
    expect($(root, 'camera-recording')).toBeNull()
    expect(asked).not.toHaveBeenCalled()
    leave()
  })
})

it('many cameras get a mode, and what else is set of each stays', async () => {
  const bodies: unknown[] = []
  vi.spyOn(api, 'PATCH').mockImplementation((async (_: string, o: { body: unknown }) => {
    bodies.push(o.body)
    return { data: {}, response: new Response() }
  }) as unknown as typeof api.PATCH)
  const page = buildPage()
  const cameras: Camera[] = [aCamera({ id: 'a', record: { mode: 'never', keep_days: 7 } }), aCamera({ id: 'b' })]
  for (const c of cameras) useHall().cameras.set(c.id, c)
  const root = await page.show(BulkBar, { ids: ['a', 'b'] })
  choose($(root, 'bulk-record')!, 'always')
  await settle()
  expect(bodies).toEqual([{ record: { mode: 'always', keep_days: 7 } }, { record: { mode: 'always' } }])
  page.leave()
  vi.restoreAllMocks()
})
