// Every main page once, in one of the sizes, held to the rules of look.ts in both languages and both themes; all sizes of
// all pages are `make screenshots`.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Api } from './api'
import { Faults, launch, logIn } from './browser'
import { Hall } from './hall'
import { critic, lines } from './look'
import { dress, givenNames, mainPages, settled, sizes, visit } from './mainPages'
import { until } from './until'

const hall = new Hall()
const faults = new Faults()
let browser: Browser

beforeAll(async () => {
  await hall.start()
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

it('shows nothing cut off, overlapping, empty, untranslated or too faint', { timeout: 420_000 }, async () => {
  const admin = await Api.logIn(hall, 'admin')
  await until('an alert with its order', 120_000, async () => (await admin.alerts('state=open')).find((a) => a.order))
  const [pages, names] = [await mainPages(admin), await givenNames(admin)]
  const page = await logIn(browser, faults, hall, 'admin', '/console/account')
  const judge = await page.context().newPage()
  const found: string[] = []
  for (const [i, p] of pages.entries()) {
    const [size, viewport] = Object.entries(sizes)[p.onPhone === false ? i % 2 : i % 3]!
    await page.setViewportSize(viewport)
    await visit(page, hall.url, p)
    for (const [language, theme, screens] of [['zh-CN', 'dark', 1], ['en', 'light', 3]] as const) {
      await dress(page, language, theme)
      await settled(page)
      found.push(...lines(`${p.name} ${size} ${language} ${theme}`, await critic(page, judge, names, screens)))
    }
  }
  expect(found).toEqual([])
  expect(faults.take(), 'complaints of the browser').toEqual([])
})
