// A grid worker's day on a phone: the order comes, they go, say what they did, and see nothing that is not for them.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Order } from '../src/api/types'
import { Api } from './api'
import { Faults, fillLogin, launch, open } from './browser'
import { Hall, password } from './hall'
import { layout, lines } from './look'
import { givenNames, settled, sizes } from './mainPages'
import { until } from './until'

const hall = new Hall()
const faults = new Faults()
const slow = { timeout: 20_000 }
const note = '护栏已扶正，现场无人'
let browser: Browser
let dispatcher: Api
let phone: Page
let order: Order
let names: string[]

beforeAll(async () => {
  await hall.start()
  browser = await launch()
  dispatcher = await Api.logIn(hall, 'dispatcher')
  names = await givenNames(dispatcher)
  phone = await open(browser, faults, hall.url, { viewport: sizes['390x844'], hasTouch: true })
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

/** What is wrong with the page as it stands on the phone now. */
async function wrong(): Promise<string[]> {
  await settled(phone)
  return lines(new URL(phone.url()).pathname, await layout(phone, names))
}

it('begins with their own orders, of which there are none yet', async () => {
  if (new URL(phone.url()).pathname !== '/login') await phone.goto(`${hall.url}/login`) // this machine's own wall lets its guest in
  await fillLogin(phone, 'grid', password)
  await phone.waitForURL((u) => u.pathname === '/console/orders')
  await phone.getByTestId('board').waitFor()
  expect(await phone.locator('main [data-testid^="order-"]').count()).toBe(0)
  expect(await wrong()).toEqual([])
})

it('gets the order without a reload', async () => {
  order = await until('an order', 90_000, async () => (await dispatcher.get<{ items: Order[] }>('/orders?state=reported')).items[0])
  for (const step of [{ action: 'accept' }, { action: 'dispatch', assignee: 'grid' }]) {
    expect((await dispatcher.post(`/orders/${order.id}/transitions`, step)).status).toBe(200)
  }
  await phone.getByTestId(`order-${order.id}`).waitFor(slow)
  expect(await wrong()).toEqual([])
})

it('starts it, says what was done, and is done with it', async () => {
  await phone.getByTestId(`order-${order.id}`).tap()
  await phone.getByTestId('act-start').waitFor()
  expect(await wrong()).toEqual([])
  await phone.getByTestId('act-start').tap()
  await expect.poll(() => phone.getByTestId('order-detail').getAttribute('data-state'), slow).toBe('in_progress')
  await phone.getByTestId('note').fill(note)
  await phone.getByTestId('act-resolve').tap()
  await expect.poll(() => phone.getByTestId('order-detail').getAttribute('data-state'), slow).toBe('resolved')
  expect(await phone.locator('[data-testid^="act-"]').count(), 'the rest is for the dispatcher').toBe(0)
  const { steps } = await dispatcher.get<Order>(`/orders/${order.id}`)
  expect(steps?.at(-1)).toMatchObject({ by: 'grid', action: 'resolve', note })
})

it('reaches every page of theirs with a thumb', async () => {
  for (const page of ['alerts', 'cameras', 'sensors', 'orders']) {
    await phone.getByTestId(`tab-${page}`).tap()
    await phone.waitForURL((u) => u.pathname.startsWith(`/console/${page}`))
  }
  await phone.getByTestId('tab-rest').tap()
  await phone.getByTestId('rest-health').tap()
  await phone.waitForURL((u) => u.pathname === '/console/health')
  await phone.getByTestId('user-menu').tap()
  await phone.getByTestId('to-account').tap()
  await phone.getByTestId('my-area').waitFor()
  expect(await wrong()).toEqual([])
  expect(faults.take(), 'complaints of the browser').toEqual([])
})
