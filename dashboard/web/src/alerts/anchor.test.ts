// @vitest-environment happy-dom
import { type App, createApp, nextTick, ref, watchPostEffect } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useAnchor } from './anchor'

const [rowHeight, boxHeight] = [50, 300]
const ids = ref<string[]>([])
const picked = ref<string | undefined>()
let anchor: ReturnType<typeof useAnchor>
let app: App
/** What was last laid out: changes come to the page after those who watch them have looked. */
let drawn = { ids: [] as string[], head: 0, tail: 0 }

/** A list as a browser would lay it out: room above, rows of one height, room below. */
const box = {
  at: 0,
  clientHeight: boxHeight,
  get scrollHeight() { return Math.max(boxHeight, drawn.head + drawn.ids.length * rowHeight + drawn.tail) },
  get scrollTop() { return this.at },
  set scrollTop(to: number) { this.at = Math.min(Math.max(0, to), this.scrollHeight - boxHeight) },
  row: (id: string) => ({ offsetTop: drawn.head + drawn.ids.indexOf(id) * rowHeight, offsetHeight: rowHeight, dataset: { row: id }, scrollIntoView: () => {}, closest: () => ({ dataset: { row: id } }) }),
  querySelector(selector: string) { const id = /"(.+)"/.exec(selector)![1]!; return drawn.ids.includes(id) ? this.row(id) : null },
  querySelectorAll() { return drawn.ids.map(this.row) },
} // prettier-ignore

const onScreen = (id: string) => box.row(id).offsetTop - box.scrollTop
const point = (id: string) => anchor.point({ target: box.row(id) } as unknown as Event)
async function become(next: string) {
  ids.value = [...next]
  for (let i = 0; i < 4; i++) await nextTick()
}

beforeEach(async () => {
  Object.assign(globalThis, { CSS: { escape: (s: string) => s } })
  picked.value = undefined
  ids.value = [...'abcdefghij']
  app = createApp({
    setup() {
      anchor = useAnchor(ref(box as unknown as HTMLElement), () => ids.value, () => picked.value) // prettier-ignore
      watchPostEffect(() => (drawn = { ids: ids.value, head: anchor.head.value, tail: anchor.tail.value }))
      return () => null
    },
  })
  app.mount(document.createElement('div'))
  box.at = 0
  await nextTick()
})
afterEach(() => app.unmount())

describe('the row somebody is at', () => {
  it.each([
    ['comes above it', 'xabcdefghij'],
    ['goes above it, at the top of the list', 'bcdefghij'],
    ['goes above it, both of them', 'cdefghij'],
    ['goes below it', 'abcdefg'],
    ['all go but a few', 'cd'],
  ])('stays where it is when a row %s', async (_, next) => {
    point('c')
    const was = onScreen('c')
    await become(next)
    expect(onScreen('c')).toBe(was)
  })

  it('is the one picked while the pointer is elsewhere', async () => {
    picked.value = 'b'
    await become('bcdefghij')
    expect([onScreen('b'), anchor.head.value]).toEqual([rowHeight, rowHeight])
  })

  it('has no empty room above it for longer than somebody is there', async () => {
    point('c')
    await become('bcdefghij')
    expect(anchor.head.value).toBe(rowHeight)
    await become('xbcdefghij')
    expect([anchor.head.value, onScreen('c')]).toEqual([0, 2 * rowHeight])
    await become('bcdefghij')
    anchor.leave()
    expect(anchor.head.value).toBe(0)
  })

  it('moves by what one scrolls and no more, while the empty room goes', async () => {
    point('c')
    await become('bcdefghij')
    const was = onScreen('c')
    box.scrollTop = 20
    anchor.look()
    await nextTick()
    await nextTick()
    expect([onScreen('c'), anchor.head.value]).toEqual([was - 20, rowHeight - 20])
  })
})

describe('what waits above the edge', () => {
  it('is told, at least half out of sight', async () => {
    point('a')
    await become('xyabcdefghij')
    expect(anchor.above.value).toEqual(['x', 'y'])
    box.scrollTop = 0
    anchor.look()
    expect(anchor.above.value).toEqual([])
  })
})
