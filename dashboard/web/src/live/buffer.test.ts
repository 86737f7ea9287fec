import { describe, expect, it } from 'vitest'
import { chase, join, target, trim } from './buffer'

describe('the playhead', () => {
  const rows: [string, number, [number, number][], number, ReturnType<typeof chase>][] = [
    ['waits while nothing is buffered', 0, [], 1, { do: 'nothing' }],
    ['plays on near the live edge', 9.1, [[0, 10]], 1, { do: 'nothing' }],
    ['plays faster when late', 8.9, [[0, 10]], 1, { do: 'rate', rate: 1.2 }],
    ['keeps the faster rate until it is back', 9, [[0, 10]], 1.2, { do: 'nothing' }],
    ['returns to the normal rate at the edge', 9.3, [[0, 10]], 1.2, { do: 'rate', rate: 1 }],
    ['jumps when hopelessly late', 3, [[0, 10]], 1, { do: 'seek', to: 10 - target }],
    ['jumps over a hole', 4, [[0, 4], [8, 8.2]], 1, { do: 'seek', to: 8 }],
    ['jumps into a stream that begins later than zero', 0, [[120, 121]], 1, { do: 'seek', to: 121 - target }],
    ['jumps back when the clock of the stream did', 300, [[0, 2]], 1, { do: 'seek', to: 2 - target }],
  ] // prettier-ignore
  it.each(rows)('%s', (_, at, buffered, rate, want) => expect(chase(at, buffered, rate)).toEqual(want))
})

describe('the buffer', () => {
  it('is trimmed in large steps, never near the playhead', () => {
    expect(trim(10, [[0, 11]])).toBeNull()
    expect(trim(19, [[0, 20]])).toEqual([0, 13])
    expect(trim(19, [])).toBeNull()
  })

  it('gets what has gathered as one piece', () => {
    const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)].map((p) => p.buffer)
    expect(new Uint8Array(join(parts))).toEqual(Uint8Array.of(1, 2, 3))
    expect(join(parts.slice(0, 1))).toBe(parts[0])
  })
})
