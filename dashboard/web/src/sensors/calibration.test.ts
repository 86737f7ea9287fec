import { expect, it } from 'vitest'
import { calibration } from './calibration'

it.each([
  ['a gauge that counts centimetres', [[0, 0], [250, 2.5]], { scale: 0.01, offset: 0 }],
  ['4 to 20 mA over 5 metres', [[4, 0], [20, 5]], { scale: 0.3125, offset: -1.25 }],
  ['a depth that is told from above', [[0.3, 4.7], [1.3, 3.7]], { scale: -1, offset: 5 }],
  ['the same word twice', [[4, 0], [4, 5]], null],
  ['the same measure twice', [[4, 1], [20, 1]], null],
  ['an empty field', [[4, NaN], [20, 1]], null],
] as [string, [[number, number], [number, number]], object | null][])('%s', (_, [a, b], want) => {
  expect(calibration([{ said: a[0], true: a[1] }, { said: b[0], true: b[1] }])).toEqual(want) // prettier-ignore
})
