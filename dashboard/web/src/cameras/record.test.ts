import { describe, expect, it } from 'vitest'
import { bytes, bytesOf, days, gbOf, lineOf, listens, stretchFault, stretchHint, stretchOf, withMode } from './record'

describe('a line of a schedule', () => {
  it.each([
    ['08:00-18:00', days, '08:00', '18:00', '08:00-18:00'],
    ['Mon-Fri 08:00-18:00', ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], '08:00', '18:00', 'Mon-Fri 08:00-18:00'],
    ['sat,SUN 00:00-24:00', ['Sat', 'Sun'], '00:00', '24:00', 'Sat,Sun 00:00-24:00'],
    ['Fri-Mon  22:00-06:00', ['Mon', 'Fri', 'Sat', 'Sun'], '22:00', '06:00', 'Mon,Fri-Sun 22:00-06:00'],
    ['Wed 18:00-00:00', ['Wed'], '18:00', '00:00', 'Wed 18:00-24:00'],
  ])('%s', (line, on, from, to, again) => {
    expect(stretchOf(line)).toEqual({ days: on, from, to })
    expect(lineOf(stretchOf(line))).toBe(again)
  })

  it.each([
    [{ days, from: '', to: '09:00' }, 'noTime', ''],
    [{ days, from: '08:00', to: '08:00' }, 'noLength', 'nextDay'],
    [{ days, from: '00:00', to: '00:00' }, '', 'wholeDay'],
    [{ days, from: '22:00', to: '06:00' }, '', 'nextDay'],
    [{ days, from: '18:00', to: '00:00' }, '', ''],
    [{ days, from: '08:00', to: '18:00' }, '', ''],
  ] as const)('%j is %j, %j', (stretch, fault, hint) => expect([stretchFault(stretch), stretchHint(stretch)]).toEqual([fault, hint]))
})

it('another mode keeps what else is set', () => {
  const r = { mode: 'hours', schedule: ['22:00-06:00'], keep_days: 7, silent: true } as const
  const set = { ...r, schedule: [...r.schedule] }
  expect(withMode(set, 'always')).toEqual({ ...set, mode: 'always' })
  expect(withMode(withMode(set, 'never'), 'hours')).toEqual(set)
  expect(withMode(set, 'auto')).toEqual({ mode: 'auto', keep_days: 7, silent: true })
  expect(withMode(undefined, 'hours')).toEqual({ mode: 'hours', schedule: ['08:00-18:00'] })
})

it('sound is asked for where something of it may be kept', () => {
  expect([true, false].map((analyse) => listens({ analyse }))).toEqual([true, false])
  expect(listens({ analyse: false, record: { mode: 'always' } })).toBe(true)
  expect(listens({ analyse: false, record: { mode: 'always', silent: true } })).toBe(false)
  expect(listens({ analyse: true, record: { mode: 'never' } })).toBe(false)
})

it('bytes are written as people say them', () => {
  expect([bytes(0), bytes(12_300_000), bytes(3_440_000_000), bytes(123_400_000_000), bytes(1.24e12)]).toEqual(['0 kB', '12 MB', '3.4 GB', '123 GB', '1.2 TB'])
  expect([gbOf(0), gbOf(1.5e9), bytesOf(''), bytesOf('1.5'), bytesOf('x')]).toEqual(['', 1.5, 0, 1.5e9, 0])
})
