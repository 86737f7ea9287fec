import { onBeforeUnmount, onMounted, shallowRef } from 'vue'
import { useHall } from '@/live/hall'
import { Deck, type DeckStatus } from './deck'

const nothing: DeckStatus = { at: 0, playing: false, running: false, rate: 1, keys: false, spread: null, ended: false, reels: {} }

/** The newest second is still on its way to the disk. */
const writingMs = 1500

/** Whether two say the same, so that a page that stands still is not drawn anew ten times a second. */
export const same = (a: DeckStatus, b: DeckStatus): boolean => a.at === b.at && JSON.stringify(a) === JSON.stringify(b)

/** A deck for as long as the component stands; while nobody sees the page it waits. */
export function useDeck(at: number, span?: () => { from: number; to: number }) {
  const status = shallowRef<DeckStatus>({ ...nothing, at })
  const hall = useHall()
  const deck = new Deck((s) => same(s, status.value) || (status.value = s), at, span, undefined, () => hall.serverNow - writingMs)
  let waiting = false
  function turned() {
    const goesOn = status.value.playing || waiting
    waiting = goesOn && document.visibilityState === 'hidden'
    if (waiting) deck.pause()
    else if (goesOn) deck.play()
  }
  onMounted(() => document.addEventListener('visibilitychange', turned))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', turned)
    deck.stop()
  })
  return { deck, status }
}
