import { describe, expect, it } from 'vitest'
import { aCamera, anAlert, aSensor, someAreas } from '@/testing/things'
import { bundled } from './bundle'
import { burdens, communityOf } from './ranking'
import { arrange, cameraOf, gridCameras, spotlit, tilesShown } from './spotlight'
import { staff } from './staff'

describe('the sums of the communities', () => {
  const load = (area: string, o: object = {}) => ({ area, alerts: {}, orders: 0, overdue: 0, cameras_down: 0, cameras: 0, cameras_on: 0, cameras_playing: 0, cameras_sound: 0, ...o })

  it('are counted up the tree', () => {
    const rows = burdens(someAreas, [
      load('g1', { alerts: { yellow: 1 }, cameras: 3, cameras_down: 1 }),
      load('g2', { alerts: { yellow: 2, blue: 1 }, orders: 2, cameras: 2 }),
      load('c1', { overdue: 1, orders: 1 }),
      load('g3', { cameras: 4 }),
    ])
    expect(rows.map((r) => r.area)).toEqual(['c1', 'c2'])
    expect(rows[0]).toMatchObject({ alerts: { red: 0, orange: 0, yellow: 3, blue: 1 }, orders: 3, overdue: 1, camerasDown: 1, cameras: 5 })
    expect(rows[1]).toMatchObject({ cameras: 4, camerasDown: 0 })
  })

  it('have the gravest first, whatever the number of the milder', () => {
    const rows = burdens(someAreas, [load('g1', { alerts: { blue: 9, yellow: 9 }, cameras_down: 9 }), load('g3', { alerts: { orange: 1 } })])
    expect(rows.map((r) => r.area)).toEqual(['c2', 'c1'])
  })

  it('name a load that lies above the communities by itself, and leave out areas without any', () => {
    expect(burdens(someAreas, [load('s', { orders: 1 }), load('elsewhere')]).map((r) => r.area)).toEqual(['s', 'c1', 'c2'])
    expect([communityOf('g3', someAreas), communityOf('s', someAreas), communityOf('gone', someAreas)]).toEqual(['c2', 's', 'gone'])
  })
})

describe('the video grid', () => {
  const cameras = Array.from({ length: 30 }, (_, i) => aCamera({ id: `cam-${String(i).padStart(2, '0')}`, analyse: i >= 25, disabled: i === 3 }))
  const grid = gridCameras(cameras)

  it('shows sixteen, AI points first, none that is disabled', () => {
    expect(grid).toHaveLength(tilesShown)
    expect(grid.slice(0, 6)).toEqual(['cam-25', 'cam-26', 'cam-27', 'cam-28', 'cam-29', 'cam-00'])
    expect(grid).not.toContain('cam-03')
  })

  it('does not move when a camera fails', () => {
    expect(gridCameras(cameras.map((c) => ({ ...c, state: 'offline' as const })))).toEqual(grid)
  })

  it('lets the spotlight change places with the camera at home there, and gives it back', () => {
    const slots = arrange(grid, 'cam-01')
    expect(slots[0]).toBe('cam-01')
    expect(slots[grid.indexOf('cam-01')]).toBe('cam-25')
    expect(new Set(slots)).toEqual(new Set(grid))
    expect(arrange(grid, null)).toEqual(grid)
    expect(arrange(grid, 'cam-25')).toEqual(grid)
  })

  it('shows a camera from outside the grid in the place of the one at home', () => {
    expect(arrange(grid, 'cam-20')).toEqual(['cam-20', ...grid.slice(1)])
    expect(arrange([], 'cam-20')).toEqual(['cam-20'])
  })
})

describe('the spotlight', () => {
  const cameras = new Map([aCamera({ id: 'c1' }), aCamera({ id: 'c2' })].map((c) => [c.id, c]))
  const sensors = new Map([aSensor({ id: 's1', camera: 'c2' }), aSensor({ id: 's2' })].map((s) => [s.id, s]))
  const pick = (...alerts: ReturnType<typeof anAlert>[]) => spotlit(alerts, sensors, cameras)?.id

  it('goes to the gravest, the unseen before the acknowledged, then the newest', () => {
    expect(pick(anAlert({ id: '1', source: 'c1' }), anAlert({ id: '2', severity: 'red', source: 'c2' }), anAlert({ id: '3', source: 'c2' }))).toBe('2')
    expect(pick(anAlert({ id: '1', source: 'c1', severity: 'red', state: 'acknowledged' }), anAlert({ id: '2', source: 'c2' }))).toBe('2')
    expect(pick(anAlert({ id: '1', source: 'c1' }), anAlert({ id: '2', source: 'c2' }))).toBe('2')
  })

  it('goes to the camera that looks at a sensor', () => {
    const a = anAlert({ source: 's1', source_type: 'sensor' })
    expect(cameraOf(a, sensors)).toBe('c2')
    expect(cameraOf({ ...a, source_type: 'hall' }, sensors)).toBe('')
    expect(pick(a)).toBe('01A')
  })

  it('is not taken by the mild, the settled, the blind or what no camera sees', () => {
    expect(pick(
      anAlert({ severity: 'yellow', source: 'c1' }), anAlert({ state: 'resolved', source: 'c1' }), anAlert({ kind: 'camera_offline', source: 'c1' }),
      anAlert({ source: 's2', source_type: 'sensor' }), anAlert({ source: 'gone' }),
    )).toBeUndefined() // prettier-ignore
  })
})

describe('the cameras that one cause took', () => {
  const gone = (id: string, area: string) => anAlert({ id, area, kind: 'camera_offline', severity: 'yellow', source: `cam-${id}` })
  const cards = (...alerts: ReturnType<typeof anAlert>[]) => bundled(alerts, someAreas).map((c) => [c.area, c.alerts.map((a) => a.id).join()])

  it('are one card of their community, where the first of them stood', () => {
    expect(cards(anAlert({ id: '9' }), gone('8', 'g1'), anAlert({ id: '7', area: 'g1' }), gone('6', 'g2'), gone('5', 'g1'), gone('4', 'g3'))).toEqual([
      ['', '9'], ['c1', '8,6,5'], ['', '7'], ['', '4'],
    ]) // prettier-ignore
  })

  it('stay apart while they are two', () => expect(cards(gone('2', 'g1'), gone('1', 'g2'))).toEqual([['', '2'], ['', '1']]))

  it('lose none', () => {
    const all = Array.from({ length: 40 }, (_, i) => gone(String(i), `g${(i % 3) + 1}`))
    expect(bundled(all, someAreas).flatMap((c) => c.alerts)).toHaveLength(40)
  })
})

describe('the staff gauge', () => {
  it('reaches twice as high as the limit, in round marks', () => {
    const { level, limit, marks } = staff(0.15, 0.3)
    expect([level, limit]).toEqual([expect.closeTo(0.1875), expect.closeTo(0.375)])
    expect(marks.map((m) => Number(m.value.toFixed(3)))).toEqual([0.2, 0.4, 0.6])
  })

  it('grows with what is above it, and holds what is below', () => {
    for (const value of [-1, 0, 0.3, 0.9, 4, 77]) {
      const s = staff(value, 0.3)
      expect(s.level).toBeGreaterThanOrEqual(0)
      expect(s.level).toBeLessThan(1)
      expect(s.limit).toBeLessThanOrEqual(0.5)
    }
  })
})
