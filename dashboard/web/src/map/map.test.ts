import { describe, expect, it } from 'vitest'
import { aCamera, anAlert, anArea, aSensor, someAreas } from '@/testing/things'
import { blackouts } from './blackout'
import { areaFeatures, areaNames, bounds, cameraFeatures, drawn, sensorFeatures, severityByArea } from './features'
import { nameSpot } from './labels'
import { pins } from './pins'
import { projector } from './project'
import { tendency } from './tendency'

describe('the colours of the areas', () => {
  it('are the gravest live alert in or below them', () => {
    const got = severityByArea(someAreas, [anAlert({ area: 'g1', severity: 'blue' }), anAlert({ area: 'g2', severity: 'orange' }), anAlert({ area: 'g3', severity: 'yellow' })])
    expect(Object.fromEntries(got)).toEqual({ g1: 'blue', g2: 'orange', g3: 'yellow', c1: 'orange', c2: 'yellow', s: 'orange' })
  })

  it('stand in closed rings', () => {
    const areas = areaFeatures([...someAreas.values()], new Map([['c1', 'red' as const]]))
    expect(areas.features.map((f) => f.properties?.severity)).toEqual(['red', ''])
    const ring = (areas.features[0]!.geometry as GeoJSON.Polygon).coordinates[0]!
    expect(ring[0]).toEqual(ring.at(-1))
  })

  it('fall back to whatever has a boundary', () => {
    expect(drawn([anArea({ id: 'x', kind: 'street', boundary: [[0, 0], [1, 0], [1, 1]] })]).map((a) => a.id)).toEqual(['x'])
  })
})

describe('what stands on the map', () => {
  it('has a place; what was not placed stands nowhere', () => {
    expect(cameraFeatures([aCamera(), aCamera({ place: { lon: 0, lat: 0 } })]).features).toHaveLength(1)
    expect(cameraFeatures([aCamera({ state: 'auth_refused' })]).features[0]!.properties?.icon).toBe('camera-down')
  })

  it('is a bounded number of marks, each as its worst camera', () => {
    const many = Array.from({ length: 5000 }, (_, i) => aCamera({ id: `c${i}`, state: i % 2 ? 'disabled' : 'online', disabled: i % 2 === 1, place: { lon: 116 + (i % 10) / 10, lat: 39 + Math.floor(i / 500) / 10 } }))
    const marks = cameraFeatures(many, bounds([], many)).features.map((f) => f.properties!.icon as string)
    expect(marks).toHaveLength(100)
    expect(marks.filter((m) => m !== 'cameras-online' && m !== 'cameras-idle')).toEqual([])
    many[4321] = aCamera({ ...many[4321], state: 'offline', disabled: false })
    expect(cameraFeatures(many, bounds([], many)).features.filter((f) => f.properties!.icon === 'cameras-down')).toHaveLength(1)
    expect(cameraFeatures([aCamera({ state: 'disabled' })]).features[0]!.properties!.icon).toBe('camera-idle')
  })

  it('has the names of the streets where all communities would be too many', () => {
    const ring: [number, number][] = [[0, 0], [1, 0], [1, 1]]
    const streets = Array.from({ length: 30 }, (_, i) => anArea({ id: `j${i}`, kind: 'street', boundary: ring }))
    const communities = Array.from({ length: 300 }, (_, i) => anArea({ id: `s${i}`, kind: 'community', parent: `j${i % 30}`, boundary: ring }))
    expect(areaNames([...streets, ...communities]).features).toHaveLength(30)
    expect(areaNames(communities).features).toHaveLength(0)
    expect(areaNames(communities.slice(0, 40)).features).toHaveLength(40)
  })

  it('shows no value that cannot be believed', () => {
    const text = (s: ReturnType<typeof aSensor>) => sensorFeatures([s]).features[0]?.properties?.text
    expect([text(aSensor()), text(aSensor({ state: 'stale' })), text(aSensor({ value: null })), text(aSensor({ disabled: true }))]).toEqual(['0.2 m', '—', '—', undefined])
  })

  it('has one pin a source, with the count', () => {
    const cameras = new Map([['cam-1', aCamera()]])
    const got = pins([anAlert({ id: '2' }), anAlert({ id: '1' }), anAlert({ source: 'gone' })], cameras, new Map())
    expect(got.map((p) => [p.alert.id, p.count, p.name])).toEqual([['2', 2, '一号']])
  })

  it('lies within its bounds', () => {
    expect(bounds([...someAreas.values()], [aCamera({ place: { lon: 3, lat: -1 } })])).toEqual([[0, -1], [3, 1]])
    expect(bounds([], [])).toBeNull()
  })
})

describe('the plain projection', () => {
  it('fits the corners into the box, north up, undistorted', () => {
    const to = projector([[116, 39.8], [116.02, 39.81]], 1000, 900, 20)
    const [west, east] = [to({ lon: 116, lat: 39.805 }), to({ lon: 116.02, lat: 39.805 })]
    expect([Math.round(west.x), Math.round(east.x)]).toEqual([20, 980])
    expect(to({ lon: 116.01, lat: 39.81 }).y).toBeLessThan(to({ lon: 116.01, lat: 39.8 }).y)
    const wide = east.x - west.x
    const high = to({ lon: 116, lat: 39.8 }).y - to({ lon: 116, lat: 39.81 }).y
    expect(high / wide).toBeCloseTo(0.5 / Math.cos((39.805 * Math.PI) / 180), 2)
  })

  it('bears a site of a single point', () => {
    expect(projector([[1, 1], [1, 1]], 100, 100, 10)({ lon: 1, lat: 1 })).toEqual({ x: 50, y: 50 })
  })
})

describe('the name of an area', () => {
  const square: [number, number][] = [[0, 0], [10, 0], [10, 10], [0, 10]]
  const size = { lon: 20, lat: 20 }

  it('stands in the middle while that is free', () => expect(nameSpot(square, [], size)).toEqual([5, 5]))

  it('makes room for what stands there, and stays within', () => {
    const [x, y] = nameSpot(square, [[5, 5], [5.5, 5.2]], size)
    expect(Math.max(Math.abs(x - 5) / 1.7, Math.abs(y - 5) / 1.24)).toBeGreaterThan(0.9)
    expect(Math.min(x, y)).toBeGreaterThan(0)
    expect(Math.max(x, y)).toBeLessThan(10)
  })

  it('is told with what has befallen the area', () => {
    const names = areaNames([...someAreas.values()], [aCamera({ place: { lon: 0.6, lat: 0.3 } })], new Map([['c1', '失联 3/3 路']]))
    expect(names.features.map((f) => f.properties?.note)).toEqual(['失联 3/3 路', ''])
  })
})

describe('an area without its cameras', () => {
  const camera = (id: string, state: 'online' | 'offline', area = 'g1') => aCamera({ id, state, area })
  const dark = (...cameras: ReturnType<typeof aCamera>[]) => Object.fromEntries(blackouts(someAreas, cameras))

  it('is dark when three or more, and half of all, are down', () => {
    const three = [camera('1', 'offline'), camera('2', 'offline', 'g2'), camera('3', 'offline')]
    expect(dark(...three, camera('4', 'online'))).toMatchObject({ c1: { down: 3, of: 4 } })
    expect(dark(...three, camera('4', 'online')).c2).toBeUndefined()
    expect(dark(...three.slice(1))).toEqual({})
    expect(dark(...three, ...['4', '5', '6', '7'].map((id) => camera(id, 'online')))).toEqual({})
  })
})

describe('where a value is going', () => {
  const over = (...values: number[]) => values.map((value, i) => ({ sensor: 's', value, at: new Date(i * 2000).toISOString() }))

  it('is an arrow when it has changed beyond its own jitter', () => {
    expect(tendency(over(...Array.from({ length: 20 }, (_, i) => 0.1 + 0.02 * i)))).toBe('↑')
    expect(tendency(over(...Array.from({ length: 20 }, (_, i) => 30 - i)))).toBe('↓')
    expect(tendency(over(...Array.from({ length: 20 }, (_, i) => 5 + (i % 2))))).toBe('')
    expect(tendency(over(1, 2, 3))).toBe('')
    expect(tendency([])).toBe('')
  })

  it('forgets what is older than a minute', () => {
    expect(tendency([...over(0, 0, 0, 0), ...over(...Array.from({ length: 20 }, () => 9)).map((r, i) => ({ ...r, at: new Date(3_600_000 + i * 2000).toISOString() }))])).toBe('')
  })
})
