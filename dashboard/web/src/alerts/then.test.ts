// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Component, h } from 'vue'
import { api } from '@/api/client'
import type { Alert, Clip, Me } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { $, buildPage, settle } from '@/testing/page'
import { anAlert, aSensor } from '@/testing/things'
import SpotClip from '@/wall/SpotClip.vue'
import ThenFigure from './ThenFigure.vue'

/** Stand in for the players, which are tested where they are: what they are asked for is seen in their attributes. */
let players: { props: Record<string, unknown>; emit: (name: 'ended' | 'missing') => void }[] = []
const stand = vi.hoisted(() => ({ player: {} as Component, strip: {} as Component }))
vi.mock('@/playback/ClipPlayer.vue', () => ({ get default() { return stand.player } })) // prettier-ignore
vi.mock('@/playback/FilmStrip.vue', () => ({ get default() { return stand.strip } })) // prettier-ignore

const at = Date.parse('2026-05-01T12:00:00.000Z')
const iso = (ms: number) => new Date(at + ms).toISOString()
const aClip = (o: Partial<Clip> = {}): Clip => ({ id: '01C', camera: 'cam-1', area: 'g1', from: iso(-10_000), to: iso(40_000), events: ['01E'], ...o })
const me = (permissions: string[]): Me => ({ username: 'wang', name: '', role: 'operator', area: '', must_change: false, permissions })
const answer = (data: unknown) => ({ data, response: new Response(null, { status: 200 }) })

let page: ReturnType<typeof buildPage>
let clips: Clip[]
let recordings: unknown
let asked: string[]
let sought: number[]

beforeEach(() => {
  page = buildPage()
  document.body.innerHTML = ''
  ;[players, clips, asked, sought] = [[], [aClip()], [], []]
  recordings = { items: [], next: '', state: 'off', bytes: 0, oldest: null }
  stand.player = {
    inheritAttrs: false,
    setup(_: unknown, { attrs, expose }: { attrs: Record<string, unknown>; expose: (o: object) => void }) {
      expose({ seek: (to: number) => sought.push(to) })
      const named = (name: string) => attrs[`on${name[0]!.toUpperCase()}${name.slice(1)}`] as (() => void) | undefined
      const player = { props: attrs, emit: (name: string) => named(name)?.() }
      players.push(player)
      return () => h('div', { 'data-testid': 'player' })
    },
  }
  stand.strip = { emits: ['pick'], setup: (_: unknown, { emit }: { emit: (name: string, at: number) => void }) => () => h('button', { 'data-testid': 'strip', onClick: () => emit('pick', at - 4000) }) }
  useSession().me = me(['footage.view', 'footage.hold'])
  const hall = useHall()
  hall.now = at + 60_000
  vi.spyOn(api, 'GET').mockImplementation((async (path: string) => {
    asked.push(path)
    return answer(path === '/clips' ? { items: clips, next: '' } : recordings)
  }) as never)
})
afterEach(() => {
  page.leave()
  vi.restoreAllMocks()
})
const show = (alert: Partial<Alert> = {}, props = {}) => page.show(ThenFigure, { alert: anAlert({ snapshot: 's.jpg', ...alert }), ...props })

describe('what was to be seen then', () => {
  it('is the still first, and the clip in its place for who asks', async () => {
    const root = await show()
    expect([$(root, 'snapshot') !== null, players.length]).toEqual([true, 0])
    $(root, 'then-play')!.click()
    await settle()
    expect($(root, 'snapshot')).toBeNull()
    expect(players[0]!.props).toMatchObject({ camera: 'cam-1', from: at - 10_000, to: at + 40_000, growing: false })
    $(root, 'then-still')!.click()
    await settle()
    expect([$(root, 'snapshot') !== null, $(root, 'player')]).toEqual([true, null])
  })

  it('begins where a picture of the strip was picked', async () => {
    const root = await show({}, { strip: true })
    $(root, 'strip')!.click()
    await settle()
    expect([players[0]!.props.from, sought]).toEqual([at - 10_000, [at - 4000]])
    $(root, 'strip')!.click()
    await settle()
    expect(sought, 'the same picture once more').toHaveLength(2)
  })

  it('comes live: a clip that begins is there without loading anew, and says that it is being recorded', async () => {
    clips = []
    recordings = { items: [], next: '', state: 'ready', bytes: 0, oldest: null }
    useHall().now = at + 500
    const root = await show()
    expect([$(root, 'then-clip'), $(root, 'then-absent')], 'too early to say that there is none').toEqual([null, null])
    clips = [aClip({ to: null })]
    useHall().change({ id: 1, at: '', topic: 'clip', entity: '01C', area: 'g1', data: clips[0] })
    await settle()
    expect($(root, 'then-growing')?.textContent).toBe('录制中')
    clips = [aClip()]
    useHall().change({ id: 2, at: '', topic: 'clip', entity: '01C', area: 'g1', data: clips[0] })
    await settle()
    expect([$(root, 'then-growing'), $(root, 'then-clip') !== null]).toEqual([null, true])
  })

  it.each([
    ['off', null, '这路摄像机不录像'],
    ['ready', iso(86_400_000), '当时的录像已过保存期，已删除'],
    ['failing', null, '录像磁盘写不进去，当时没有录像'],
    ['ready', null, '当时没有录到画面'],
  ])('says in one sentence why there is no clip: %s, oldest %s', async (state, oldest, words) => {
    clips = []
    recordings = { items: [], next: '', state, bytes: 0, oldest }
    const root = await show()
    expect($(root, 'then-absent')?.textContent).toBe(words)
    expect([$(root, 'then-play'), $(root, 'then-hold')]).toEqual([null, null])
  })

  it('of a sensor is seen by the camera that looks at it', async () => {
    useHall().sensors.set('sen-1', aSensor({ camera: 'cam-1' }))
    const root = await show({ source: 'sen-1', source_type: 'sensor', snapshot: '' })
    $(root, 'then-clip')!.click()
    await settle()
    expect(players[0]!.props.camera).toBe('cam-1')
  })

  it('may be several clips, of which the one at the opening comes first', async () => {
    clips = [aClip({ id: '2', from: iso(40_000), to: null }), aClip()]
    const root = await show()
    expect(root.querySelector('.which')?.textContent).toBe('‹1/2›')
    root.querySelector<HTMLElement>('.which button:last-child')!.click()
    $(root, 'then-clip')!.click()
    await settle()
    expect(players.at(-1)!.props).toMatchObject({ from: at + 40_000, growing: true })
  })

  it('is nothing but the still for who may see no footage: it is not even asked for', async () => {
    useSession().me = me([])
    const root = await show({}, { strip: true })
    expect([$(root, 'snapshot') !== null, $(root, 'then-clip'), $(root, 'strip'), asked]).toEqual([true, null, null, []])
  })

  it.each([['operator', true], ['grid', false], ['wall', false]] as const)('without a clip is what the camera has of it, for who may see that: %s', async (role, may) => {
    clips = []
    recordings = { items: [{ from: iso(-60_000), to: iso(60_000), mime: 'video/mp4' }], next: '', state: 'running', bytes: 1, oldest: null }
    useSession().me = { ...me(['footage.view']), role }
    const root = await show()
    expect($(root, 'then-clip') !== null).toBe(may)
  })

  it('may be held by who may hold', async () => {
    HTMLDialogElement.prototype.showModal ??= () => {}
    const posted: unknown[] = []
    vi.spyOn(api, 'POST').mockImplementation((async (path: string, o: { body: unknown }) => {
      posted.push([path, o.body])
      return answer({})
    }) as never)
    const root = await show()
    $(root, 'then-hold')!.click()
    await settle()
    const why = $(root, 'hold-why') as HTMLTextAreaElement
    why.value = ' 交警调取 '
    why.dispatchEvent(new Event('input'))
    await settle()
    root.querySelector('form')!.dispatchEvent(new Event('submit'))
    await settle()
    expect(posted).toEqual([['/holds', { camera: 'cam-1', from: iso(-10_000), to: iso(40_000), why: '交警调取' }]])
    expect([$(root, 'then-hold')?.textContent, $(root, 'sheet-hold')]).toEqual(['已留存', null])
  })
})

describe('the seconds on the spotlight', () => {
  const spot = async (o: Partial<Alert>) => page.show(SpotClip, { alert: anAlert(o) })

  it('go round while nobody has acknowledged', async () => {
    const root = await spot({ state: 'open' })
    expect(players[0]!.props).toMatchObject({ from: at - 10_000, to: at + 20_000, growing: false, repeat: true, autoplay: '', compact: '' })
    players[0]!.emit('ended')
    await settle()
    expect($(root, 'spot-clip')).not.toBeNull()
  })

  it('go to their end once it is acknowledged, and leave the picture to what is there now', async () => {
    const root = await spot({ state: 'acknowledged' })
    expect(players[0]!.props.repeat).toBe(false)
    players[0]!.emit('ended')
    await settle()
    expect($(root, 'spot-clip')).toBeNull()
  })

  it('follow a clip that has only begun, and are nothing where there is none', async () => {
    clips = [aClip({ to: null })]
    useHall().now = at + 2000
    await spot({ state: 'open' })
    expect(players[0]!.props).toMatchObject({ to: 0, growing: true })
    clips = []
    const root = await spot({ id: '2' })
    expect($(root, 'spot-clip')).toBeNull()
  })
})
