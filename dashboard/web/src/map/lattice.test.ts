import { describe, expect, it } from 'vitest'
import { apart, groups, middle } from './lattice'

const many = (n: number) => Array.from({ length: n }, (_, i) => ({ id: i, place: { lon: 116 + ((i * 7919) % 1000) / 1000, lat: 39 + ((i * 104_729) % 1000) / 1000 } }))
const corners: [[number, number], [number, number]] = [[116, 39], [117, 40]]

describe('what stands close on the map', () => {
  it('stands by itself while there is room for all', () => {
    expect(groups(many(apart), corners)).toHaveLength(apart)
    expect(groups(many(5000), null)).toHaveLength(5000)
  })

  it('shares a mark when there are many, and nobody is lost', () => {
    const all = groups(many(33_000), corners)
    expect(all.length).toBeLessThanOrEqual(41 * 41)
    expect(all.flat()).toHaveLength(33_000)
    for (const g of all) for (const t of g) expect(Math.abs(t.place.lat - middle(g).lat)).toBeLessThan(1 / 40 + 1e-9)
  })

  it('stands nowhere without a place', () => {
    expect(groups([{ place: { lon: 0, lat: 0 } }], corners)).toEqual([])
    expect(middle([{ place: { lon: 1, lat: 2 } }, { place: { lon: 3, lat: 4 } }])).toEqual({ lon: 2, lat: 3 })
  })

  it('is worked out in no time', () => {
    const things = many(33_000)
    const begun = performance.now()
    groups(things, corners)
    expect(performance.now() - begun).toBeLessThan(500)
  })
})
