// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { buildPage } from '@/testing/page'
import { useDeck } from './useDeck'

const at = 1_800_000_000_000
let page: ReturnType<typeof buildPage>
let deck: ReturnType<typeof useDeck>
let seen = 'visible'
function turn(to: 'visible' | 'hidden') {
  seen = to
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(async () => {
  page = buildPage()
  await page.show({
    setup() {
      deck = useDeck(at)
      return () => null
    },
  })
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => seen as DocumentVisibilityState)
})
afterEach(() => {
  page.leave()
  vi.restoreAllMocks()
})

// Sixteen decoders behind another tab are of no use to anybody.
it('waits while nobody sees the page, and goes on when somebody does', () => {
  deck.deck.play()
  expect(deck.status.value.playing).toBe(true)
  turn('hidden')
  expect(deck.status.value.playing).toBe(false)
  turn('visible')
  expect(deck.status.value.playing).toBe(true)
})

it('stays where somebody has paused it', () => {
  deck.deck.play()
  deck.deck.pause()
  turn('hidden')
  turn('visible')
  expect(deck.status.value.playing).toBe(false)
})
