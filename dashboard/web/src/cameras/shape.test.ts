import { describe, expect, it } from 'vitest'
import { crosses, insert, middle, move, nearestEdge, type Point, remove, share, shift, snap, tidy } from './shape'

const square: Point[] = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]]

describe('a zone', () => {
  it('keeps its corners in the picture, with three decimals', () => {
    expect(tidy([-0.1, 0.12345])).toEqual([0, 0.123])
    expect(move(square, 1, [2, 0.3])[1]).toEqual([1, 0.3])
  })

  it('is moved whole as far as the picture reaches', () => {
    expect(shift(square, 0.1, -0.1)).toEqual([[0.3, 0.1], [0.7, 0.1], [0.7, 0.5], [0.3, 0.5]])
    expect(shift(square, -9, 9)).toEqual([[0, 0.6], [0.4, 0.6], [0.4, 1], [0, 1]])
  })

  it('gets a new corner on the edge that was meant', () => {
    expect(nearestEdge(square, [0.4, 0.21], 16 / 9)).toBe(0)
    expect(nearestEdge(square, [0.19, 0.4], 16 / 9)).toBe(3)
    expect(insert(square, 3, [0.2, 0.4])).toEqual([...square, [0.2, 0.4]])
    expect(nearestEdge([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], [0, 0], 1)).toBe(0)
  })

  it('keeps three corners', () => {
    expect(remove(square, 0)).toHaveLength(3)
    expect(remove(remove(square, 0), 0)).toHaveLength(3)
  })

  it('knows when it crosses itself', () => {
    expect(crosses(square)).toBe(false)
    expect(crosses([square[0]!, square[2]!, square[1]!, square[3]!])).toBe(true)
    expect(crosses([[0, 0], [1, 0], [0.5, 1]])).toBe(false)
    expect(crosses([[0, 0], [1, 0], [1, 1], [0.5, 0.2], [0, 1]])).toBe(false)
  })

  it('covers its share of the picture around its middle', () => {
    expect(share(square)).toBeCloseTo(0.16)
    expect(middle(square).map((n) => Math.round(n * 10))).toEqual([4, 4])
  })
})

describe('a point snaps', () => {
  it.each<[string, Point, Point]>([
    ['to a corner of another zone', [0.61, 0.195], [0.6, 0.2]],
    ['to the edge of the picture', [0.005, 0.5], [0, 0.5]],
    ['into a corner of the picture', [0.995, 0.99], [1, 1]],
    ['to nothing that is far', [0.4, 0.4], [0.4, 0.4]],
  ])('%s', (_, p, want) => expect(snap(p, square, 0.03, 16 / 9)).toEqual(want))

  it('as far to the side as up and down', () => {
    expect(snap([0.025, 0.5], [], 0.03, 2)).toEqual([0.025, 0.5])
    expect(snap([0.5, 0.025], [], 0.03, 2)).toEqual([0.5, 0])
  })
})
