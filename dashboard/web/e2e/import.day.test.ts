// An integrator imports 1,043 cameras by the sheet, in a real browser, beside the sixteen that play: what is wrong is named by row
// and column, none of the sixteen has a gap, and the import is taken back. FILM=FILE.mp4 keeps a minute of it, as the wall shows it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CameraMeasure } from '../src/api/types'
import { Api } from './api'
import { allMove, Faults, launch, logIn, open } from './browser'
import { Film } from './film'
import { Hall } from './hall'
import { until } from './until'

const more = 1043
const hall = new Hall()
const faults = new Faults()
let browser: Browser
let wall: Page
let page: Page
let api: Api
let known: string[]

/** Looks at the sixteen again and again: the longest time without a picture, ms, and how many pictures were lost. */
class Gaps {
  longest = 0
  lost = 0
  looks = 0
  private timer: NodeJS.Timeout

  constructor() {
    this.timer = setInterval(() => void this.look(), 250)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private async look() {
    const { items } = await api.get<{ items: CameraMeasure[] }>('/measures')
    const now = Date.now()
    const mine = items.filter((m) => known.includes(m.camera))
    this.longest = Math.max(this.longest, ...mine.flatMap((m) => (m.last_at ? [now - Date.parse(m.last_at)] : [])))
    this.lost = mine.reduce((n, m) => n + m.lost, 0)
    this.looks++
  }
}

beforeAll(async () => {
  browser = await launch()
  await hall.start('0s') // three minutes until a block loses its power
  api = await Api.logIn(hall, 'integrator')
  known = (await api.cameras()).map((c) => c.id)
  wall = await open(browser, faults, `${hall.url}/wall`, { viewport: { width: 1920, height: 1080 } })
  page = await logIn(browser, faults, hall, 'integrator', '/console/cameras')
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

/** A sheet of so many cameras, of which every twentieth plays; two rows are wrong when it is broken. */
function sheet(broken: boolean): { name: string; mimeType: string; buffer: Buffer } {
  const site = readFileSync(join(hall.dir, 'site.yml'), 'utf8')
  const [, address] = /(rtsp:\/\/[^\s,}"']+)\/cam-02/.exec(site)!
  const rows = Array.from({ length: more }, (_, i) => `new-${i},摄像机 ${i},hean,${address}/cam-02,zhihui,zhihui-demo,${i % 20 === 0 ? '否' : '是'}`)
  if (broken) [rows[40], rows[600]] = ['new-40,,hean,rtsp://10.0.0.1/,,,是', 'new-600,摄像机,hean,http://10.0.0.1/,,,是']
  return { name: 'cameras.csv', mimeType: 'text/csv', buffer: Buffer.from(`编号,名称,区域,地址,用户名,密码,停用\r\n${rows.join('\r\n')}\r\n`) }
}

const field = (id: string) => page.getByTestId(id)

describe.sequential('an integrator with a sheet', () => {
  it('is told what is wrong by row and column, and nothing is done', async () => {
    await allMove(wall, 16)
    await field('camera-sheet').click()
    await field('import-file').setInputFiles(sheet(true))
    await expect.poll(() => field('import-plan').innerText(), { timeout: 20_000 }).toBe(`将新增 ${more - 2}，修改 0，不变 0，错误 2`)
    expect(await page.locator('.faults tbody').innerText()).toMatch(/42\s+B 名称\s+new-40[\s\S]+602\s+D 地址\s+new-600/)
    expect(await field('import-go').isDisabled()).toBe(true)
    expect((await api.cameras()).length).toBe(known.length)
  })

  it('imports them while the sixteen play on, and takes them back', async () => {
    const [gaps, began] = [new Gaps(), Date.now()]
    onTestFinished(() => gaps.stop())
    const film = process.env.FILM ? new Film(wall, process.env.FILM) : undefined
    await field('import-file').setInputFiles(sheet(false))
    await expect.poll(() => field('import-plan').innerText(), { timeout: 20_000 }).toBe(`将新增 ${more}，修改 0，不变 0，错误 0`)
    await field('import-go').click()
    await field('import-undo').waitFor({ timeout: 20_000 })
    const plays = async () => (await api.get<{ items: CameraMeasure[] }>('/measures')).items.length === known.length + Math.ceil(more / 20)
    await until('the new ones play', 30_000, plays)
    await allMove(wall, 16)
    await field('import-undo').click()
    await page.getByText('全部恢复原样').waitFor({ timeout: 20_000 })
    await expect.poll(() => field('past-imports').innerText(), { timeout: 10_000 }).toMatch(new RegExp(`integrator\\s+摄像机\\s+撤销了[\\s\\S]+删除 ${more}[\\s\\S]+integrator\\s+摄像机\\s+新增 ${more}，修改 0，删除 0\\s+已撤销`))
    await until('they are gone', 20_000, async () => (await api.cameras()).length === known.length)
    await allMove(wall, 16)
    if (film) await pause(Math.max(0, began + 60_000 - Date.now()))
    await film?.stop()
    expect(gaps.looks).toBeGreaterThan(8)
    expect(gaps.lost, 'pictures of the sixteen').toBe(0)
    expect(gaps.longest, 'ms without a picture').toBeLessThan(3000)
    expect(faults.take()).toEqual([])
  })
})
