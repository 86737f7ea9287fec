// @vitest-environment happy-dom
import { type App, type Component, createApp, h, nextTick, ref } from 'vue'
import { afterEach, expect, it } from 'vitest'
import { buildI18n } from '@/i18n'
import ExpressionFields from './ExpressionFields.vue'
import type { Rule } from './fired'
import ThresholdFields from './ThresholdFields.vue'
import TwoPoints from './TwoPoints.vue'

let app: App
afterEach(() => app.unmount())

/** Shows a component as its page does: what it emits is handed back to it. */
function show(component: Component, props: Record<string, unknown>, heard: (name: string, what: unknown) => void = () => {}) {
  const place = document.createElement('div')
  app = createApp({ render: () => h(component, { ...props, onChange: (r: Rule) => heard('change', r), onSet: (m: unknown) => heard('set', m) }) })
  app.use(buildI18n('zh-CN')).mount(place)
  return place
}
async function type(place: Element, id: string, text: string) {
  const input = place.querySelector<HTMLInputElement>(`[data-testid="${id}"]`)!
  input.value = text
  input.dispatchEvent(new Event('input'))
  input.dispatchEvent(new Event('change'))
  await nextTick()
}

it('two points make scale and offset', async () => {
  let made: unknown
  const place = show(TwoPoints, { unit: 'm' }, (_, m) => (made = m))
  const button = place.querySelector<HTMLButtonElement>('[data-testid="calibrate"]')!
  expect(button.disabled).toBe(true)
  for (const [id, text] of [['said-0', '4'], ['true-0', '0'], ['said-1', '20'], ['true-1', '5']] as const) await type(place, id, text) // prettier-ignore
  button.click()
  expect(made).toEqual({ scale: 0.3125, offset: -1.25 })
})

it('a rate of change has a window, in minutes, and says when a fall is no fall', async () => {
  const rule = ref<Rule>({ kind: 'sensor_rate', above: 0.2, window: '0s' })
  const place = show({ render: () => h(ThresholdFields, { rule: rule.value, unit: 'm', editable: true, n: 0, onChange: (r: Rule) => (rule.value = r) }) }, {})
  expect(place.querySelector<HTMLInputElement>('[data-testid="limit-window"]')!.value).toBe('10')
  await type(place, 'limit-window', '1.5')
  expect(rule.value.window).toBe('90000ms')
  await type(place, 'limit-above', '')
  await type(place, 'limit-below', '0.2')
  expect(place.querySelector('[role="alert"]')!.textContent).toContain('下降要填负数')
})

it('a condition is a text', async () => {
  const rule = ref<Rule>({ kind: 'sensor_expression', expr: '' })
  const place = show({ render: () => h(ExpressionFields, { rule: rule.value, editable: true, n: 0, onChange: (r: Rule) => (rule.value = r) }) }, {})
  expect(place.querySelector('[role="alert"]')).not.toBeNull()
  await type(place, 'expression-text', "value('a') > 1")
  expect([rule.value.expr, place.querySelector('[role="alert"]')]).toEqual(["value('a') > 1", null])
})
