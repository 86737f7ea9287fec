// A day with footage: somebody looks at what cameras saw before, beside each other, by the picture and by the file.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Api } from './api'
import { Faults, launch, logIn } from './browser'
import { Hall } from './hall'
import { until } from './until'

const hall = new Hall()
const faults = new Faults()
faults.expected = [/status of 404/] // where there is no footage the hall says so
const many = Number(process.env.REELS ?? 0) // REELS=16 plays so many beside each other, and prints how far they are apart
const cameras = many ? Array.from({ length: many }, (_, i) => `cam-${String(i + 1).padStart(2, '0')}`) : ['cam-01', 'cam-02', 'cam-03', 'cam-06']
const s = 1000
let browser: Browser
let page: Page
let api: Api

beforeAll(async () => {
  await hall.start('0s', recordAll)
  browser = await launch()
  api = await Api.logIn(hall, 'dispatcher')
  await until('half a minute of footage of each camera', 90 * s, async () => {
    for (const id of cameras) if (await length(id) <= 30 * s) return false // one by one: a person asks so much a second, and no more
    return true
  })
  page = await logIn(browser, faults, hall, 'dispatcher', '/console/playback')
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

/** The demo's site with all of its cameras recorded without a break. */
function recordAll(settings: string): string {
  const path = join(hall.dir, 'site.yml')
  const site = readFileSync(path, 'utf8').replace(/\n {4}record: .*/g, '').replace(/(\n {4}url: rtsp:\S+)/g, '$1\n    record: {mode: always}')
  writeFileSync(path, site)
  return settings
}

type Recordings = { items: { from: string; to: string }[] }
const length = async (id: string) => {
  const { items } = await api.get<Recordings>(`/cameras/${id}/recordings`)
  return items.reduce((ms, i) => ms + Date.parse(i.to) - Date.parse(i.from), 0)
}
const address = (of: readonly string[], at: number) => `${hall.url}/console/playback?cameras=${of.join()}&at=${new Date(at).toISOString()}`
const clock = async (p = page) => Number(await p.getByTestId('playback-clock').getAttribute('data-at'))
const states = (p = page) => p.locator('[data-testid^="reel-"]').evaluateAll((all) => all.map((r) => (r as HTMLElement).dataset.state))

/** Where each video stands on the hall's clock, ms, all at one instant, and what it shows as a short hash. */
function playheads(p = page): Promise<{ at: number; picture: string }[]> {
  return p.evaluate(() => {
    const videos = [...document.querySelectorAll<HTMLVideoElement>('[data-testid^="reel-"] video')]
    const at = videos.map((v) => Number(v.dataset.origin) + v.currentTime * 1000)
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 })
    const pen = canvas.getContext('2d', { willReadFrequently: true })!
    return videos.map((v, i) => {
      pen.drawImage(v, 0, 0, 64, 36)
      return { at: at[i]!, picture: pen.getImageData(0, 0, 64, 36).data.reduce((h, byte) => (h * 31 + byte) >>> 0, 7).toString(16) }
    })
  })
}
const apart = (all: readonly { at: number }[]) => Math.max(...all.map((v) => v.at)) - Math.min(...all.map((v) => v.at))
const shown = (p = page, n = cameras.length) => until(`the first picture of ${n} cameras`, 20 * s, async () => (await states(p)).filter((state) => state === 'paused').length === n)

it('shows several cameras at one instant, and plays them within 100 ms of each other', async () => {
  const at = Date.now() - 25 * s
  await page.goto(address(cameras, at))
  await shown()
  expect(apart(await playheads())).toBeLessThan(20)
  expect(Math.abs((await clock()) - at)).toBeLessThan(20)
  const began = performance.now()
  await page.getByTestId('play').click()
  await until('all in step', 15 * s, async () => (await states()).every((state) => state === 'playing') && apart(await playheads()) <= 100)
  const inStep = performance.now() - began
  const seen: number[] = []
  for (let i = 0; i < 20; i++, await pause(250)) seen.push(apart(await playheads()))
  seen.sort((a, b) => a - b)
  if (many) console.warn(`${many} cameras in step after ${Math.round(inStep)} ms, then apart by ${seen.map(Math.round).join()} ms`)
  expect(seen.at(-2), `apart by ${seen.map(Math.round).join()} ms`).toBeLessThanOrEqual(100) // one look may meet a machine that was busy
  await page.getByTestId('play').click()
})

it('goes through the pictures one by one, and back to the same', async () => {
  await page.goto(address(['cam-01'], Date.now() - 20 * s))
  await shown(page, 1)
  const step = async (key: string) => {
    const before = await clock()
    await page.keyboard.press(key)
    return until(`the picture of ${key}`, 5 * s, async () => {
      const there = await page.locator('video').evaluate((v: HTMLVideoElement) => !v.seeking && v.readyState > 1)
      const [now] = await playheads()
      return there && now && (await clock()) !== before && Math.abs(now.at - (await clock())) < 5 ? { ...now, by: now.at - before } : null
    })
  }
  await step('.')
  const way = [await step('.'), await step('.'), await step('.')]
  const back = [await step(','), await step(',')]
  expect(way.map((v) => Math.round(v.by / 10))).toEqual([10, 10, 10]) // ten pictures a second
  expect(back.map((v) => v.picture)).toEqual([way[1]!.picture, way[0]!.picture])
  expect(new Set(way.map((v) => v.picture)).size).toBe(3)
})

it.each([0.5, 2, 4, 8])('plays at %f×', async (rate) => {
  await page.goto(address(['cam-01'], Date.now() - 30 * s))
  await shown(page, 1)
  await page.getByTestId(`speed-${rate}`).click()
  await page.getByTestId('play').click()
  await until('it plays', 10 * s, async () => (await states())[0] === 'playing')
  const [t, [from]] = [performance.now(), await playheads()]
  await pause(Math.min(2500, 12_000 / rate)) // half a minute of footage is there
  const [took, [to]] = [performance.now() - t, await playheads()]
  expect((to!.at - from!.at) / took / rate).toBeGreaterThan(0.75)
  expect((to!.at - from!.at) / took / rate).toBeLessThan(1.25)
})

it('asks for one piece at a time and camera while somebody drags over the line of time', async () => {
  await page.goto(address(cameras.slice(0, 2), Date.now() - 20 * s))
  await shown(page, 2)
  await page.getByTestId('zoom-minutes').click()
  const underWay = await page.evaluateHandle(() => {
    const seen = { most: {} as Record<string, number>, all: 0 }
    const now: Record<string, number> = {}
    const real = window.fetch
    window.fetch = async (input, init) => {
      const id = /cameras\/([^/]+)\/footage/.exec(String(input))?.[1]
      if (!id || String(input).includes('keys=')) return real(input, init)
      seen.all++
      now[id] = (now[id] ?? 0) + 1
      seen.most[id] = Math.max(seen.most[id] ?? 0, now[id])
      return real(input, init).finally(() => now[id]!--)
    }
    return seen
  })
  const line = (await page.getByTestId('track').boundingBox())!
  await page.mouse.move(line.x + line.width * 0.85, line.y + 35)
  await page.mouse.down()
  const began = Date.now()
  for (let i = 0; i < 40; i++) await page.mouse.move(line.x + line.width * (0.85 + i / 400), line.y + 35)
  const took = Date.now() - began
  await page.mouse.up()
  await shown(page, 2)
  const seen = await underWay.evaluate((of) => of)
  expect(Object.values(seen.most)).toEqual(expect.arrayContaining([1]))
  expect(Math.max(...Object.values(seen.most))).toBeLessThanOrEqual(2) // one that is given up may still be on its way out
  expect(seen.all / 2).toBeLessThan(took / 100 + 10)
})

it('shows the picture of where the pointer rests on the line of time', async () => {
  const line = (await page.getByTestId('track').boundingBox())!
  await page.mouse.move(line.x + line.width * 0.93, line.y + 35)
  await until('the picture', 10 * s, async () => (await page.getByTestId('hover-still').getAttribute('data-state')) === 'there')
  await page.mouse.move(5, 5)
})

it('downloads the chosen span as one film that plays', async () => {
  await page.goto(address(['cam-02'], Date.now() - 25 * s))
  await shown(page, 1)
  for (const key of ['i', 'ArrowRight', 'o']) await page.keyboard.press(key)
  await page.getByTestId('chosen').waitFor()
  const link = page.getByTestId('download')
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  const path = join(hall.dir, 'film.mp4')
  await download.saveAs(path)
  expect(download.suggestedFilename()).toMatch(/^cam-02.*\.mp4$/)
  const probe = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path], { encoding: 'utf8' })
  expect(Number(probe.stdout)).toBeGreaterThan(9.8)
  expect(Number(probe.stdout)).toBeLessThan(10.3)
  const plays = await link.evaluate(async (a: HTMLAnchorElement) => {
    const video = Object.assign(document.createElement('video'), { src: a.href, muted: true })
    await new Promise((done, fail) => Object.assign(video, { onseeked: done, onerror: () => fail(new Error(video.error?.message)), onloadedmetadata: () => (video.currentTime = 7) }))
    return { length: video.duration, width: video.videoWidth }
  })
  expect(plays.width).toBeGreaterThan(0)
  expect(Math.abs(plays.length - 10)).toBeLessThan(0.3)
})

it('says what H.265 needs where the browser does not play it, and leaves the download', async () => {
  const other = await logIn(browser, faults, hall, 'dispatcher', '/console/playback')
  await other.addInitScript(() => (MediaSource.isTypeSupported = () => false))
  await other.goto(address(['cam-01'], Date.now() - 20 * s))
  await other.locator('[data-testid="reel-cam-01"][data-state="unplayable"]').getByText('此浏览器不能播放').waitFor()
  for (const key of ['i', 'ArrowRight', 'o']) await other.keyboard.press(key)
  expect(await other.getByTestId('download').getAttribute('href')).toContain('/cameras/cam-01/download?')
  await other.context().close()
})

it('is there for who may look, with the download for who may take it away', async () => {
  const viewer = await logIn(browser, faults, hall, 'viewer', '/console/cameras')
  await viewer.getByTestId('playback-cam-01').click()
  await viewer.getByTestId('play').click()
  await until('it plays', 15 * s, async () => (await states(viewer))[0] === 'playing')
  for (const key of ['i', '.']) await viewer.keyboard.press(key)
  await until('the keys were heard', 5 * s, async () => (await states(viewer))[0] === 'paused')
  for (const id of ['choose-span', 'chosen', 'download', 'hold']) expect(await viewer.getByTestId(id).count(), id).toBe(0)
  await viewer.context().close()
  expect(faults.take(), 'complaints of the browser').toEqual([])
})
