import { describe, expect, it } from 'vitest'
import { firstTheme } from '@/console/theme'
import { firstLanguage, remember } from '@/i18n'
import { safeReturn } from '@/login/return'
import { someAreas } from '@/testing/things'
import { areaPath } from './area'
import { amount, clockTime, date, dayTime, figure, lasting, primes, shortTime } from './format'

const at = Date.parse('2026-05-01T16:05:09.250Z')

describe('times', () => {
  it('are the clock of the site, wherever the browser is', () => {
    expect(clockTime(at, 'Asia/Shanghai')).toBe('00:05:09')
    expect(shortTime(at, 'Europe/Berlin')).toBe('18:05')
    expect(date(at, 'Asia/Shanghai')).toBe('2026-05-02')
    expect(dayTime('2026-05-01T16:05:09.250Z', 'Asia/Shanghai')).toBe('05-02 00:05:09')
    expect(dayTime(null, 'Asia/Shanghai')).toBe('')
  })

  it('that last are read like a clock', () => {
    expect([-5, 7000, 760_000, 11_109_000, 183_600_000].map(lasting)).toEqual(['00:00', '00:07', '12:40', '3:05:09', '2d 03:00'])
    expect([9000, 372_000].map(primes)).toEqual(['9″', '6′12″'])
  })
})

describe('figures', () => {
  it('have no more digits than they deserve', () => {
    expect([0.4231, 0.3, 12.345, 229.8, -1.005, 0].map(figure)).toEqual(['0.42', '0.3', '12.3', '230', '-1', '0'])
  })
})

describe('measured values', () => {
  it('stand before their unit, with a space where there is one to be', () => {
    expect([amount(0.4231, 'm'), amount(24, '°'), amount(24.2, '°C'), amount(3)]).toEqual(['0.42 m', '24°', '24.2 °C', '3'])
  })
})

describe('what this machine remembers', () => {
  const storage = (items: Record<string, string>) => ({ getItem: (k: string) => items[k] ?? null, setItem: (k: string, v: string) => void (items[k] = v) })

  it('is the language, Chinese when none was chosen', () => {
    const items = {}
    expect(firstLanguage(storage(items))).toBe('zh-CN')
    remember(storage(items), 'en')
    expect(firstLanguage(storage(items))).toBe('en')
    expect(firstLanguage(storage({ 'zhihui.language': 'tlh' }))).toBe('zh-CN')
  })

  it('is the theme, the system’s when none was chosen', () => {
    expect(firstTheme(storage({}), true)).toBe('light')
    expect(firstTheme(storage({}), false)).toBe('dark')
    expect(firstTheme(storage({ 'zhihui.theme': 'dark' }), true)).toBe('dark')
  })
})

describe('the way back after the login', () => {
  it.each([
    ['/console/orders/01A?x=1', '/console/orders/01A?x=1'],
    ['//evil.example', '/wall'],
    ['/\\evil.example', '/wall'],
    ['https://evil.example', '/wall'],
    ['/login?to=/wall', '/wall'],
    [undefined, '/wall'],
    [['/a'], '/wall'],
  ])('from %j leads to %s', (to, want) => expect(safeReturn(to)).toBe(want))
})

describe('where an area lies', () => {
  it('is told from the street down', () => {
    expect(areaPath('g1', someAreas)).toBe('s / c1 / g1')
    expect(areaPath('gone', someAreas)).toBe('gone')
  })
})
