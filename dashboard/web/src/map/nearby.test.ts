import { expect, it } from 'vitest'
import { aCamera } from '@/testing/things'
import { nearby, offset } from './nearby'

const here = { lon: 116.4, lat: 39.8 }
const at = (id: string, lon: number, lat: number) => aCamera({ id, place: { lon, lat } })

it('a place is so many metres to the east and to the south of another', () => {
  const { x, y } = offset(here, { lon: 116.401, lat: 39.801 })
  expect([Math.round(x), Math.round(y)]).toEqual([86, -111])
})

it('what stands around comes nearest first; what is farther, off or not placed does not', () => {
  const all = [at('far', 116.41, 39.8), at('near', 116.4005, 39.8), at('here', 116.4, 39.8), at('nowhere', 0, 0), { ...at('off', 116.4, 39.8), disabled: true }]
  expect(nearby(all, here, 300).map((n) => [n.thing.id, Math.round(n.metres)])).toEqual([['here', 0], ['near', 43]])
})
