// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { $, buildPage } from '@/testing/page'
import AlarmRules from './AlarmRules.vue'
import { type Draft, reportedKinds } from './draft'

const page = buildPage()
afterEach(() => page.leave())

async function shown(draft: Draft, editable = true) {
  const said: Draft[] = []
  const root = await page.show(AlarmRules, { draft, editable, onChange: (d: Draft) => said.push(d) })
  return { root, said }
}

it('shows how grave each of the camera’s own alarms is and when it counts', async () => {
  const { root } = await shown({ zones: [], rules: [{ kind: 'loitering', by: 'camera', severity: 'red', hours: '22:00-06:00' }, { kind: 'intrusion', zone: 'a', severity: 'blue' }] })
  const severity = reportedKinds.map((k) => $(root, `reported-${k}`)!.querySelector('select')!.value)
  expect(severity).toEqual(['orange', 'yellow', 'red'])
  expect(reportedKinds.map((k) => $(root, `reported-${k}`)!.querySelectorAll('input[type=time]').length)).toEqual([0, 0, 2])
})

it('puts what a person chooses into a rule of the camera itself', async () => {
  const { root, said } = await shown({ zones: [], rules: [] })
  const select = $(root, 'reported-line_crossing')!.querySelector('select')!
  select.value = 'red'
  select.dispatchEvent(new Event('change'))
  const always = $(root, 'reported-loitering')!.querySelector<HTMLInputElement>('input[type=checkbox]')!
  always.checked = false
  always.dispatchEvent(new Event('change'))
  expect(said.map((d) => d.rules)).toEqual([[{ kind: 'line_crossing', by: 'camera', severity: 'red' }], [{ kind: 'loitering', by: 'camera', hours: '22:00-06:00' }]])
})

it('lets nobody change what is not theirs', async () => {
  const { root } = await shown({ zones: [], rules: [] }, false)
  expect(root.querySelector('fieldset')!.disabled).toBe(true)
})
