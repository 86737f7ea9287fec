// Pictures of the main pages in both languages while the demo's storm is at its height, written to the folder SCREENSHOTS.
// README_IMAGE names a file (.png or .jpg) that gets the wall once more.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Alert, Order } from '../src/api/types'
import { Api } from './api'
import { allMove, Faults, launch, logIn, open, tiles } from './browser'
import { Hall, root } from './hall'
import { until } from './until'

const folder = process.env.SCREENSHOTS ?? join(root, '.cache/screenshots')
const readme = process.env.README_IMAGE
const hall = new Hall()
const faults = new Faults()
let browser: Browser
let dispatcher: Api

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  await hall.start()
  dispatcher = await Api.logIn(hall, 'dispatcher')
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

it('takes pictures of the main pages', async () => {
  const login = await open(browser, faults, `${hall.url}/login`)
  await inBothLanguages(login, 'login')
  await login.context().close()

  const wall = await open(browser, faults, `${hall.url}/wall`, { viewport: { width: 1920, height: 1080 } })
  await allMove(wall, 16)
  await work()
  await until('the storm', 90_000, async () => (await alert((a) => a.severity === 'red')) && (await alert((a) => a.source === 'wind-tower')))
  if (readme) await wall.screenshot({ path: readme, ...(readme.endsWith('.jpg') && { quality: 85 }) })
  await inBothLanguages(wall, 'wall')
  await wall.context().close()

  const seen = await until('an alert from pictures', 30_000, () => alert((a) => a.snapshot !== '' && a.source_type === 'camera'))
  const desk = await logIn(browser, faults, hall, 'dispatcher', `/console/alerts/${seen.id}`)
  await expect.poll(async () => (await tiles(desk))[0]?.state, { timeout: 20_000 }).toBe('live')
  await inBothLanguages(desk, 'alert')
  const standing = { orders: '[data-testid="column-reported"]', cameras: 'tbody tr', sensors: 'tbody tr' }
  for (const [tab, sign] of Object.entries(standing)) {
    await desk.getByTestId(`tab-${tab}`).click()
    await desk.waitForURL(`**/console/${tab}`)
    await desk.locator(sign).first().waitFor()
    await inBothLanguages(desk, tab)
  }
  await desk.context().close()

  // The map takes its measure when it is opened: a wall of this size is a page of its own.
  const large = await open(browser, faults, `${hall.url}/wall`, { viewport: { width: 3840, height: 2160 } })
  await expect.poll(async () => (await tiles(large)).filter((t) => t.state === 'live').length, { timeout: 40_000 }).toBeGreaterThan(14)
  await shoot(large, 'wall-4k')
  expect(faults.take()).toEqual([])
})

/** An alert that nobody has seen to yet and that is as asked. */
async function alert(is: (a: Alert) => boolean): Promise<Alert | undefined> {
  return (await dispatcher.alerts('state=open')).find(is)
}

/** What people would have done by now: one order is dispatched, one is under way. */
async function work(): Promise<void> {
  const waiting = await until('two orders', 30_000, async () => {
    const { items } = await dispatcher.get<{ items: Order[] }>('/orders?state=reported')
    return items.length < 2 ? null : items
  })
  const done = [['accept', 'dispatch'], ['accept', 'dispatch', 'start']]
  for (const [i, actions] of done.entries()) {
    for (const action of actions) {
      const { status } = await dispatcher.post(`/orders/${waiting[i]!.id}/transitions`, { action, ...(action === 'dispatch' && { assignee: 'grid' }) })
      expect(status).toBe(200)
    }
  }
}

/** Leaves the page in Chinese, as it came. */
async function inBothLanguages(page: Page, name: string): Promise<void> {
  await shoot(page, name)
  await page.getByTestId('language').click()
  await shoot(page, `${name}-en`)
  await page.getByTestId('language').click()
}

/** Waits for what the page still loads (fonts, snapshots, a map that was resized) before it takes the picture. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('load')
  await page.evaluate(async () => {
    await document.fonts.ready
    await Promise.all([...document.images].filter((i) => !i.complete).map((i) => i.decode().catch(() => {})))
  })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
