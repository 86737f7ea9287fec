import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
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

/** A browser window in which the person has logged in by the login page. */
export async function logIn(browser: Browser, hall: Hall, who: string, to: string): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
  const page = await context.newPage()
  await page.goto(`${hall.url}/login?to=${encodeURIComponent(to)}`)
  await fillLogin(page, who, password)
  await page.waitForURL((u) => u.pathname.startsWith(to))
  return [context, page]
}

export async function fillLogin(page: Page, who: string, secret: string): Promise<void> {
  await page.getByTestId('login-username').fill(who)
  await page.getByTestId('login-password').fill(secret)
  await page.getByTestId('login-submit').click()
}
