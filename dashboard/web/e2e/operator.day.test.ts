// A shift of an operator as it is worked at: by keys alone, two people at two desks.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Alert, LedgerRow } from '../src/api/types'
import { Api } from './api'
import { Faults, launch, logIn, tiles } from './browser'
import { Hall } from './hall'
import { until } from './until'

const hall = new Hall()
const faults = new Faults()
let browser: Browser
let api: Api
let desk: Page
let other: Page

beforeAll(async () => {
  await hall.start()
  api = await Api.logIn(hall, 'operator')
  browser = await launch()
  desk = await logIn(browser, faults, hall, 'operator', '/console/alerts')
})
beforeEach(({ onTestFailed }) => {
  faults.expected = []
  onTestFailed(async () => {
    console.error(hall.log('zhihui'), hall.log('sitesim'))
    if (process.env.SCREENSHOTS) await desk.screenshot({ path: `${process.env.SCREENSHOTS}/operator-failed.png` })
  })
})
afterEach(() => expect(faults.take(), 'complaints of the browser').toEqual([]))
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

const selected = (page: Page) => page.url().match(/alerts\/([^/?]+)/)?.[1] ?? ''
const state = (page: Page) => page.getByTestId('alert-detail').getAttribute('data-state')
const alert = (id: string) => api.get<Alert>(`/alerts/${id}`)
const rows = (page: Page) => page.locator('[data-row]').evaluateAll((all) => all.map((r) => (r as HTMLElement).dataset.row!))
/** An alert that nobody has seen to and that will stay for a while: a sensor's, or a camera that is gone. */
const lasting = async () => (await api.alerts('state=open')).filter((a) => a.source_type === 'sensor' || a.kind.startsWith('camera_'))

async function show(page: Page, id: string): Promise<void> {
  await page.goto(`${hall.url}/console/alerts/${id}`)
  await page.getByTestId('alert-detail').waitFor()
}

it('opens what waits, with its picture, what is to be seen there now, and what stands around', async () => {
  await until('two alerts', 90_000, async () => (await lasting()).length >= 2)
  await desk.getByTestId('alert-detail').waitFor()
  const flood = await until('the underpass', 90_000, async () => (await api.alerts('')).find((a) => a.source === 'water-underpass'))
  await show(desk, flood.id)
  if (flood.snapshot) await desk.getByTestId('snapshot').waitFor()
  await expect.poll(async () => (await tiles(desk))[0]?.state, { timeout: 30_000 }).toBe('live')
  await desk.getByTestId('nearby').waitFor()
  await desk.locator('[data-testid^="near-"]').first().click()
  await desk.getByTestId('neighbour').waitFor()
  expect(desk.url()).toContain('near=')
  await desk.reload()
  await desk.getByTestId('neighbour').waitFor()
})

it('hears of a new alert by its colour, without losing the place it is at', async () => {
  const before = await until('something picked', 20_000, () => selected(desk))
  const known = await rows(desk)
  const place = () => desk.locator(`[data-row="${before}"]`).evaluateAll((r) => r.map((e) => Math.round(e.getBoundingClientRect().top)))
  const at = await place()
  await desk.locator('body').click({ position: { x: 700, y: 5 } })
  const heard = () => desk.getByTestId('sound').evaluate((e) => Number(e.dataset.red) + Number(e.dataset.orange) + Number(e.dataset.yellow))
  const count = await heard()
  await until('a new row', 120_000, async () => (await rows(desk)).some((id) => !known.includes(id)))
  await expect.poll(heard, { timeout: 120_000 }).toBeGreaterThan(count)
  expect(selected(desk), 'nothing new steals the selection').toBe(before)
  const now = await place()
  if (now.length > 0) expect(now, 'nothing new moves the row one is at').toEqual(at) // it is over by then where it is gone
})

it('moves by J and K, and leaves letters alone where somebody types', async () => {
  const all = await rows(desk)
  await show(desk, all[0]!)
  await desk.keyboard.press('j')
  await expect.poll(() => selected(desk)).not.toBe(all[0])
  await desk.keyboard.press('ArrowUp')
  await expect.poll(() => selected(desk)).toBe(all[0])
  await desk.keyboard.press('/')
  await desk.keyboard.type('ajk')
  expect(await desk.getByTestId('search').inputValue()).toBe('ajk')
  expect(selected(desk)).toBe(all[0])
  await desk.keyboard.press('Escape')
  await desk.getByTestId('search').fill('')
  await desk.keyboard.press('Escape')
  await desk.keyboard.press('?')
  await desk.getByTestId('sheet-help').waitFor()
  expect(desk.url()).toContain('sheet=help')
  await desk.goBack()
  await desk.getByTestId('sheet-help').waitFor({ state: 'detached' })
})

it('acknowledges by A and goes on to the next that waits', async () => {
  const [first] = await until('an alert', 60_000, lasting)
  await show(desk, first!.id)
  await desk.keyboard.press('a')
  await until('acknowledged', 10_000, async () => (await alert(first!.id)).acknowledged_by === 'operator')
  const left = (await api.alerts('state=open')).length
  if (left > 0) await expect.poll(() => selected(desk)).not.toBe(first!.id)
})

it('shows two people on one alert each other, and lets one win', async () => {
  const [it] = await until('an alert', 90_000, lasting)
  other = await logIn(browser, faults, hall, 'dispatcher', '/console/alerts')
  // The second decides on what their page still shows: the answer of the first has not come there yet. The page is held up
  // before it loads, since one that is there already may still send a request around that.
  faults.expected = [/409/]
  await other.route('**/alerts/*/confirm', async (route) => {
    expect((await api.post(`/alerts/${it!.id}/confirm`, {})).status).toBe(200)
    await route.continue()
  })
  await show(other, it!.id)
  await show(desk, it!.id)
  await expect.poll(() => desk.getByTestId('others').textContent(), { timeout: 15_000 }).toContain('dispatcher')
  await expect.poll(() => other.getByTestId('others').textContent(), { timeout: 15_000 }).toContain('operator')
  await other.keyboard.press('c')
  const words = await until('the refusal', 10_000, () => other.getByTestId('fault').textContent())
  expect(words).toMatch(/已核实（operator \d\d-\d\d \d\d:\d\d:\d\d）/)
  expect(selected(other), 'who comes second stays and reads').toBe(it!.id)
  await other.getByTestId('confirmed').waitFor()
  expect((await alert(it!.id)).confirmed_by).toBe('operator')
  await other.context().close()
  await expect.poll(() => desk.getByTestId('others').count(), { timeout: 40_000 }).toBe(0)
})

it('rejects by R and a digit, with the reason in the story and the ledger', async () => {
  const [it] = await until('an alert', 90_000, lasting)
  await show(desk, it!.id)
  await desk.keyboard.press('r')
  await desk.getByTestId('sheet-reject').waitFor()
  await desk.keyboard.press('7')
  const after = await until('rejected', 10_000, async () => { const a = await alert(it!.id); return a.state === 'rejected' ? a : null }) // prettier-ignore
  expect([after.decided_by, after.note]).toEqual(['operator', '演练、测试'])
  const admin = await Api.logIn(hall, 'admin')
  const { items } = await admin.get<{ items: LedgerRow[] }>(`/ledger?entity=${it!.id}`)
  expect(items.map((r) => r.action)).toContain('alert.reject')
})

it('opens an alert’s order by O, makes one where there is none, and comes back', async () => {
  const blue = await until('an alert without an order', 120_000, async () => (await api.alerts('')).find((a) => a.order === '' && a.state !== 'rejected'))
  await show(desk, blue.id)
  await desk.keyboard.press('o')
  await desk.waitForURL('**/console/orders/*')
  await desk.getByTestId('order-detail').waitFor()
  const order = (await alert(blue.id)).order
  expect(desk.url()).toContain(order)
  expect((await api.order(order)).steps?.[0]).toMatchObject({ by: 'operator', to: 'reported' })
  await desk.goBack()
  await desk.waitForURL(`**/console/alerts/${blue.id}*`)
  await desk.keyboard.press('o')
  await desk.waitForURL(`**/console/orders/${order}*`)
})

it('finds things by /, by their names and numbers, and opens them by Enter', async () => {
  await desk.keyboard.press('/')
  await desk.keyboard.type('cam-07')
  await desk.locator('[data-testid^="found-camera-"]').first().waitFor()
  await desk.keyboard.press('Enter')
  await desk.waitForURL('**/console/cameras/cam-07*')
  await desk.goBack()
})

it('keeps filters and place in the address, over back and a reload', async () => {
  await desk.goto(`${hall.url}/console/alerts`)
  await desk.getByTestId('filter-rejected').click()
  await desk.waitForURL('**show=rejected*')
  await desk.locator('[data-row][data-state="rejected"]').first().click()
  await desk.getByTestId('alert-detail').waitFor()
  const [url, title] = [desk.url(), await desk.title()]
  await desk.reload()
  await desk.getByTestId('alert-detail').waitFor()
  expect([desk.url(), await desk.title()]).toEqual([url, title])
  expect(await state(desk)).toBe('rejected') // the one state that nothing ends
  await desk.goBack()
  await expect.poll(() => desk.url()).not.toBe(url)
})

it('is muted for minutes only', async () => {
  await desk.goto(`${hall.url}/console/alerts`)
  await desk.getByTestId('queue').waitFor()
  for (const minutes of [5, 15, 30]) {
    await desk.keyboard.press('m')
    await expect.poll(() => desk.evaluate(() => Math.round((Number(localStorage.getItem('zhihui.mutedUntil')) - Date.now()) / 60_000))).toBe(minutes)
  }
  expect(await desk.getByTestId('sound').getAttribute('data-state')).toBe('muted')
  await desk.keyboard.press('m')
  await expect.poll(() => desk.getByTestId('sound').getAttribute('data-state')).toBe('on')
})
