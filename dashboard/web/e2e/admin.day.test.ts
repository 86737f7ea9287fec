// An administrator's day: somebody new gets an account and an area, a screen gets its link, and both are taken back.
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Faults, fillLogin, launch, logIn, open } from './browser'
import { Hall } from './hall'

const hall = new Hall()
const faults = new Faults()
const slow = { timeout: 20_000 }
/** An end is told within 10 s; a busy machine gets a little more. */
const soon = { timeout: 25_000 }
const own = 'Dongli lantern 2026'
const community = '站前社区'
let browser: Browser
let admin: Page
let person: Page
let screen: Page
let given: string

beforeAll(async () => {
  await hall.start()
  browser = await launch()
  admin = await logIn(browser, faults, hall, 'admin', '/console/people')
})
beforeEach(({ onTestFailed }) => {
  faults.expected = []
  onTestFailed(() => console.error(hall.log('zhihui')))
})
afterEach(() => expect(faults.take(), 'complaints of the browser').toEqual([]))
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

it('makes an account, with the role explained and the area picked from the tree', async () => {
  await admin.getByTestId('new-person').click()
  await admin.getByTestId('person-username').fill('zhouxia')
  await admin.getByTestId('person-name').fill('周夏')
  await admin.getByTestId('person-role').selectOption('operator')
  await admin.getByTestId('abilities').getByText('核实属实').waitFor()
  const area = await admin.getByTestId('person-area').locator('option', { hasText: community }).first().getAttribute('value')
  await admin.getByTestId('person-area').selectOption(area)
  await admin.getByTestId('person-save').click()
  given = await admin.getByTestId('secret').inputValue()
  expect(given).toMatch(/^\S{4}-\S{4}-\S{4}-\S{4}$/)
  expect(new URL(admin.url()).pathname).toBe('/console/people/zhouxia')
  await admin.getByTestId('put-away').click()
  await admin.reload()
  await admin.getByTestId('person-zhouxia').waitFor()
  expect(await admin.getByTestId('secret').count(), 'it was shown once').toBe(0)
})

it('lets the new one in only after the first password is changed, and back to where they wanted to go', async () => {
  person = await open(browser, faults, `${hall.url}/login?to=/console/cameras`)
  await fillLogin(person, 'zhouxia', given)
  await person.getByTestId('password-form').waitFor()
  await person.goto(`${hall.url}/console/alerts`)
  await person.getByTestId('password-form').waitFor()
  expect(new URL(person.url()).pathname, 'nothing else opens').toBe('/password')

  await person.getByTestId('password-current').fill(given)
  for (const field of ['next', 'again']) await person.getByTestId(`password-${field}`).fill('zhouxiazhouxia')
  faults.expected = [/status of 400/]
  await person.getByTestId('password-submit').click()
  await person.getByTestId('password-error').waitFor()
  for (const field of ['next', 'again']) await person.getByTestId(`password-${field}`).fill(own)
  await person.getByTestId('password-submit').click()
  await person.waitForURL((u) => u.pathname.startsWith('/console/alerts'))
})

it('shows them their area and nothing of the others', async () => {
  await person.goto(`${hall.url}/console/account`)
  expect(await person.getByTestId('my-area').innerText()).toContain(community)
  const seen = await person.evaluate(async () => (await (await fetch('/api/v1/cameras')).json()) as { items: { area: string }[] })
  const all = await admin.evaluate(async () => (await (await fetch('/api/v1/cameras')).json()) as { items: { area: string }[] })
  expect(seen.items.length).toBeGreaterThan(0)
  expect(seen.items.length).toBeLessThan(all.items.length)
  expect(await person.getByTestId('tab-people').count(), 'no page of the administrator').toBe(0)
})

it('ends their session: the page goes to the login and says why', async () => {
  await admin.getByTestId('person-zhouxia').click()
  await admin.getByTestId('end-session').first().click()
  faults.expected = [/status of 401/]
  await person.getByTestId('login-ended').waitFor(soon)
  await fillLogin(person, 'zhouxia', own)
  await person.waitForURL((u) => u.pathname === '/console/account')
})

it('disables them: they are out and do not come back in', async () => {
  await admin.getByTestId('disable').click()
  await admin.getByTestId('disable').click()
  await admin.getByTestId('enable').waitFor()
  faults.expected = [/status of 401/]
  await person.getByTestId('login-submit').waitFor(soon)
  await fillLogin(person, 'zhouxia', own)
  await person.getByTestId('login-error').waitFor()
  await person.context().close()
})

it('makes a link for a screen: the wall opens without a login, and nobody sees the token in the address', async () => {
  await admin.getByTestId('tab-walls').click()
  await admin.getByTestId('wall-name').fill('站前值班室')
  await admin.getByTestId('wall-make').click()
  const link = await admin.getByTestId('secret').inputValue()
  expect(new URL(link).origin).toBe(new URL(hall.url).origin)
  // As from a machine elsewhere: this one's own wall needs no link.
  screen = await open(browser, faults, link, { viewport: { width: 1920, height: 1080 }, extraHTTPHeaders: { 'X-Forwarded-For': '192.0.2.7' } })
  await screen.getByTestId('map').waitFor(slow)
  expect(screen.url()).toBe(`${hall.url}/wall`)

  await screen.context().clearCookies() // as after a restart of the browser
  faults.expected = [/status of 401/]
  await screen.goto(`${hall.url}/wall`)
  await screen.getByTestId('map').waitFor(slow)
})

it('revokes the link: the screen is out, calmly, and stays out', async () => {
  await admin.getByTestId('put-away').click()
  await admin.getByTestId('walls').getByText('站前值班室').waitFor()
  faults.expected = [/status of 401/]
  for (let i = 0; i < 2; i++) await admin.getByTestId('revoke').first().click()
  await screen.getByTestId('screen-revoked').waitFor(soon)
  await screen.reload()
  await screen.getByTestId('screen-revoked').waitFor()
})

it('finds all of it in the ledger, and what each changed', async () => {
  await admin.goto(`${hall.url}/console/ledger?by=admin`)
  const rows = admin.getByTestId('ledger').getByRole('listitem')
  await rows.first().waitFor()
  const told = (await rows.allInnerTexts()).join('\n')
  for (const words of ['人员 · 新建', '登录会话 · 结束', '大屏链接 · 新建', '大屏链接 · 撤销', '周夏', '停用']) expect(told).toContain(words)
  expect(told).not.toContain(given)
  await admin.getByTestId('ledger-action').selectOption('wall_token.')
  await expect.poll(() => rows.count()).toBe(2)
  expect(new URL(admin.url()).searchParams.get('action')).toBe('wall_token.')
  const file = admin.waitForEvent('download')
  await admin.getByTestId('csv').click()
  expect((await file).suggestedFilename()).toBe('ledger.csv')
})

it('sees who watched which camera, the screen by its name, and takes all of it along', async () => {
  await admin.goto(`${hall.url}/console/watched?way=live&by=${encodeURIComponent('wall:站前值班室')}`)
  const rows = admin.getByTestId('watched').getByRole('listitem')
  await rows.first().waitFor()
  const told = await rows.allInnerTexts()
  for (const row of told) expect(row).toMatch(/大屏“站前值班室”\s+实时/)
  expect(new Set(told.map((row) => row.split('\n').at(-1))).size, 'one row a camera, although the screen came back').toBe(told.length)
  const file = admin.waitForEvent('download')
  await admin.getByTestId('watched-csv').click()
  const text = readFileSync(await (await file).path(), 'utf8')
  expect(text.trim().split('\r\n')).toHaveLength(told.length + 1)
  await admin.getByTestId('watched-way').selectOption('export')
  await admin.getByText('这段时间没有人看过').waitFor()
})
