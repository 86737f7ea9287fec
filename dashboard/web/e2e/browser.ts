import { setTimeout as pause } from 'node:timers/promises'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { password, type Hall } from './hall'

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

/** What the browser complained about, of all pages that were opened here. */
export class Faults {
  /** What may be complained about for now: a test that cuts the line, or sends a wrong password, says so. */
  expected: RegExp[] = []
  private all: string[] = []

  watch(page: Page): void {
    page.on('pageerror', (error) => this.all.push(`${page.url()}: ${error.stack ?? error.message}`))
    page.on('console', (message) => {
      // A player that asks for the newest second before it is written is told so, and asks again: that is no fault.
      const early = /404/.test(message.text()) && /\/footage\?/.test(message.location().url)
      if (message.type() === 'error' && !early) this.all.push(`${page.url()}: ${message.text()} (${message.location().url})`)
    })
    page.on('crash', () => this.all.push(`${page.url()}: the page crashed`))
  }

  /** What has come since the last call and was not expected. */
  take(): string[] {
    return this.all.splice(0).filter((fault) => !this.expected.some((e) => e.test(fault)))
  }
}

/** A window of its own, with its own cookies. */
export async function open(browser: Browser, faults: Faults, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', ...options })
  const page = await context.newPage()
  faults.watch(page)
  await page.goto(url)
  return page
}

/** A window in which the person has logged in by the login page and come to where they wanted to go. */
export async function logIn(browser: Browser, faults: Faults, hall: Hall, who: string, to: string): Promise<Page> {
  const page = await open(browser, faults, `${hall.url}/login?to=${encodeURIComponent(to)}`)
  await fillLogin(page, who, password)
  await page.waitForURL((u) => u.pathname.startsWith(to))
  return page
}

export async function fillLogin(page: Page, who: string, secret: string): Promise<void> {
  await page.getByTestId('login-username').fill(who)
  await page.getByTestId('login-password').fill(secret)
  await page.getByTestId('login-submit').click()
}

/** What a tile shows: its state, the place of its playhead in seconds, and its picture as a short hash. */
export type Tile = { id: string; state: string; at: number; picture: string }

/** All tiles of the page, with the pixels that are in their videos at this instant. */
export function tiles(page: Page): Promise<Tile[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 64
    canvas.height = 36
    const pen = canvas.getContext('2d', { willReadFrequently: true })!
    return [...document.querySelectorAll<HTMLElement>('[data-testid^="tile-"]')].map((tile) => {
      const video = tile.querySelector('video')!
      pen.drawImage(video, 0, 0, canvas.width, canvas.height)
      const hash = pen.getImageData(0, 0, canvas.width, canvas.height).data.reduce((h, byte) => (h * 31 + byte) >>> 0, 7)
      return { id: tile.dataset.testid!.slice('tile-'.length), state: tile.dataset.state!, at: video.currentTime, picture: hash.toString(16) }
    })
  })
}

/** Waits until n tiles have each been seen to play: between two looks the playhead went on and the pixels changed. */
export async function allMove(page: Page, n: number): Promise<void> {
  const moved = new Set<string>()
  let before: Tile[] = []
  for (const end = Date.now() + 45_000; moved.size < n; await pause(1000)) {
    const now = await tiles(page)
    if (Date.now() > end) throw new Error(`only ${moved.size} of ${n} tiles move: ${JSON.stringify(now)}`)
    for (const tile of now) {
      const was = before.find((t) => t.id === tile.id)
      if (was && was.at > 0 && tile.at > was.at && tile.picture !== was.picture) moved.add(tile.id)
    }
    before = now
  }
}

/** The alerts whose cards are on the page. */
export function cards(page: Page): Promise<string[]> {
  return page.locator('[data-testid^="alert-"][data-kind]').evaluateAll((all) => all.map((c) => (c as HTMLElement).dataset.testid!.slice('alert-'.length)))
}

/** Marks the page: the mark is gone when the page is loaded anew. */
export const mark = (page: Page) => page.evaluate(() => void Object.assign(window, { marked: true }))
export const marked = (page: Page) => page.evaluate(() => 'marked' in window)
