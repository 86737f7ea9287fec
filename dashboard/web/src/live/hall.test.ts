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
