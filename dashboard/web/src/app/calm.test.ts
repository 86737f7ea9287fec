import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { calmly } from './calm'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('follows the first change at once, and a storm of them at its own pace', () => {
  const scope = effectScope()
  const n = ref(0)
  let worked = 0
  const double = scope.run(() => calmly(() => (worked++, 2 * n.value), 500))!
  expect(double.value).toBe(0)
  n.value = 1
  vi.advanceTimersByTime(1)
  expect(double.value).toBe(2)
  for (let i = 2; i <= 100; i++) {
    n.value = i
    vi.advanceTimersByTime(10)
  }
  vi.advanceTimersByTime(500)
  expect(double.value).toBe(200)
  expect(worked).toBeLessThan(6)
  scope.stop()
  n.value = 7
  vi.advanceTimersByTime(1000)
  expect(double.value).toBe(200)
})
