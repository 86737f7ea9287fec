import { describe, expect, it } from 'vitest'
import { mutedUntil, newest, nextMute, tones } from './tones'

const minute = 60_000

describe('the sound of a colour', () => {
  it('goes on for red, comes twice for orange, once for yellow and not for blue', () => {
    expect([tones.red.again > 0, tones.orange.again, tones.yellow.again]).toEqual([true, 0, 0])
    expect([tones.orange.beeps.length, tones.yellow.beeps.length, tones.blue.beeps.length]).toEqual([2, 1, 0])
  })

  it('is of the gravest that is new, or has got graver', () => {
    const heard = new Map<string, number>()
    expect(newest(heard, [{ id: '1', severity: 'yellow' }, { id: '2', severity: 'orange' }])).toBe('orange')
    expect(newest(heard, [{ id: '1', severity: 'yellow' }, { id: '2', severity: 'orange' }])).toBeNull()
    expect(newest(heard, [{ id: '1', severity: 'red' }])).toBe('red')
    expect([...heard.keys()], 'who has an answer is forgotten').toEqual(['1'])
  })
})

describe('muting', () => {
  it('goes by 5, 15 and 30 minutes and back to sound', () => {
    let until = 0
    const minutes = [1, 2, 3, 4].map(() => (until = nextMute(until, 0)) / minute)
    expect(minutes).toEqual([5, 15, 30, 0])
    expect(nextMute(3 * minute, 0) / minute, 'what is left of it counts').toBe(5)
  })

  it('is never for ever, whatever somebody has stored', () => {
    expect([null, 'x', '1e99', String(31 * minute), String(30 * minute), '-1'].map((s) => mutedUntil(s, 0))).toEqual([0, 0, 0, 0, 30 * minute, 0])
  })
})
