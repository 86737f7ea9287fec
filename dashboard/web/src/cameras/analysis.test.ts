// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { $, buildPage } from '@/testing/page'
import { type Analysis, analysisStates, delay, rate, sumOf } from './analysis'
import AnalysisMark from './AnalysisMark.vue'

const a = (o: Partial<Analysis>): { analysis: Analysis } => ({ analysis: { state: 'asleep', pictures: 0.5, looks: 0, delay_ms: 30, ...o } })

describe('the analysis of all cameras together', () => {
  it('counts who is looked at, and names the longest delay', () => {
    expect(sumOf([a({}), a({ state: 'awake', delay_ms: 120 }), a({ state: 'slowed', delay_ms: 1400 }), a({ state: 'off', delay_ms: 99_000 }), { analysis: null }])).toEqual({
      analysed: 3, awake: 1, slowed: 1, longest: 1400,
    })
  })

  it('is nothing when nobody is analysed', () => expect(sumOf([{ analysis: null }])).toBeNull())
})

it('figures have the digits they deserve', () => {
  expect([rate(0.48), rate(9.96), rate(24.6)]).toEqual(['0.5', '10.0', '25'])
  expect([delay(80.4), delay(1432)]).toEqual(['80 ms', '1.4 s'])
})

describe.each(['zh-CN', 'en'] as const)('the mark of a camera in %s', (language) => {
  it.each(analysisStates)('says in words what %s means', async (state) => {
    const page = buildPage(language)
    const root = await page.show(AnalysisMark, { analysis: a({ state, pictures: 4.2, looks: 1 }).analysis })
    const mark = $(root, 'analysis')!
    expect(mark.title.length).toBeGreaterThanOrEqual(12)
    expect(mark.textContent + mark.title).not.toContain('analysis.')
    expect(mark.querySelector('[data-figures]')?.textContent ?? '').toContain(state === 'off' ? '' : '4.2')
    expect(mark.querySelector('[data-figures]') === null).toBe(state === 'off')
    page.leave()
  })
})
