import { describe, expect, it } from 'vitest'
import type { Reading } from '@/api/types'
import { faultOf, fired } from './fired'

const of = (...values: number[]): Reading[] => values.map((value, i) => ({ sensor: 'x', value, at: new Date(i * 1000).toISOString() }))
const spans = (...args: Parameters<typeof fired>) => fired(...args).map((s) => `${s.from / 1000}-${s.to / 1000}${s.open ? '+' : ''}`)

describe('a threshold over readings', () => {
  it.each([
    ['opens at its limit and closes below it', { above: 3 }, 0, [1, 3, 4, 2, 1], ['1-3']],
    ['stays open until it is beyond clear', { above: 3, clear: 2 }, 0, [1, 3, 2.5, 2, 1.9], ['1-4']],
    ['waits for its dwell', { above: 3 }, 2000, [3, 3, 1, 3, 3, 3, 3], ['5-6+']],
    ['falls below', { below: 1 }, 0, [2, 1, 0, 2], ['1-3']],
    ['leaves a band to either side', { above: 3, below: 1 }, 0, [2, 4, 2, 0], ['1-2', '3-3+']],
    ['never', { above: 9 }, 0, [1, 2], []],
  ])('%s', (_, rule, dwell, values, want) => expect(spans(of(...values), rule, dwell)).toEqual(want))

  it('says what cannot be', () => {
    expect([{}, { above: 1, below: 2 }, { above: 2, below: 1, clear: 1 }, { above: 2, clear: 3 }, { below: 2, clear: 1 }, { above: 2, clear: 1 }].map(faultOf)).toEqual(['noLimit', 'order', 'order', 'clearSide', 'clearSide', ''])
    const rate = (limits: object) => faultOf({ kind: 'sensor_rate', ...limits })
    expect([rate({}), rate({ above: -1 }), rate({ below: 1 }), rate({ above: 1, below: -1 })]).toEqual(['noLimit', 'sign', 'sign', ''])
    expect(['', ' ', "value('a') > 1"].map((expr) => faultOf({ kind: 'sensor_expression', expr }))).toEqual(['noExpr', 'noExpr', ''])
  })
})
