// What happened before an alert, as everybody whom it concerns sees it: the wall, the operator, the dispatcher, the grid worker
// on a phone; and who watched it, who holds it.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Alert, Clip, LedgerRow } from '../src/api/types'
import { Api } from './api'
import { Faults, launch, logIn, open } from './browser'
import { Hall } from './hall'
import { until } from './until'

const hall = new Hall()
const faults = new Faults()
let browser: Browser
let api: Api
let wall: Page
let desk: Page
let flood: Alert
let clip: Clip

beforeAll(async () => {
  await hall.start()
  api = await Api.logIn(hall, 'operator')
  browser = await launch()
  wall = await open(browser, faults, `${hall.url}/wall`) // a screen that nobody has logged in at: it sees clips of live alerts alone
  await record(wall)
})
beforeEach(({ onTestFailed }) => {
  faults.expected = []
  onTestFailed(async () => {
    console.error(hall.log('zhihui'), hall.log('sitesim'))
    if (process.env.SCREENSHOTS) await (desk ?? wall).screenshot({ path: `${process.env.SCREENSHOTS}/footage-failed.png` })
  })
})
afterEach(() => expect(faults.take(), 'complaints of the browser').toEqual([]))
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

const opened = () => Date.parse(flood.opened_at)
const clipsOf = async (who: Api, alert: string) => (await who.get<{ items: Clip[] }>(`/clips?alert=${alert}`)).items
const footage = (who: Api, from: number) => who.fetch(`/cameras/cam-01/footage?from=${new Date(from).toISOString()}&for=1000`)
/** From now on the page keeps how its clip stands ten times a second, so that nothing is missed while the test looks elsewhere. */
const record = (page: Page) =>
  page.evaluate(() => {
    const seen: number[] = []
    Object.assign(window, { seen })
    window.setInterval(() => {
      const clip = document.querySelector<HTMLElement>('[data-testid="clip-player"][data-state="playing"]')
      if (clip) seen.push(Number(clip.dataset.at))
    }, 100)
  })
/** The times of the pictures that have been played, in seconds since the opening. */
const played = async (page: Page) => (await page.evaluate(() => (window as unknown as { seen: number[] }).seen)).map((at) => (at - opened()) / 1000)

it('has the seconds before an alert within 2 s of it, and the large tile of the wall plays them', async () => {
  flood = await until('the underpass', 90_000, async () => (await api.alerts('state=open')).find((a) => a.source === 'water-underpass'))
  clip = await until('its clip', 5000, async () => (await clipsOf(api, flood.id))[0])
  await until('its pictures', 5000, async () => (await footage(api, opened() - 9000)).status === 200)
  expect(Date.now() - opened(), 'ms from the opening to a clip that plays').toBeLessThan(2000)
  expect([clip.camera, clip.to, opened() - Date.parse(clip.from)]).toEqual(['cam-01', null, expect.toSatisfy((ms: number) => ms >= 10_000)])
  await until('the wall to play them', 20_000, async () => (await played(wall)).some((at) => at < -5))
})

it('stands on the alert’s page in the place of the still, which comes first, and moves nothing there', async () => {
  desk = await logIn(browser, faults, hall, 'operator', `/console/alerts/${flood.id}`)
  await desk.getByTestId('then-play').waitFor()
  expect(await desk.getByTestId('clip-player').count(), 'nothing is loaded before somebody asks').toBe(0)
  expect(await desk.getByTestId('then-growing').textContent()).toBe('录制中')
  const place = () => desk.getByTestId('act-acknowledge').evaluate((e) => e.getBoundingClientRect().top)
  const before = await place()
  await record(desk)
  await desk.keyboard.press('p')
  await desk.waitForURL('**see=clip')
  await until('the seconds before and what came then', 30_000, async () => Math.min(...(await played(desk))) < -5 && Math.max(...(await played(desk))) > 0)
  expect(await place()).toBe(before)
  await desk.goBack()
  await desk.getByTestId('then-play').waitFor()
})

it('goes round on the wall until somebody acknowledges, and then to its end', async () => {
  await until('the second time', 90_000, async () => {
    const all = await played(wall)
    const end = all.findIndex((at) => at > 15)
    return end >= 0 && all.slice(end).some((at) => at < 0)
  })
  await desk.keyboard.press('a')
  const mine = async () => (await wall.getByTestId('spot-clip').count()) > 0 && (await wall.getByTestId('tile-cam-01').getByTestId('spot-clip').count()) > 0
  await expect.poll(mine, { timeout: 45_000 }).toBe(false)
})

it('is nothing to a grid worker whose order it is not, and a strip of pictures on the phone of the one whose it is', async () => {
  const [grid, dispatcher] = [await Api.logIn(hall, 'grid'), await Api.logIn(hall, 'dispatcher')]
  expect([await clipsOf(grid, flood.id), (await footage(grid, opened())).status]).toEqual([[], 404])
  const { order } = await until('its order', 10_000, async () => { const a = await api.get<Alert>(`/alerts/${flood.id}`); return a.order ? a : null }) // prettier-ignore
  for (const step of [{ action: 'accept' }, { action: 'dispatch', assignee: 'grid' }]) expect((await dispatcher.post(`/orders/${order}/transitions`, step)).status).toBe(200)
  expect((await clipsOf(grid, flood.id)).map((c) => c.id)).toEqual([clip.id])

  const phone = await logIn(browser, faults, hall, 'grid', '/console/orders')
  await phone.setViewportSize({ width: 390, height: 844 })
  let bytes = 0
  phone.on('requestfinished', async (r) => { if (r.url().includes('/footage')) bytes += (await r.sizes()).responseBodySize }) // prettier-ignore
  await phone.goto(`${hall.url}/console/orders/${order}`)
  await phone.getByTestId('film-strip').scrollIntoViewIfNeeded()
  await expect.poll(() => phone.locator('[data-testid^="film-"][data-taken="true"]').count(), { timeout: 60_000 }).toBe(6)
  expect(bytes, 'bytes of the strip').toBeGreaterThan(0)
  expect(bytes, 'bytes of the strip').toBeLessThan(300_000)
  expect(await phone.getByTestId('clip-player').count(), 'the clip comes by a tap').toBe(0)
  expect(await phone.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing is wider than the phone').toBe(true)
  await phone.getByTestId('film-1').click()
  await expect.poll(() => phone.getByTestId('clip-player').getAttribute('data-state'), { timeout: 15_000 }).toBe('playing')
  await phone.context().close()
})

it('is held by the dispatcher with a reason, and lifted with another', async () => {
  const page = await logIn(browser, faults, hall, 'dispatcher', `/console/alerts/${flood.id}`)
  await page.getByTestId('then-hold').click()
  await page.getByTestId('hold-why').fill('防汛办调取')
  await page.getByTestId('hold-make').click()
  await expect.poll(() => page.getByTestId('then-hold').textContent()).toBe('已留存')
  await page.goto(`${hall.url}/console/holds`)
  const row = page.locator('[data-camera="cam-01"]')
  await expect.poll(() => row.textContent()).toMatch(/和安大街下穿通道[\s\S]*防汛办调取[\s\S]*dispatcher/)
  await row.getByTestId('hold-lift').click()
  await page.getByTestId('lift-why').fill('已复制')
  await page.getByTestId('lift').click()
  await row.waitFor({ state: 'detached' })
  await page.getByTestId('holds-all').click()
  await expect.poll(() => row.textContent()).toMatch(/解除[\s\S]*已复制/)
  await page.context().close()
  const viewer = await logIn(browser, faults, hall, 'viewer', '/console/holds')
  await viewer.getByTestId('holds').waitFor()
  expect([await viewer.getByTestId('hold-new').count(), await viewer.getByTestId('hold-lift').count()], 'a viewer only reads').toEqual([0, 0])
  await viewer.context().close()
})

it('is known to the ledger: who watched, who held and lifted', async () => {
  const admin = await Api.logIn(hall, 'admin')
  const rows = async (action: string) => (await admin.get<{ items: LedgerRow[] }>(`/ledger?action=${action}&limit=500`)).items
  const seen = await until('the views', 20_000, async () => {
    const by = (await rows('watch.')).filter((r) => r.entity === 'cam-01' && r.action === 'watch.playback').map((r) => r.by)
    return ['operator', 'grid'].every((who) => by.includes(who)) ? by : null
  })
  expect(seen.filter((who) => who === 'operator').length, 'who comes back within ten minutes goes on with the same view').toBeLessThanOrEqual(2)
  expect((await rows('hold.')).map((r) => [r.action, r.by])).toEqual([['hold.lift', 'dispatcher'], ['hold.put', 'dispatcher']])
})

it('says in one sentence why there is none where the camera is not recorded', async () => {
  const gone = await until('a block without power', 120_000, async () => (await api.alerts('')).find((a) => a.kind === 'camera_offline' && a.source === 'cam-04'))
  await desk.goto(`${hall.url}/console/alerts/${gone.id}`)
  await expect.poll(() => desk.getByTestId('then-absent').textContent(), { timeout: 15_000 }).toBe('这路摄像机不录像')
})
