// The README's pictures of the storm, at the moments it tells of, written to the folder README_PICTURES. It takes as long
// as the storm does.
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Faults, launch, open, tiles } from './browser'
import { Hall } from './hall'
import { until } from './until'

const folder = process.env.README_PICTURES ?? ''
/** When a picture is taken, in seconds of the round, and what must be on the wall by then. */
const moments = [
  { name: 'water', at: 172, sign: 'gauge' },
  { name: 'power', at: 205, sign: 'bundle-antai' },
  { name: 'people', at: 260, sign: 'alert-stream' },
  { name: 'smoke', at: 392, sign: 'spot-reading' },
  { name: 'lane', at: 446, sign: 'alert-stream' },
]

describe.skipIf(!folder)('the storm in pictures', () => {
  const hall = new Hall()
  const faults = new Faults()
  let browser: Browser
  let wall: Page

  beforeAll(async () => {
    await hall.start('130s')
    browser = await launch()
    wall = await open(browser, faults, `${hall.url}/wall`, { viewport: { width: 1920, height: 1080 } })
    await until('16 pictures', 40_000, async () => (await tiles(wall)).filter((t) => t.state === 'live').length === 16)
  })
  afterAll(async () => {
    await browser?.close()
    await hall.stop()
  })

  it.each(moments)('$name', async ({ name, at, sign }) => {
    await until('its moment', 300_000, () => Date.now() - hall.began > at * 1000)
    await wall.getByTestId(sign).waitFor({ timeout: 20_000 })
    const take = (file: string) => wall.screenshot({ path: join(folder, `${file}.jpg`), quality: 60 })
    await take(`storm-${name}`)
    if (name === 'power') {
      await wall.getByTestId('language').click()
      await take('wall')
      await wall.getByTestId('language').click()
    }
    expect(faults.take()).toEqual([])
  }, 320_000)
})
