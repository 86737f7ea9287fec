// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Change } from '@/api/types'
import { nextTick } from 'vue'
import { aCamera, anAlert, anOrder, aSensor } from '@/testing/things'
import { useHall } from './hall'
import { silenceMs } from './stream'

let last = 0
const change = (topic: Change['topic'], entity: string, data: unknown): Change => ({ id: ++last, at: '2026-05-01T12:00:00.000Z', topic, entity, area: '', data })

describe('the hall', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
  })
  afterEach(() => vi.useRealTimers())

  it('folds changes in, and forgets what is gone', () => {
    const hall = useHall()
    hall.change(change('camera', 'cam-1', aCamera({ state: 'offline' })))
    hall.change(change('order', '01O', anOrder()))
    expect([hall.cameras.get('cam-1')?.state, hall.orders.size]).toEqual(['offline', 1])
    hall.change(change('camera', 'cam-1', null))
    expect(hall.cameras.size).toBe(0)
  })

  it('gives up what it asks when it stops, without a complaint', async () => {
    const asked = new Map<string, AbortSignal>()
    const read = vi.spyOn(api, 'GET').mockImplementation(((path: string, { signal }: { signal?: AbortSignal } = {}) => {
      if (signal) asked.set(path, signal)
      const empty = { data: { items: [], last: 0, areas: [], features: [] }, response: new Response() }
      if (path !== '/health') return Promise.resolve(empty)
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
    }) as never)
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const hall = useHall()
    hall.start(() => {})
    await vi.advanceTimersByTimeAsync(1500)
    expect(asked.get('/health')?.aborted).toBe(false)
    warn.mockClear()
    hall.stop()
    await vi.advanceTimersByTimeAsync(0)
    expect([asked.get('/health')?.aborted, asked.get('/overview')?.aborted]).toEqual([true, true])
    expect(warn).not.toHaveBeenCalled()
    read.mockRestore()
    warn.mockRestore()
  })

  it('reads nothing again when one camera was edited, and everything when a site file was applied', () => {
    const read = vi.spyOn(api, 'GET').mockReturnValue(new Promise(() => {}) as never)
    const hall = useHall()
    const before = hall.places
    hall.change(change('camera', 'cam-1', aCamera({ name: '新名' })))
    hall.change(change('camera', 'cam-1', aCamera({ name: '新名', state: 'offline' })))
    hall.change(change('site', 'cameras', null))
    expect([hall.cameras.get('cam-1')?.name, hall.places - before, read.mock.calls.length]).toEqual(['新名', 1, 0])
    hall.change(change('site', 'site', null))
    expect((read.mock.calls as unknown[][]).map(([path]) => path)).toEqual(['/site', '/basemap'])
    read.mockRestore()
  })

  it('keeps what was edited while the lists were read, and takes the last reading of two', async () => {
    const answers: { path: string; give: (body: unknown) => void; fail: () => void }[] = []
    const read = vi.spyOn(api, 'GET').mockImplementation(((path: string) =>
      new Promise((resolve, reject) =>
        answers.push({ path, give: (data) => resolve({ data, response: new Response() }), fail: () => reject(new TypeError('failed to fetch')) }),
      )) as never)
    const site = (name: string) => ({ name, time_zone: 'Asia/Shanghai', areas: [], type: 'FeatureCollection', features: [] })
    const answer = async (from: number, name: string, cameras: unknown[]) => {
      for (const a of answers.slice(from, from + 2)) a.give(site(name))
      await vi.advanceTimersByTimeAsync(0)
      const lists = answers.slice(-2)
      return async () => {
        for (const a of lists) a.give({ items: a.path === '/cameras' ? cameras : [], next: '' })
        await vi.advanceTimersByTimeAsync(0)
      }
    }
    const hall = useHall()
    hall.change(change('camera', 'cam-1', aCamera({ name: '旧名' })))
    hall.change(change('site', 'site', null))
    const end = await answer(0, '甲', [aCamera({ name: '旧名' }), aCamera({ id: 'cam-2' })])
    hall.change(change('camera', 'cam-1', aCamera({ name: '新名' })))
    hall.change(change('camera', 'cam-2', null))
    hall.change(change('camera', 'cam-3', aCamera({ id: 'cam-3' })))
    await end()
    expect([hall.name, [...hall.cameras.keys()].sort(), hall.cameras.get('cam-1')?.name]).toEqual(['甲', ['cam-1', 'cam-3'], '新名'])

    hall.change(change('site', 'site', null))
    const older = await answer(4, '乙', [])
    hall.change(change('site', 'site', null))
    await (await answer(8, '丙', [aCamera()]))()
    await older()
    expect([hall.name, hall.cameras.size]).toEqual(['丙', 1])
    read.mockRestore()
  })

  it('reads the site again when it could not be read', async () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}))
    let asked = 0
    let broken = false
    const read = vi.spyOn(api, 'GET').mockImplementation((async (path: string) => {
      if (path === '/site' && ++asked && broken) throw new TypeError('failed to fetch')
      return { data: { last: 0, name: `甲${asked}`, areas: [], items: [], next: '' }, response: new Response() }
    }) as never)
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const hall = useHall()
    hall.start(() => {})
    await vi.advanceTimersByTimeAsync(0)
    expect([hall.loaded, hall.name]).toEqual([true, '甲1'])
    broken = true
    hall.change(change('site', 'site', null))
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked).toBe(3)
    broken = false
    await vi.advanceTimersByTimeAsync(3000)
    expect([asked, hall.name, warn.mock.calls.length]).toEqual([4, '甲4', 2])
    hall.stop()
    read.mockRestore()
    warn.mockRestore()
    vi.unstubAllGlobals()
  })

  it('marks an alert as fresh for one update: when it opens on a page that somebody can see', async () => {
    const hall = useHall()
    hall.change(change('alert', 'a', anAlert({ id: 'a' })))
    expect([...hall.fresh]).toEqual(['a'])
    await nextTick()
    expect([...hall.fresh]).toEqual([])
    hall.change(change('alert', 'a', anAlert({ id: 'a', events: 2 })))
    hall.change(change('alert', 'b', anAlert({ id: 'b', state: 'resolved' })))
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    hall.change(change('alert', 'c', anAlert({ id: 'c' })))
    expect([...hall.fresh]).toEqual([])
  })

  it('shows the newest reading of a sensor, and its curve', () => {
    const hall = useHall()
    hall.change(change('sensor', 'sen-1', aSensor()))
    hall.reading({ sensor: 'sen-1', value: 0.5, at: '2026-05-01T12:00:05.000Z' })
    expect([hall.sensors.get('sen-1')?.value, hall.curves.get('sen-1')?.length]).toEqual([0.5, 1])
  })

  it('knows that the line is lost from its silence alone, and that it is back from a word', () => {
    const hall = useHall()
    hall.heard(Date.now() + 60_000)
    expect([hall.lost, hall.serverNow - Date.now()]).toEqual([false, 60_000])
    vi.advanceTimersByTime(silenceMs + 1)
    hall.now = Date.now()
    expect(hall.lost).toBe(true)
    hall.heard()
    expect([hall.lost, hall.serverNow - Date.now()]).toEqual([false, 60_000])
  })

  it('says for as long as it is behind after a sleep that it is, and its clock is right again with the first word', () => {
    const hall = useHall()
    hall.heard(Date.now() + 60_000)
    vi.setSystemTime(Date.now() + 3_600_000)
    hall.now = Date.now() // its own tick, the first thing a page does when it wakes
    expect([hall.lost, hall.silentMs]).toEqual([true, 3_600_000])
    expect(hall.serverNow - Date.now()).toBe(60_000)
    hall.heard(Date.now() + 61_000)
    expect([hall.lost, hall.serverNow - Date.now()]).toEqual([false, 61_000])
  })
})
