import { onBeforeUnmount, onMounted, shallowRef } from 'vue'
import { Deck, type DeckStatus } from './deck'

const nothing: DeckStatus = { at: 0, playing: false, running: false, rate: 1, keys: false, spread: null, ended: false, reels: {} }

/** A deck for as long as the component stands; while nobody sees the page it waits. */
export function useDeck(at: number, span?: () => { from: number; to: number }) {
  const status = shallowRef<DeckStatus>({ ...nothing, at })
  const deck = new Deck((s) => (status.value = s), at, span)
  let waiting = false
  function turned() {
    const hidden = document.visibilityState === 'hidden'
    if (hidden && status.value.playing) deck.pause()
    else if (!hidden && waiting) deck.play()
    waiting = hidden && status.value.playing
  }
  onMounted(() => document.addEventListener('visibilitychange', turned))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', turned)
    deck.stop()
  })
  return { deck, status }
}
