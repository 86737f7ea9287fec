import { nextTick, onMounted, type Ref, ref, watch } from 'vue'

/**
 * Keeps the row that somebody is at, the one under the pointer or else the one picked, where it is on the screen whatever comes
 * or goes above it. What then waits above the edge is told by `above`.
 */
export function useAnchor(list: Ref<HTMLElement | null>, ids: () => readonly string[], picked: () => string | undefined) {
  const pointed = ref('')
  const above = ref<string[]>([])
  /** Empty room below the last row, px, without which the list could not be moved up far enough. */
  const tail = ref(0)
  /** The same above the first row: taken up by what comes, and gone as soon as nobody is held there. */
  const head = ref(0)
  const rowOf = (id: string | undefined) => (id ? list.value?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`) : null)

  function look() {
    const box = list.value
    if (!box) return
    const scrolled = Math.min(head.value, box.scrollTop)
    if (scrolled > 0) void nextTick(() => (box.scrollTop -= scrolled))
    head.value -= scrolled
    tail.value = Math.max(0, box.scrollTop + box.clientHeight - (box.scrollHeight - tail.value))
    above.value = [...box.querySelectorAll<HTMLElement>('[data-row]')].filter((r) => r.offsetTop + r.offsetHeight / 2 < box.scrollTop).map((r) => r.dataset.row!)
  }

  watch(
    () => ids().join(),
    () => {
      const held = rowOf(pointed.value) ? pointed.value : picked()
      const before = rowOf(held)?.offsetTop
      void nextTick(async () => {
        const [box, after] = [list.value, rowOf(held)?.offsetTop]
        if (box && before !== undefined && after !== undefined && after !== before) {
          const taken = Math.min(head.value, Math.max(0, after - before))
          const wanted = box.scrollTop + after - before - taken
          head.value += Math.max(0, -wanted) - taken
          tail.value += Math.max(0, wanted + box.clientHeight - box.scrollHeight + taken)
          await nextTick()
          box.scrollTop = wanted
        }
        look()
      })
    },
  )
  // Who moves on by key wants to see where they are.
  watch(
    picked,
    async (id) => {
      if (!pointed.value) head.value = 0
      await nextTick()
      rowOf(id)?.scrollIntoView({ block: 'nearest' })
    },
    { flush: 'post' },
  )
  onMounted(() => rowOf(picked())?.scrollIntoView({ block: 'nearest' }))

  const point = (e: Event) => (pointed.value = (e.target as HTMLElement).closest<HTMLElement>('[data-row]')?.dataset.row ?? '')
  const leave = () => {
    pointed.value = ''
    head.value = 0
  }
  const top = () => list.value?.scrollTo({ top: 0 })
  return { above, head, tail, look, point, leave, top }
}
