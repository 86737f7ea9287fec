// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api/client'
import type { Me } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { $, buildPage } from '@/testing/page'
import { aCamera } from '@/testing/things'
import { fetchPiece, footageUrl, downloadUrl } from './footage'
import { commandOf } from './keys'
import SpanActions from './SpanActions.vue'
import TimeLine from './TimeLine.vue'
import TransportBar from './TransportBar.vue'

const noon = Date.parse('2026-05-01T12:00:00+08:00')
const me = (...permissions: string[]): Me => ({ username: 'u', name: '', role: 'viewer', area: '', must_change: false, permissions })

describe('the pages of footage', () => {
  let page: ReturnType<typeof buildPage>
  beforeEach(() => {
    page = buildPage()
    document.body.innerHTML = ''
    useHall().cameras.set('cam-1', aCamera())
  })
  afterEach(() => {
    page.leave()
    vi.unstubAllGlobals()
  })

  const line = {
    cameras: ['cam-1', 'cam-2'], rows: new Map([['cam-1', { spans: [{ from: noon - 1000, to: noon + 1000, mime: 'a' }, { from: noon + 9e6, to: noon + 9.1e6, mime: 'a' }], clips: [], state: 'running' }], ['cam-2', { spans: [], clips: [], state: 'off' }]]),
    events: [{ id: 'e', source: 'cam-1', kind: 'intrusion', severity: 'red', facts: {}, opened_at: new Date(noon).toISOString() }, { id: 'f', source: 'cam-1', kind: 'intrusion', severity: 'red', facts: {}, opened_at: new Date(noon + 9e6).toISOString() }],
    holds: [], at: noon, view: { from: noon - 10_000, to: noon + 10_000 }, chosen: null, choosing: false, focus: 'cam-1',
  } // prettier-ignore

  it('the line of time shows what of a camera lies in it, and says which is not recorded', async () => {
    const seek = vi.fn()
    const root = await page.show(TimeLine, { ...line, onSeek: seek })
    expect($(root, 'line-cam-1')!.dataset).toMatchObject({ spans: '1', events: '1' })
    expect($(root, 'line-cam-1')!.querySelector<HTMLElement>('.span')!.style.cssText).toBe('left: 45.000%; width: 10.000%;')
    expect($(root, 'line-cam-2')!.textContent).toContain('不录像')
    expect($(root, 'mark-e')!.getAttribute('aria-label')).toBe('区域闯入 · 05-01 12:00:00')
    $(root, 'mark-e')!.click()
    expect(seek).toHaveBeenCalledWith(noon - 5000)
    expect($(root, 'track')!.getAttribute('aria-valuetext')).toBe('05-01 12:00:00')
  })

  it('a chosen span is taken away and held by who may', async () => {
    const span = { camera: 'cam-1', spans: [{ from: noon - 60_000, to: noon, mime: 'a' }, { from: noon, to: noon + 60_000, mime: 'b' }], choosing: false }
    useSession().me = me('footage.view')
    const viewer = await page.show(SpanActions, { ...span, chosen: { from: noon - 5000, to: noon - 1000 } })
    expect([$(viewer, 'download'), $(viewer, 'hold'), $(viewer, 'chosen')?.textContent]).toEqual([null, null, '4 秒'])
    useSession().me = me('footage.view', 'footage.export', 'footage.hold')
    const dispatcher = await page.show(SpanActions, { ...span, chosen: { from: noon - 5000, to: noon - 1000 } })
    expect($(dispatcher, 'download')!.getAttribute('href')).toBe(downloadUrl('cam-1', noon - 5000, noon - 1000))
    expect($(dispatcher, 'hold')).not.toBeNull()
    const both = await page.show(SpanActions, { ...span, chosen: { from: noon - 5000, to: noon + 5000 } })
    expect($(both, 'download-fault')?.textContent).toContain('05-01 12:00:00 起编码变了')
  })

  it('the buttons say which time it is, how far the cameras are apart and why there are fewer pictures', async () => {
    const status = { at: noon + 42, playing: true, running: true, rate: 4, keys: true, spread: 130, ended: false, reels: {} }
    const root = await page.show(TransportBar, { status })
    expect($(root, 'playback-clock')?.textContent).toBe('2026-05-01 12:00:00.042')
    expect($(root, 'keys-only')?.textContent).toContain('只放关键帧')
    expect([$(root, 'spread')?.textContent, $(root, 'spread')?.classList.contains('apart')]).toEqual(['同步误差 130 毫秒', true])
    expect($(root, 'speed-4')?.getAttribute('aria-pressed')).toBe('true')
  })

  it('keys are commands but where somebody types or a button is meant', () => {
    const key = (name: string, target: Element = document.body, more = {}) => commandOf(Object.defineProperty(new KeyboardEvent('keydown', { key: name, ...more }), 'target', { value: target }))
    expect([key(' '), key(','), key('.'), key('ArrowLeft'), key('+'), key('I'), key('x')]).toEqual(['toggle', 'pictureBack', 'pictureOn', 'back', 'in', 'begin', null])
    expect([key(' ', document.createElement('button')), key('.', document.createElement('input')), key('-', document.body, { ctrlKey: true }), key(' ', document.body, { repeat: true })]).toEqual([null, null, null, null])
    expect(key('.', document.body, { repeat: true })).toBe('pictureOn')
  })

  describe('a clip', () => {
    let inSight: (seen: boolean) => void
    beforeEach(() => {
      vi.stubGlobal('IntersectionObserver', class {
        constructor(told: (e: { isIntersecting: boolean }[]) => void) {
          inSight = (seen) => told([{ isIntersecting: seen }])
        }
        observe() {}
        disconnect() {}
      }) // prettier-ignore
    })
    it('fetches nothing before it is seen, and says in one sentence that there is nothing', async () => {
      const { default: ClipPlayer } = await import('./ClipPlayer.vue')
      const asked = vi.fn(async () => new Response(JSON.stringify({ code: 'not_found', message: 'none' }), { status: 404 }))
      vi.stubGlobal('fetch', asked)
      const [missing, fault] = [vi.fn(), vi.fn()]
      const root = await page.show(ClipPlayer, { camera: 'cam-1', from: noon, to: noon + 30_000, onMissing: missing, onFault: fault })
      expect([asked.mock.calls.length, $(root, 'clip-player')?.dataset.state]).toEqual([0, 'waiting'])
      inSight(true)
      await vi.waitFor(() => expect(missing).toHaveBeenCalled())
      await nextTick()
      expect([$(root, 'clip-player')?.dataset.state, root.querySelector('.said')?.textContent]).toEqual(['gap', '这段时间没有录像。'])
      expect(fault).toHaveBeenCalledTimes(1)
    })
  })
})

describe('a piece', () => {
  const answer = (status: number, headers: Record<string, string>, body: BodyInit = '') => vi.stubGlobal('fetch', async () => new Response(body, { status, headers }))
  const asked = { camera: 'a b', from: noon, for: 3000, origin: 5 }
  const get = () => fetchPiece(asked, new AbortController().signal)
  beforeEach(() => vi.stubGlobal('MediaSource', { isTypeSupported: (mime: string) => mime.includes('avc1') }))
  afterEach(() => vi.unstubAllGlobals())

  it('is asked for by its camera, its time and what of it is wanted', () => {
    expect(footageUrl(asked)).toBe('/api/v1/cameras/a%20b/footage?from=2026-05-01T04%3A00%3A00.000Z&for=3000&origin=5&sound=false')
    expect(footageUrl({ ...asked, keysEvery: 2000, sound: true })).toContain('&sound=true&keys=true&every=2000')
  })
  it('is fetched where this browser plays it, else only named', async () => {
    const where = { 'zhihui-from': '10', 'zhihui-to': '20' }
    answer(200, { ...where, 'content-type': 'video/mp4; codecs="avc1.1"' }, new Uint8Array([1, 2]))
    expect(await get()).toEqual({ from: 10, to: 20, mime: 'video/mp4; codecs="avc1.1"', bytes: expect.any(ArrayBuffer) })
    answer(200, { ...where, 'content-type': 'video/mp4; codecs="hvc1.1"' }, new Uint8Array([1, 2]))
    expect(await get()).toMatchObject({ mime: 'video/mp4; codecs="hvc1.1"', bytes: null })
  })
  it('is none where there is none, and a refusal is thrown', async () => {
    answer(404, { 'zhihui-next': '99' }, '{"code":"not_found"}')
    expect(await get()).toEqual({ next: 99 })
    answer(404, {}, '{"code":"not_found"}')
    expect(await get()).toEqual({ next: null })
    answer(403, {}, '{"code":"forbidden","message":"no"}')
    await expect(get()).rejects.toEqual(new ApiError(403, 'forbidden', 'no'))
    answer(502, {}, '<html>')
    await expect(get()).rejects.toMatchObject({ code: 'internal' })
  })
})

