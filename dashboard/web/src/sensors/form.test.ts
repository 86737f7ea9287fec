import { expect, it } from 'vitest'
import { aSensor } from '@/testing/things'
import { bodyOf, fieldsOf, firstLimit, firstRule, idFor } from './form'

it('a sensor goes into its form and back', () => {
  const s = aSensor({ stale_after: '1m30s', mapping: { path: 'a.b' }, rules: [{ kind: 'sensor_threshold', above: 3 }] })
  expect(fieldsOf(s)).toMatchObject({ staleS: 90, mapping: { path: 'a.b', scale: 1, offset: 0 }, lon: 116.41 })
  expect(bodyOf(fieldsOf(s))).toMatchObject({ name: '水位', stale_after: '90000ms', place: { lon: 116.41, lat: 39.81 }, rules: [{ above: 3 }] })
  expect(bodyOf(fieldsOf(s))).not.toHaveProperty('id')
})

it.each([
  ['hean/water/underpass', [], 'water-underpass'],
  ['hean/water/underpass', ['water-underpass'], 'water-underpass-2'],
  ['水位', [], 'sensor'],
  ['a/b c/.d', [], 'b-c-.d'],
] as [string, string[], string][])('%s suggests an id', (topic, taken, want) => expect(idFor(topic, new Set(taken))).toBe(want))

it('the first limit lies above what came', () => {
  expect(firstLimit([{ sensor: '', at: '', value: 10 }], 2)).toBe(12)
  expect(firstLimit([], null)).toBe(0.1)
})

it('a rule begins with what the sensor has said', () => {
  const f = fieldsOf(aSensor({ rules: [{ kind: 'sensor_threshold', above: 3 }] }))
  const readings = [1, 3].map((value) => ({ sensor: f.id, at: '', value }))
  expect(firstRule('sensor_rate', f, readings, 3)).toEqual({ kind: 'sensor_rate', above: 2.4, window: '600000ms' })
  expect(firstRule('sensor_expression', f, readings, 3).expr).toBe(`value('${f.id}') > 3.6`)
  expect(firstRule('sensor_threshold', f, [], 1).id).toMatch(/^threshold-/)
})
