import { describe, expect, it } from 'vitest'
import { Clock } from './clock'
import { enough, follow, holding, keysOnly, lags, patience, pulse, type ReelState, spent, spread } from './pace'

describe('a video follows the clock', () => {
  it.each([
    [0, 1, 1, { do: 'rate', rate: 1 }],
    [30, 1, 1, { do: 'rate', rate: 1 }],
    [60, 1, 1, { do: 'rate', rate: 0.95 }],
    [-60, 1, 1, { do: 'rate', rate: 1.05 }],
    [-30, 1.05, 1, { do: 'rate', rate: 1.05 }], // goes on until it is really near
    [-10, 1.05, 1, { do: 'rate', rate: 1 }],
    [200, 1, 1, { do: 'rate', rate: 0.75 }],
    [-999, 1, 1, { do: 'rate', rate: 1.25 }],
    [1001, 1, 1, { do: 'seek' }],
    [-1001, 1, 1, { do: 'seek' }],
    [1000, 8, 8, { do: 'rate', rate: 8 * 0.95 }], // 125 ms of who looks on
    [60, 0.5, 0.5, { do: 'rate', rate: 0.5 * 0.95 }],
  ] as const)('%d ms before it at %d×, the clock at %d×', (lead, now, clock, want) => expect(follow(lead, now, clock)).toEqual(want))

  it('and comes within 100 ms and stays there, from anywhere, for clocks that drift', () => {
    for (const drift of [-0.003, 0, 0.003]) {
      for (let start = -1000; start <= 1000; start += 50) {
        let [lead, rate] = [start as number, 1]
        for (let s = 0; s < 60; s += 0.1) {
          const step = follow(lead, rate, 1)
          if (step.do === 'rate') rate = step.rate
          lead += (rate * (1 + drift) - 1) * 100
          if (s > 6) expect(Math.abs(lead)).toBeLessThan(50)
        }
      }
    }
  })
})

it('a video lags that is behind by more than an eye forgives', () => expect([lags(-200, 1), lags(200, 1), lags(-200, 8), lags(-100, 1)]).toEqual([true, false, false, false]))

it('key pictures alone are played where all would be too many for this machine, never at its own speed', () => {
  const [sub, main] = [640 * 360, 1920 * 1080]
  expect(keysOnly({ rate: 8, sizes: [sub], cores: 2 })).toBe(false)
  expect(keysOnly({ rate: 8, sizes: [main], cores: 2 })).toBe(true)
  expect(keysOnly({ rate: 4, sizes: [main], cores: 8 })).toBe(false)
  expect(keysOnly({ rate: 4, sizes: Array(16).fill(sub), cores: 2 })).toBe(true)
  expect(keysOnly({ rate: 1, sizes: Array(16).fill(main), cores: 2 })).toBe(false)
})

describe('the buffer', () => {
  const at = 1_000_000
  it('keeps a minute behind and what comes next', () => {
    expect(spent([{ from: at - 70_000, to: at + 20_000 }], at, 20_000)).toBeNull()
    expect(spent([{ from: at - 80_000, to: at + 20_000 }], at, 20_000)).toEqual({ from: at - 80_000, to: at - 60_000 })
  })
  it('lets go of what a jump back has left', () => {
    const left = { from: at + 600_000, to: at + 620_000 }
    expect(spent([{ from: at, to: at + 10_000 }, left], at, 20_000)).toEqual(left)
  })
  it('holds an instant just before its beginning, where pictures are shown later than decoded', () => {
    const all = [{ from: 100, to: 2000 }]
    expect([holding(all, 0), holding(all, 1999), holding(all, 2000)]).toEqual([all[0], all[0], undefined])
  })
  it('waits for more at the edge', () => expect([enough(false, 1), enough(false, 8), enough(true, 1), enough(false, 0.5)]).toEqual([300, 2400, 2000, 300]))
})

describe('the clock of all', () => {
  const reels = (...all: (ReelState | number)[]) => all.map((s) => (typeof s === 'number' ? { state: 'gap' as const, next: s } : { state: s, next: null }))
  it.each([
    [reels('ready', 'ready'), 0, { do: 'run' }],
    [reels('ready', 'loading'), 0, { do: 'hold' }],
    [reels('ready', 'loading'), patience, { do: 'run' }], // one that stalls does not stop the others
    [reels('loading'), 60_000, { do: 'hold' }],
    [reels('ready', 500), 9999, { do: 'run' }], // one that has a gap shows it
    [reels(900, 500), 9999, { do: 'jump', to: 500 }],
    [reels(500, 'edge'), 9999, { do: 'jump', to: 500 }],
    [reels('edge', 'edge'), 9999, { do: 'hold' }],
    [reels('unplayable'), 9999, { do: 'hold' }],
    [reels('unplayable', 'ready'), 9999, { do: 'run' }],
    [reels('failed', 'gap'), 9999, { do: 'hold' }],
    [[], 0, { do: 'hold' }],
  ] as const)('%o after %d ms', (all, since, want) => expect(pulse(all, since)).toEqual(want))

  it('goes on at its speed while it runs, and stands while it does not', () => {
    let ms = 0
    const clock = new Clock(1000, () => ms)
    ms = 50
    expect(clock.now()).toBe(1000)
    clock.run(true)
    ms = 150
    expect(clock.now()).toBe(1100)
    clock.speed(8)
    ms = 250
    expect(clock.now()).toBe(1900)
    clock.run(false)
    ms = 999
    clock.run(false)
    expect(clock.now()).toBe(1900)
    clock.set(5)
    clock.run(true)
    ms = 1000
    expect(clock.now()).toBe(13)
  })

  it('says how far its cameras are apart', () => expect([spread([]), spread([5]), spread([5, 105, 40])]).toEqual([null, null, 100]))
})
