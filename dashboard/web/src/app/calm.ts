import { effect, onScopeDispose, type ShallowRef, shallowRef, stop } from 'vue'

/**
 * A value worked out anew when what it stands on has changed, but not more often than every so many ms: for what goes through all
 * cameras of a district, while a storm changes hundreds of them a second. The first change after a calm time shows at once.
 */
export function calmly<T>(get: () => T, everyMs = 500): Readonly<ShallowRef<T>> {
  const value = shallowRef() as ShallowRef<T>
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = 0
  const runner = effect(() => (value.value = get()), { scheduler: later })
  function later() {
    if (timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      last = Date.now()
      runner()
    }, Math.max(0, last + everyMs - Date.now()))
  }
  onScopeDispose(() => {
    clearTimeout(timer)
    stop(runner)
  })
  return value
}
