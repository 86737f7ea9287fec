// Pictures of the main pages in three sizes and both languages, written to the folder SCREENSHOTS, and everything that is
// wrong on any of them. SCREENSHOT_PAGES names some of the pages, by commas, where all of them take too long.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Order } from '../src/api/types'
import { Api } from './api'
import { Faults, launch, logIn } from './browser'
import { Hall, root } from './hall'
import { critic, lines } from './look'
import { dress, givenNames, mainPages, type MainPage, settled, sizes, visit } from './mainPages'
import { until } from './until'

const folder = process.env.SCREENSHOTS ?? join(root, '.cache/screenshots')
const some = process.env.SCREENSHOT_PAGES?.split(',')
const hall = new Hall()
const faults = new Faults()
const found: string[] = []
let browser: Browser
let admin: Api
let names: string[]
let pages: MainPage[]

beforeAll(async () => {
  await hall.start()
  admin = await Api.logIn(hall, 'admin')
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

it('has something to show: alerts, orders that people work on', { timeout: 240_000 }, async () => {
  await work()
  await until('a red alert', 180_000, async () => (await admin.alerts('state=open')).find((a) => a.severity === 'red'))
  names = await givenNames(admin)
  pages = (await mainPages(admin)).filter((p) => !some || some.includes(p.name))
})

// The quickest first, so that each still finds the storm going on.
const quickest = Object.entries(sizes).sort(([, a], [, b]) => a.width - b.width)

it.for(quickest)('shows every page at %s', { timeout: 900_000 }, async ([size, viewport]) => {
  const page = await logIn(browser, faults, hall, 'admin', '/console/account')
  const judge = await page.context().newPage()
  await page.setViewportSize(viewport)
  for (const p of pages.filter((p) => viewport.width > 720 || p.onPhone !== false)) {
    await visit(page, hall.url, p)
    for (const language of ['zh-CN', 'en'] as const) {
      await dress(page, language, 'dark')
      await settled(page)
      const path = join(folder, size, language, `${p.name}.png`)
      mkdirSync(dirname(path), { recursive: true })
      await page.screenshot({ path, timeout: 90_000 })
      await look(page, judge, `${p.name} ${size} ${language} dark`, language === 'en' ? 1 : 3)
    }
    await dress(page, 'zh-CN', 'light')
    await settled(page)
    await look(page, judge, `${p.name} ${size} zh-CN light`, 3)
  }
  await page.context().close()
})

it('shows nothing cut off, overlapping, empty, untranslated or too faint', () => {
  expect(found).toEqual([])
  expect(faults.take(), 'complaints of the browser').toEqual([])
})

async function look(page: Page, judge: Page, where: string, screens: number): Promise<void> {
  found.push(...lines(where, await critic(page, judge, names, screens)))
}

/** What people would have done by now: one order is dispatched, one is under way. */
async function work(): Promise<void> {
  const waiting = await until('two orders', 90_000, async () => {
    const { items } = await admin.get<{ items: Order[] }>('/orders?state=reported')
    return items.length < 2 ? null : items
  })
  const done = [['accept', 'dispatch'], ['accept', 'dispatch', 'start']]
  for (const [i, actions] of done.entries()) {
    for (const action of actions) {
      const { status } = await admin.post(`/orders/${waiting[i]!.id}/transitions`, { action, ...(action === 'dispatch' && { assignee: 'grid' }) })
      expect(status).toBe(200)
    }
  }
}
