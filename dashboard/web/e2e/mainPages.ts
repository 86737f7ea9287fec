import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Alert, Camera, Order, Sensor, User } from '../src/api/types'
import type { Api } from './api'

/** A page that everybody's work goes through, by the name of its picture; `there` is what stands on it when it is complete. */
export type MainPage = { name: string; path: string; there: string; onPhone?: false }

/** The main pages, each with something on it. The admin may open all of them. */
export async function mainPages(admin: Api): Promise<MainPage[]> {
  const alerts = await admin.alerts('state=open')
  const alert = alerts.find((a) => a.snapshot && a.source_type === 'camera') ?? alerts[0] ?? expect.fail('there is no alert to show')
  const orders = (await admin.get<{ items: Order[] }>('/orders')).items
  const order = orders[0] ?? expect.fail('there is no order to show')
  return [
    { name: 'login', path: '/login', there: '[data-testid="login-submit"]' },
    { name: 'wall', path: '/wall', there: '[data-testid="map"]', onPhone: false },
    { name: 'alerts', path: '/console/alerts', there: '[data-testid="queue"] [data-row]' },
    { name: 'alert', path: `/console/alerts/${alert.id}`, there: '[data-testid="alert-state"]' },
    { name: 'clip', path: `/console/alerts/${alert.id}?see=clip`, there: '[data-testid="then"]' },
    { name: 'orders', path: '/console/orders', there: '[data-testid^="order-"]' },
    { name: 'order', path: `/console/orders/${order.id}`, there: '[data-testid="steps"] li' },
    { name: 'cameras', path: '/console/cameras', there: 'main [data-testid]' },
    { name: 'newCamera', path: '/console/cameras?new=', there: '[data-testid="camera-save"]' },
    { name: 'sheet', path: '/console/cameras?import=', there: '[data-testid="import-file"]' },
    { name: 'camera', path: '/console/cameras/cam-01', there: 'main [data-testid]' },
    { name: 'turned', path: '/console/cameras/cam-02', there: '[data-testid="preset-name"]' },
    { name: 'settings', path: '/console/cameras/cam-02?part=settings', there: '[data-testid="camera-settings"]' },
    { name: 'playback', path: '/console/playback?cameras=cam-06', there: '[data-testid="track"] [data-camera]' },
    { name: 'sensors', path: '/console/sensors', there: 'main [data-testid]' },
    { name: 'sensor', path: '/console/sensors/water-underpass', there: 'main [data-testid]' },
    { name: 'topics', path: '/console/sensors?topics=', there: 'main li' },
    { name: 'health', path: '/console/health', there: 'main h2' },
    { name: 'people', path: '/console/people', there: '[data-testid="person-admin"]' },
    { name: 'person', path: '/console/people/grid', there: '[data-testid="abilities"]' },
    { name: 'walls', path: '/console/walls', there: '[data-testid="walls"] li' },
    { name: 'holds', path: '/console/holds', there: '[data-testid="holds"] li' },
    { name: 'ledger', path: '/console/ledger', there: '[data-testid="ledger"] li' },
    { name: 'watched', path: '/console/watched', there: '[data-testid="watched"] li' },
    { name: 'account', path: '/console/account', there: '[data-testid="abilities"]' },
  ]
}

/** What the site calls its things, and what people wrote: words that are in no language of the pages. */
export async function givenNames(admin: Api): Promise<string[]> {
  const site = await admin.get<{ name: string; areas: { name: string }[] }>('/site')
  const sensors = (await admin.get<{ items: Sensor[] }>('/sensors')).items
  const cameras = (await admin.get<{ items: Camera[] }>('/cameras')).items
  const users = (await admin.get<{ items: User[] }>('/users')).items
  const alerts: Alert[] = await admin.alerts()
  return [
    site.name, ...site.areas.map((a) => a.name), ...sensors.map((s) => s.name), ...users.map((u) => u.name),
    ...cameras.flatMap((c) => [c.name, ...Object.keys(c.zones ?? {}), ...Object.keys(c.lines ?? {})]),
    ...alerts.flatMap((a) => [a.note, a.facts.zone ?? '']),
  ].filter(Boolean) // prettier-ignore
}

/** A desk's screen, the hall's wall, a phone. */
export const sizes = { '1920x1080': { width: 1920, height: 1080 }, '3840x2160': { width: 3840, height: 2160 }, '390x844': { width: 390, height: 844 } }

export type Language = 'zh-CN' | 'en'
export type Theme = 'dark' | 'light'

/** Turns the page to a language and a theme as its own switches do, without loading it anew. */
export async function dress(page: Page, language: Language, theme: Theme): Promise<void> {
  for (const [switchOf, is] of [['language', () => document.documentElement.lang], ['theme', () => document.documentElement.dataset.theme]] as const) {
    const wanted = switchOf === 'language' ? language : theme
    const button = page.getByTestId(switchOf)
    if ((await button.count()) > 0 && (await page.evaluate(is)) !== wanted) await button.first().evaluate((b) => (b as HTMLElement).click())
  }
}

/** Opens one of the main pages and waits for what it still loads: lists, fonts, pictures. */
export async function visit(page: Page, url: string, p: MainPage): Promise<void> {
  await page.goto(url + p.path)
  await page.locator(p.there).first().waitFor()
  await settled(page)
}

/** Waits for fonts and pictures, and for two frames in which nothing is laid out anew. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    await Promise.all([...document.images].filter((i) => !i.complete).map((i) => i.decode().catch(() => {})))
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  })
}
