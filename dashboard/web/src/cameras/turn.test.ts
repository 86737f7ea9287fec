// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import AlertPictures from '@/alerts/AlertPictures.vue'
import type { Translate } from '@/alerts/why'
import { api } from '@/api/client'
import type { Me, PTZ, PTZAct } from '@/api/types'
import { buildI18n } from '@/i18n'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { $, buildPage, settle } from '@/testing/page'
import { aCamera, anAlert } from '@/testing/things'
import { Hold, leftOf, repeatMs, turnReasons, wayOf, whyStill } from './turn'
import TurnPad from './TurnPad.vue'

describe('the words and ways of turning', () => {
  const [zh, en] = (['zh-CN', 'en'] as const).map((l) => buildI18n(l).global.t as Translate)

  it.each([...turnReasons, 'no_answer', 'auth_refused', 'faulty'])('says %s in both languages', (code) => {
    const said = [zh!, en!].map((t) => whyStill({ code, reason: '服务器的话' }, t))
    expect(said).not.toContain('服务器的话')
    expect(said[0]).toMatch(/[\u4e00-\u9fff]/)
    expect(said[1]).toMatch(/^[\x20-\x7e]+$/)
  })

  it('leaves to the server what the page does not know', () => {
    expect([whyStill({ code: 'meteor', reason: '服务器的话' }, en!), whyStill({ code: '', reason: '' }, en!)]).toEqual(['服务器的话', ''])
  })

  it('follows the keys that are down together', () => {
    expect(wayOf(['ArrowUp', 'ArrowLeft'])).toEqual({ pan: -1, tilt: 1, zoom: 0 })
    expect(wayOf(['+', '='])).toEqual({ pan: 0, tilt: 0, zoom: 1 })
    expect([wayOf(['ArrowLeft', 'ArrowRight']), wayOf(['a']), wayOf([])]).toEqual([null, null, null])
  })

  it('counts the seconds of a lock', () => {
    const lock = { username: 'a', name: 'A', priority: 1, since: '2026-05-01T12:00:00.000Z', until: '2026-05-01T12:00:30.000Z' }
    expect([leftOf(lock, Date.parse(lock.since)), leftOf(lock, Date.parse(lock.until) + 1)]).toEqual([30, 0])
  })
})

describe('a movement that is held', () => {
  let told: string[]
  let answer: (() => Promise<boolean>) | undefined
  const right = { pan: 1, tilt: 0, zoom: 0 }
  const hold = () => new Hold((a) => (told.push(a.action === 'move' ? `${a.pan} ${a.tilt} ${a.zoom}` : a.action), answer?.() ?? Promise.resolve(true)), () => 0.5)
  beforeEach(() => {
    vi.useFakeTimers()
    told = []
    answer = undefined
  })
  afterEach(() => vi.useRealTimers())

  it('is said again while it is held, and stopped once', async () => {
    const h = hold()
    h.turn(right)
    await vi.advanceTimersByTimeAsync(2 * repeatMs + 10)
    h.release()
    h.release()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toEqual(['0.5 0 0', '0.5 0 0', '0.5 0 0', 'stop'])
  })

  it('asks one thing at a time, then the newest, and stops without waiting', async () => {
    const h = hold()
    answer = () => new Promise((done) => setTimeout(() => done(true), 1000))
    h.turn(right)
    h.turn({ pan: -1, tilt: 0, zoom: 0 })
    h.turn({ pan: 0, tilt: 1, zoom: 0 })
    await vi.advanceTimersByTimeAsync(1000)
    expect(told).toEqual(['0.5 0 0', '0 0.5 0'])
    h.release()
    expect(told.at(-1)).toBe('stop')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toHaveLength(3)
  })

  it('says no more when the camera does not do it', async () => {
    const h = hold()
    answer = () => Promise.resolve(false)
    h.turn(right)
    await vi.advanceTimersByTimeAsync(10_000)
    h.release()
    expect(told).toEqual(['0.5 0 0'])
  })
})

describe('the pad', () => {
  let page: ReturnType<typeof buildPage>
  let acts: PTZAct[]
  let ptz: PTZ
  let refused: { code: string; message: string } | null
  const lock = (username: string, name: string) => ({ username, name, priority: 2, since: new Date().toISOString(), until: new Date(useHall().serverNow + 20_000).toISOString() })

  beforeEach(() => {
    document.body.innerHTML = ''
    acts = []
    refused = null
    ptz = { camera: 'gate', presets: [{ token: '1', name: '大门' }], lock: null, code: '', reason: '' }
    page = buildPage()
    useSession().me = { username: 'wang', name: '王', role: 'operator', area: '', must_change: false, permissions: ['camera.ptz'] } as Me
    vi.spyOn(api, 'GET').mockImplementation((async () => ({ data: ptz, response: new Response() })) as unknown as typeof api.GET)
    vi.spyOn(api, 'POST').mockImplementation((async (path: string, o: { body?: PTZAct }) => {
      if (path.endsWith('/release')) ptz = { ...ptz, lock: null }
      else acts.push(o.body!)
      if (refused) return { error: refused, response: new Response(null, { status: 409 }) }
      if (!path.endsWith('/release')) ptz = { ...ptz, lock: lock('wang', '王') }
      return { data: ptz, response: new Response() }
    }) as unknown as typeof api.POST)
  })
  afterEach(() => {
    page.leave()
    vi.restoreAllMocks()
  })
  const say = (target: Element | null, type: string, o: Record<string, unknown> = {}) => target!.dispatchEvent(Object.assign(new Event(type, { bubbles: true, cancelable: true }), { button: 0, pointerId: 1, ...o }))

  it('turns while a button is held, by finger and by key, and says who has the camera', async () => {
    const root = await page.show(TurnPad, { camera: 'gate' })
    expect($(root, 'turn-who')!.textContent).toContain('无人控制')
    say($(root, 'turn-upLeft'), 'pointerdown')
    await settle()
    say($(root, 'turn-upLeft'), 'pointerup')
    await settle()
    expect(acts).toEqual([{ action: 'move', pan: -0.5, tilt: 0.5, zoom: 0 }, { action: 'stop' }])
    expect($(root, 'turn-who')!.textContent).toMatch(/由你控制，还有 20 秒/)
    acts.length = 0
    say($(root, 'turn-closer'), 'keydown', { key: ' ' })
    say($(root, 'turn-closer'), 'keydown', { key: ' ', repeat: true })
    await settle()
    say($(root, 'turn-closer'), 'keyup', { key: ' ' })
    say($(root, 'turn-home'), 'keydown', { key: 'ArrowRight' })
    await settle()
    say($(root, 'turn-home'), 'focusout')
    await settle()
    expect(acts.map((a) => [a.action, a.pan ?? 0, a.zoom ?? 0])).toEqual([['move', 0, 0.5], ['stop', 0, 0], ['move', 0.5, 0], ['stop', 0, 0]])
    $(root, 'turn-release')!.click()
    await settle()
    expect($(root, 'turn-who')!.textContent).toContain('无人控制')
  })

  it('stops when the page is left in the middle of it', async () => {
    const root = await page.show(TurnPad, { camera: 'gate' })
    say($(root, 'turn-down'), 'pointerdown')
    page.leave()
    await settle()
    expect(acts.map((a) => a.action)).toEqual(['move', 'stop'])
    acts.length = 0
    const again = await page.show(TurnPad, { camera: 'gate' })
    say($(again, 'turn-down'), 'pointerdown')
    window.dispatchEvent(new Event('blur'))
    await settle()
    expect(acts.map((a) => a.action)).toEqual(['move', 'stop'])
  })

  it('says who has it when it is refused', async () => {
    const root = await page.show(TurnPad, { camera: 'gate' })
    refused = { code: 'conflict', message: 'Li (li) turns this camera' }
    ptz = { ...ptz, lock: lock('li', '李') }
    say($(root, 'turn-up'), 'pointerdown')
    await settle()
    expect($(root, 'turn-fault')!.textContent).toMatch(/李 正在控制这台摄像机，最多 20 秒后可用/)
    expect($(root, 'turn-who')!.textContent).toContain('李 正在控制')
    expect($(root, 'turn-release')).toBeNull()
    say($(root, 'turn-up'), 'pointerup')
    await settle()
    expect(acts.map((a) => a.action)).toEqual(['move'])
  })

  it('goes to presets, saves and removes them, the last two when one is sure', async () => {
    const root = await page.show(TurnPad, { camera: 'gate' })
    $(root, 'preset-go')!.click()
    await settle()
    for (const which of ['preset-replace', 'preset-remove']) {
      $(root, which)!.click()
      await settle()
      expect($(root, which)!.textContent).toContain('确定')
      $(root, which)!.click()
      await settle()
    }
    const input = $(root, 'preset-name') as HTMLInputElement
    input.value = ' 院子 '
    input.dispatchEvent(new Event('input'))
    await nextTick()
    input.form!.dispatchEvent(new Event('submit', { cancelable: true }))
    await settle()
    expect(acts).toEqual([
      { action: 'goto', preset: '1' }, { action: 'set_preset', preset: '1', name: '大门' }, { action: 'remove_preset', preset: '1', name: '' }, { action: 'set_preset', name: '院子' },
    ]) // prettier-ignore
    expect($(root, 'preset-said')!.textContent).toBe('已保存：院子')
    expect(input.value).toBe('')
  })

  it('is opened beside an alert by who may turn the camera that sees it', async () => {
    const [turned, fixed] = [aCamera({ id: 'cam-1', onvif: { address: '10.0.0.1:80' } }), aCamera({ id: 'cam-2' })]
    for (const c of [turned, fixed]) useHall().cameras.set(c.id, c)
    const open = async (source: string) => $(await page.show(AlertPictures, { alert: anAlert({ source, snapshot: 's' }), near: '' }), 'alert-turn')
    useHall().cameras.set('cam-3', aCamera({ id: 'cam-3', onvif: { address: '10.0.0.1:80' }, disabled: true }))
    expect([await open('cam-2'), await open('cam-3')]).toEqual([null, null])
    const details = (await open('cam-1')) as HTMLDetailsElement
    expect(details.querySelector('[data-testid="turn-who"]')).toBeNull()
    details.open = true
    details.dispatchEvent(new Event('toggle'))
    await settle()
    expect(details.querySelector('[data-testid="turn-who"]')).not.toBeNull()
    useSession().me = { ...useSession().me!, permissions: ['live.view'] }
    expect(await open('cam-1')).toBeNull()
  })

  it('has no buttons for a camera that does not turn', async () => {
    ptz = { ...ptz, code: 'no_ptz', reason: '服务器的话' }
    const root = await page.show(TurnPad, { camera: 'gate' })
    expect($(root, 'turn-plain')!.textContent).toContain('不能转动')
    expect($(root, 'turn-up')).toBeNull()
  })

  it('stays usable while a camera answers badly', async () => {
    const root = await page.show(TurnPad, { camera: 'gate' })
    ptz = { ...ptz, code: 'no_answer', reason: '服务器的话' }
    say($(root, 'turn-up'), 'pointerdown')
    await settle()
    expect($(root, 'turn-fault')!.textContent).toContain('没有应答')
    expect($(root, 'turn-up')).not.toBeNull()
  })
})
