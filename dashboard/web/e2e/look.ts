// What a critic would see on a page, as rules: nothing runs out of it, nothing is cut off, nothing lies over another, no
// sentence is missing, and every text can be read against the pixels that are really behind it.
import type { Page } from 'playwright-core'

export type Finding = { rule: 'overflow' | 'cut' | 'overlap' | 'key' | 'language' | 'empty' | 'contrast'; what: string }
type Rect = { x: number; y: number; w: number; h: number }
export type Text = { text: string; at: string; rect: Rect; color: string; opacity: number; least: number }

/**
 * Everything about a page that its elements tell. `names` are those that the site gave: they are in no language of ours.
 * What floats over others on purpose says so by data-afloat; what is a name or a word of a machine, by data-names.
 */
export function layout(page: Page, names: string[] = []): Promise<Finding[]> {
  return page.evaluate((known) => {
    const found: Finding[] = []
    const say = (rule: Finding['rule'], what: string) => void found.push({ rule, what })
    const seen = (el: Element) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    const name = (el: Element) => {
      const own = el.closest('[data-testid]')?.getAttribute('data-testid')
      return `${el.tagName.toLowerCase()}${typeof el.className === 'string' && el.className ? `.${el.className.split(' ')[0]}` : ''}${own ? ` in ${own}` : ''} “${(el.textContent ?? '').trim().slice(0, 40)}”`
    }
    const root = document.documentElement
    for (const box of [root, ...document.querySelectorAll('main')]) {
      if (box.scrollWidth > box.clientWidth + 1) say('overflow', `${box.scrollWidth} in ${box.clientWidth}: ${name(box).slice(0, 60)}`)
    }

    const hidden = (v: string) => v === 'hidden' || v === 'clip'
    const scrolls = (v: string) => v === 'auto' || v === 'scroll'
    const told = (el: Element) => el.closest('[title]') !== null
    /** How much of a text is outside the boxes that cut it; "" for nothing. What was scrolled away is not cut. */
    const cutBy = (el: Element, r: DOMRect): string => {
      let [left, right, top, bottom] = [r.left, r.right, r.top, r.bottom]
      for (let box: Element | null = el; box && box !== root; box = box.parentElement) {
        const [style, b] = [getComputedStyle(box), box.getBoundingClientRect()]
        if (style.display === 'inline' || style.display === 'contents') continue
        if (scrolls(style.overflowX) || scrolls(style.overflowY)) {
          ;[left, right, top, bottom] = [Math.max(left, b.left), Math.min(right, b.right), Math.max(top, b.top), Math.min(bottom, b.bottom)]
          if (left >= right || top >= bottom) return ''
        }
        const ends = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
        const wide = hidden(style.overflowX) && Math.max(b.left - left, right - b.right) > 1.5
        const high = hidden(style.overflowY) && Math.max(b.top - top, bottom - b.bottom) > (bottom - top) * 0.3
        if ((wide || high) && !(ends && told(box))) return `by ${box.tagName.toLowerCase()}.${String(box.className).split(' ')[0]}`
        if (wide || high) return ''
      }
      return ''
    }
    const language = root.lang
    const words = (text: string) => known.reduce((rest, n) => rest.replaceAll(n, ''), text)
    const check = (text: string, el: Element) => {
      if (/^[a-z][A-Za-z]*(\.[A-Za-z_][A-Za-z_0-9]*)+$/.test(text) && !el.closest('[data-names]')) say('key', `${text} at ${name(el)}`)
      if (language === 'en' && !el.closest('[data-names], [lang="zh-CN"]') && /\p{Script=Han}/u.test(words(text))) say('language', `“${text.slice(0, 60)}” at ${name(el)}`)
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const [text, el] = [node.textContent!.trim(), node.parentElement!]
      if (!text || !seen(el) || el.closest('script, style, noscript')) continue
      check(text, el)
      if (el.closest('option, svg, .visually-hidden')) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const r of range.getClientRects()) {
        const by = r.width > 0 ? cutBy(el, r) : ''
        if (by) say('cut', `${name(el)} ${by}`)
        if (by) break
      }
    }
    const pen = document.createElement('canvas').getContext('2d')!
    for (const field of document.querySelectorAll<HTMLInputElement>('input[placeholder]')) {
      if (!seen(field) || field.value) continue
      const style = getComputedStyle(field)
      pen.font = style.font
      const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
      if (pen.measureText(field.placeholder).width > room + 1.5) say('cut', `${field.placeholder} in ${name(field)}`)
    }
    for (const el of document.querySelectorAll('[placeholder], [title], [aria-label], img[alt]')) {
      if (seen(el)) for (const a of ['placeholder', 'title', 'aria-label', 'alt']) check((el.getAttribute(a) ?? '').trim(), el)
    }

    /** The part of an element that can be seen, however many boxes scroll it away. */
    const shown = (el: Element) => {
      const r = el.getBoundingClientRect()
      let [l, t, right, bottom] = [Math.max(0, r.left), Math.max(0, r.top), Math.min(innerWidth, r.right), Math.min(innerHeight, r.bottom)]
      for (let box = el.parentElement; box && box !== root; box = box.parentElement) {
        const [s, b] = [getComputedStyle(box), box.getBoundingClientRect()]
        if (s.overflowX !== 'visible' && s.display !== 'inline') [l, t, right, bottom] = [Math.max(l, b.left), Math.max(t, b.top), Math.min(right, b.right), Math.min(bottom, b.bottom)]
      }
      return { l, t, r: right, b: bottom }
    }
    /** Under what sticks to an edge the rest is scrolled away: that is no overlap. */
    const sticks = (el: Element) => {
      for (let box: Element | null = el; box; box = box.parentElement) if (getComputedStyle(box).position === 'sticky') return true
      return false
    }
    const press = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role="button"]')]
      .filter((el) => seen(el) && !el.closest('[data-afloat], [aria-hidden="true"]') && getComputedStyle(el).pointerEvents !== 'none')
      .map((el) => ({ el, ...shown(el) }))
      .filter((a) => a.r - a.l > 2 && a.b - a.t > 2)
    for (const [i, a] of press.entries()) {
      for (const b of press.slice(i + 1)) {
        if (a.el.contains(b.el) || b.el.contains(a.el)) continue
        if (Math.min(a.r, b.r) - Math.max(a.l, b.l) > 2 && Math.min(a.b, b.b) - Math.max(a.t, b.t) > 2 && sticks(a.el) === sticks(b.el)) say('overlap', `${name(a.el)} and ${name(b.el)}`)
      }
    }
    const body = (document.querySelector('main, [data-testid="wall"]') as HTMLElement | null)?.innerText ?? ''
    if (body.trim().length < 20) say('empty', `only “${body.trim()}”`)
    return found
  }, names.filter((n) => /\p{Script=Han}/u.test(n)).sort((a, b) => b.length - a.length))
}

/** Every text in sight that has to be readable, with its colour and the least contrast it needs. */
function texts(page: Page): Promise<Text[]> {
  return page.evaluate(() => {
    const all: Text[] = []
    const afloat = [...document.querySelectorAll('[data-afloat]')].map((el) => el.getBoundingClientRect())
    const root = document.documentElement
    const dim = (el: Element) => {
      let opacity = 1
      for (let up: Element | null = el; up; up = up.parentElement) opacity *= Number(getComputedStyle(up).opacity)
      return opacity
    }
    const add = (text: string, el: Element, r: DOMRect, color: string) => {
      let [l, t, right, bottom] = [Math.max(0, r.left), Math.max(0, r.top), Math.min(innerWidth, r.right), Math.min(innerHeight, r.bottom)]
      for (let box: Element | null = el; box && box !== root; box = box.parentElement) {
        const [s, b] = [getComputedStyle(box), box.getBoundingClientRect()]
        if (s.overflowX !== 'visible' && s.display !== 'inline') [l, t, right, bottom] = [Math.max(l, b.left), Math.max(t, b.top), Math.min(right, b.right), Math.min(bottom, b.bottom)]
      }
      if (right - l < 3 || bottom - t < 3) return
      const top = document.elementFromPoint((l + right) / 2, (t + bottom) / 2)
      if (top && !el.contains(top) && !top.contains(el)) return // something lies over it
      if (!el.closest('[data-afloat]') && afloat.some((f) => f.left < right && f.right > l && f.top < bottom && f.bottom > t)) return
      const style = getComputedStyle(el)
      const size = parseFloat(style.fontSize)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      all.push({ text: text.slice(0, 40), at: el.closest('[data-testid]')?.getAttribute('data-testid') ?? el.tagName, rect: { x: l, y: t, w: right - l, h: bottom - t }, color, opacity: dim(el), least: large ? 3 : 4.5 })
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const [text, el] = [node.textContent!.trim(), node.parentElement!]
      if (!text || !el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || el.closest('option, :disabled, .is-disabled, [aria-hidden="true"]')) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const style = getComputedStyle(el)
      for (const r of range.getClientRects()) add(text, el, r, el.closest('svg') ? style.fill : style.color)
    }
    for (const field of document.querySelectorAll<HTMLInputElement>('input, textarea')) {
      if (!field.checkVisibility() || field.matches(':disabled, [type="checkbox"], [type="radio"], [type="range"], [type="color"]')) continue
      const empty = field.value === ''
      if (!empty || field.placeholder) add(field.value || field.placeholder, field, field.getBoundingClientRect(), getComputedStyle(field, empty ? '::placeholder' : null).color)
    }
    return all
  })
}

const unwritten = `*, *::before, *::after, *::placeholder { color: transparent !important; -webkit-text-fill-color: transparent !important; text-shadow: none !important; caret-color: transparent !important; transition: none !important; animation: none !important }
svg text { fill: transparent !important }`

/**
 * Texts that are too faint: each is held against the pixels of the page without its texts, at least nine tenths of which it
 * must stand out from. A live page moves while its picture is taken: only what stands at the same place before and after is
 * judged by that picture, the rest by the next one. `judge` is a blank page: the page's own policy may forbid to read pictures.
 */
export async function contrast(page: Page, judge: Page): Promise<Finding[]> {
  const [found, judged] = [[] as Finding[], new Set<string>()]
  const place = (t: Text) => `${t.at} ${[t.rect.x, t.rect.y, t.rect.w, t.rect.h].map(Math.round)} ${t.color}`
  for (let pictures = 0; pictures < 3; pictures++) {
    const all = (await texts(page)).filter((t) => !judged.has(place(t)))
    if (all.length === 0) break
    const picture = await withoutTexts(page)
    const after = new Set((await texts(page)).map(place))
    const still = all.filter((t) => after.has(place(t)))
    found.push(...(await judge.evaluate(measure, { all: still, picture })))
    for (const t of still) judged.add(place(t))
  }
  return found
}

/** The page's picture without its texts. Colours change at once from then on: no text is read while it fades back in. */
async function withoutTexts(page: Page): Promise<string> {
  // Sheets of the page's own making: no policy of content stands in their way.
  await page.evaluate((css) => {
    document.adoptedStyleSheets = ['*, *::before, *::after { transition: none !important }', css].map((rules) => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(rules)
      return sheet
    })
  }, unwritten)
  const picture = (await page.screenshot({ type: 'png', scale: 'css', timeout: 90_000 })).toString('base64')
  await page.evaluate(() => void (document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, 1)))
  return picture
}

/** Everything that is wrong on a page: on its first screen, and on as many of those that one scrolls to. */
export async function critic(page: Page, judge: Page, names: string[], screens: number): Promise<Finding[]> {
  const found: Finding[] = []
  await scroll(page, 0)
  for (let screen = 1; ; screen++) {
    found.push(...(await layout(page, names)), ...(await contrast(page, judge)))
    if (screen >= screens || !(await scroll(page, 0.85))) break
  }
  await scroll(page, 0)
  return found
}

/** Scrolls everything that scrolls by so much of its own height, to the beginning by 0; whether anything has moved. */
function scroll(page: Page, by: number): Promise<boolean> {
  return page.evaluate((part) => {
    let moved = false
    for (const el of document.querySelectorAll<HTMLElement>('*')) {
      if (el.scrollHeight < el.clientHeight + 8 || !/auto|scroll/.test(getComputedStyle(el).overflowY) || el.matches('textarea, select')) continue
      const was = el.scrollTop
      el.scrollTop = part ? was + el.clientHeight * part : 0
      moved ||= Math.abs(el.scrollTop - was) > 8
    }
    return moved
  }, by)
}

async function measure({ all, picture }: { all: Text[]; picture: string }): Promise<Finding[]> {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob())
  const pen = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true })!
  pen.drawImage(image, 0, 0)
  const light = (c: number[]) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const paint = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
  const rgba = (color: string) => {
    paint.clearRect(0, 0, 1, 1)
    paint.fillStyle = color
    paint.fillRect(0, 0, 1, 1)
    return [...paint.getImageData(0, 0, 1, 1).data]
  }
  const found: Finding[] = []
  for (const t of all) {
    const [x, y, w, h] = [Math.round(t.rect.x), Math.round(t.rect.y), Math.max(1, Math.round(t.rect.w)), Math.max(1, Math.round(t.rect.h))]
    const { data } = pen.getImageData(x, y, w, h)
    const [r, g, b, a] = rgba(t.color)
    const alpha = (a! / 255) * t.opacity
    const ratios: number[] = []
    for (let i = 0; i < data.length; i += 4 * Math.max(1, Math.floor((w * h) / 2000))) {
      const back = [data[i]!, data[i + 1]!, data[i + 2]!]
      const [one, two] = [light([r!, g!, b!].map((v, k) => v * alpha + back[k]! * (1 - alpha))), light(back)]
      ratios.push((Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05))
    }
    ratios.sort((p, q) => p - q)
    const ratio = ratios[Math.floor(ratios.length / 10)]!
    if (ratio < t.least - 0.05) found.push({ rule: 'contrast', what: `${ratio.toFixed(2)} < ${t.least}: “${t.text}” ${t.color} in ${t.at}` })
  }
  return found
}

/** One line for each finding, the same thing once. */
export const lines = (where: string, all: Finding[]): string[] => [...new Set(all.map((f) => `${where}: ${f.rule}: ${f.what}`))]
