// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { buildPage, settle } from '@/testing/page'
import { useAttempt } from './attempt'
import { ApiError } from './client'

const page = buildPage('en')
afterEach(page.leave)

/** What a component gets that asks for something. */
async function attempts() {
  let got!: ReturnType<typeof useAttempt>
  await page.show(defineComponent({ setup: () => ((got = useAttempt()), () => h('i')) }))
  return got
}

it('is under way until it is answered', async () => {
  const { attempt, busy, fault } = await attempts()
  let answer!: () => void
  const asked = attempt(() => new Promise<void>((done) => (answer = done)))
  expect([busy.value, fault.value]).toEqual([true, ''])
  answer()
  await asked
  expect([busy.value, fault.value]).toEqual([false, ''])
})

it('says why it was refused, and forgets that with the next try', async () => {
  const { attempt, busy, fault } = await attempts()
  await attempt(() => Promise.reject(new TypeError('no network')))
  expect(busy.value).toBe(false)
  expect(fault.value).not.toBe('')
  const unheard = fault.value
  await attempt(() => Promise.reject(new ApiError(409, 'conflict', 'it is taken')))
  expect(fault.value).not.toBe(unheard)
  expect(fault.value).toContain('(it is taken)')
  const again = attempt(settle)
  expect(fault.value).toBe('')
  await again
})
