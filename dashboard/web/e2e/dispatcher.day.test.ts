// A day of a dispatcher, and of the grid worker whom they send: an order from its report to its close.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Order } from '../src/api/types'
import { Api } from './api'
import { Faults, launch, logIn } from './browser'
import { Hall } from './hall'
import { until } from './until'

const hall = new Hall()
const faults = new Faults()
let browser: Browser
let api: Api
let desk: Page
let phone: Page
let order: Order

beforeAll(async () => {
  await hall.start()
  api = await Api.logIn(hall, 'dispatcher')
  browser = await launch()
  desk = await logIn(browser, faults, hall, 'dispatcher', '/console/orders')
})
beforeEach(({ onTestFailed }) => {
  faults.expected = []
  onTestFailed(async () => {
    console.error(hall.log('zhihui'), hall.log('sitesim'))
    if (process.env.SCREENSHOTS) await desk.screenshot({ path: `${process.env.SCREENSHOTS}/dispatcher-failed.png` })
  })
})
afterEach(() => expect(faults.take(), 'complaints of the browser').toEqual([]))
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

const inColumn = (page: Page, column: string) => page.getByTestId(`column-${column}`).getByTestId(`order-${order.id}`)
const step = async (page: Page, action: string, to: string) => {
  await page.getByTestId(`act-${action}`).click()
  await expect.poll(() => page.getByTestId('order-detail').getAttribute('data-state'), { timeout: 10_000 }).toBe(to)
}

it('sees every new order on the board, its lamp burning', async () => {
  order = await until('an order of a red alert', 90_000, async () => {
    const { items } = await api.get<{ items: Order[] }>('/orders?state=reported')
    return items.find((o) => o.severity === 'red')
  })
  await inColumn(desk, 'reported').waitFor()
  const clock = () => inColumn(desk, 'reported').locator('.clock').textContent()
  const before = await clock()
  await expect.poll(clock, { timeout: 5000 }).not.toBe(before)
})

it('accepts it and sends somebody, not nobody', async () => {
  await inColumn(desk, 'reported').click()
  await desk.waitForURL(`**/console/orders/${order.id}`)
  await step(desk, 'accept', 'accepted')
  await desk.getByTestId('act-dispatch').click()
  expect(await desk.getByTestId('fault').textContent()).toContain('请先选择责任人')
  await desk.getByTestId('assignee').selectOption('grid')
  await desk.getByTestId('note').fill('带抽水泵')
  await step(desk, 'dispatch', 'dispatched')
  await inColumn(desk, 'dispatched').waitFor()
})

it('is worked on by a phone, which shows its own orders first', async () => {
  phone = await logIn(browser, faults, hall, 'grid', '/console/orders')
  await phone.setViewportSize({ width: 390, height: 844 })
  expect(await phone.getByTestId('who-me').getAttribute('aria-pressed')).toBe('true')
  expect(await phone.locator('[data-testid^="order-"][data-state]').count()).toBe(1)
  await inColumn(phone, 'dispatched').click()
  await step(phone, 'start', 'in_progress')
  await phone.getByTestId('act-resolve').click()
  expect(await phone.getByTestId('fault').textContent()).toContain('须填写备注')
  await phone.getByTestId('note').fill('积水已排干')
  await step(phone, 'resolve', 'resolved')
  expect(await phone.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing is wider than the phone').toBe(true)
  await phone.context().close()
})

it('is followed up and closed, and its page tells who did what when', async () => {
  await expect.poll(() => desk.getByTestId('order-detail').getAttribute('data-state'), { timeout: 10_000 }).toBe('resolved')
  expect(await desk.getByTestId('act-close').count(), 'red ones are not closed without a call-back').toBe(0)
  await step(desk, 'follow_up', 'follow_up')
  await step(desk, 'close', 'closed')
  await desk.getByTestId('order-page').click()
  await desk.waitForURL('**view=page')
  const story = await desk.getByTestId('steps').locator('li').allTextContents()
  expect(story).toHaveLength(7)
  expect(story.join('\n')).toMatch(/上报[\s\S]*受理[\s\S]*派遣[\s\S]*带抽水泵[\s\S]*开始处置[\s\S]*处置完成[\s\S]*积水已排干[\s\S]*转回访[\s\S]*办结/)
  await desk.emulateMedia({ media: 'print' })
  expect(await desk.locator('.console > header').isVisible(), 'paper has no navigation').toBe(false)
  await desk.emulateMedia({ media: 'screen' })
  await desk.goBack()
  await desk.getByTestId('board').waitFor()
})

it('keeps the filters of the board in the address', async () => {
  await desk.goto(`${hall.url}/console/orders`)
  await desk.getByTestId('board').waitFor()
  await desk.getByTestId('who-me').click()
  await desk.waitForURL('**who=me')
  await desk.getByTestId('lamp-green').click()
  await desk.waitForURL('**lamp=green')
  await desk.reload()
  expect(await desk.getByTestId('lamp-green').getAttribute('aria-pressed')).toBe('true')
  await desk.goBack()
  await expect.poll(() => new URL(desk.url()).search).toBe('?who=me')
  await desk.getByTestId('who-all').click()
  await expect.poll(() => new URL(desk.url()).search).toBe('')
})
