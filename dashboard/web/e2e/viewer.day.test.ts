// A viewer's day: everything may be looked at, nothing may be done, and a page that is for others says whom it is for.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Api } from './api'
import { Faults, launch, logIn } from './browser'
import { Hall } from './hall'
import { until } from './until'

const hall = new Hall()
const faults = new Faults()
let browser: Browser
let viewer: Page
let api: Api

beforeAll(async () => {
  await hall.start()
  browser = await launch()
  api = await Api.logIn(hall, 'viewer')
  viewer = await logIn(browser, faults, hall, 'viewer', '/console/alerts')
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

it('names only the pages that may be opened', async () => {
  for (const page of ['alerts', 'orders', 'cameras', 'sensors', 'health']) await viewer.getByTestId(`tab-${page}`).waitFor()
  for (const page of ['people', 'ledger']) expect(await viewer.getByTestId(`tab-${page}`).count(), page).toBe(0)
})

it('has no button that does something to an alert or an order', async () => {
  const alert = await until('an alert with an order', 90_000, async () => (await api.alerts('state=open')).find((a) => a.order))
  for (const [page, sign] of [[`alerts/${alert.id}`, 'alert-state'], [`orders/${alert.order}`, 'steps']]) {
    await viewer.goto(`${hall.url}/console/${page}`)
    await viewer.getByTestId(sign!).waitFor()
    expect(await viewer.locator('[data-testid^="act-"]').count(), page).toBe(0)
  }
})

it.each(['people', 'walls', 'ledger', 'watched'])('is told by the address of %s whom the page is for', async (page) => {
  await viewer.goto(`${hall.url}/console/${page}`)
  const told = viewer.getByTestId('forbidden')
  await told.getByText('您是访客').waitFor()
  expect(await told.innerText()).toContain('供以下角色使用：管理员')
  expect(new URL(viewer.url()).pathname).toBe(`/console/${page}`)
})

it('is told that an address leads nowhere, in the console and outside', async () => {
  for (const path of ['/console/nonsense', '/nonsense']) {
    await viewer.goto(hall.url + path)
    await viewer.getByTestId('missing').waitFor()
    expect(new URL(viewer.url()).pathname).toBe(path)
  }
})

it('goes through the pages by keyboard: over the navigation to the content, out by the menu', async () => {
  await viewer.goto(`${hall.url}/console/account`)
  await viewer.getByTestId('abilities').waitFor()
  await viewer.keyboard.press('Tab')
  await viewer.keyboard.press('Enter')
  expect(await viewer.evaluate(() => document.activeElement?.id)).toBe('main')
  await viewer.getByTestId('user-menu').focus()
  await viewer.keyboard.press('Enter')
  await viewer.getByTestId('logout').focus()
  await viewer.keyboard.press('Enter')
  await viewer.getByTestId('login-submit').waitFor()
  expect(faults.take(), 'complaints of the browser').toEqual([])
})
