import { describe, expect, it } from 'vitest'
import type { CameraMeasure } from '@/api/types'
import { aCamera, someAreas } from '@/testing/things'
import { bitRate, lossOf, size } from './measures'
import { apart, below, choose, freeId, type Row, type Wanted } from './rows'

const measure = (o: Partial<CameraMeasure>): CameraMeasure => ({ camera: '', codec: '', width: 0, height: 0, fps: 0, bit_rate: 0, gop_ms: 0, units: 100, lost: 0, last_at: null, analysis: null, alarms: null, sound: null, ...o })
const rows: Row[] = [
  { camera: aCamera({ id: 'a', name: '北门', analyse: true }), where: '和安街道', reason: '', unsound: false },
  { camera: aCamera({ id: 'b', name: '东门', state: 'offline', area: 'g3' }), where: '和安街道', reason: '没有应答', unsound: false },
  { camera: aCamera({ id: 'c', name: '西门', state: 'degraded' }), where: '和安街道', reason: '丢包', unsound: true },
  { camera: aCamera({ id: 'd', name: '南门' }), where: '和安里', reason: '画面冻结', unsound: true },
]
const measures = new Map([
  ['a', measure({ fps: 10, lost: 5 })],
  ['c', measure({ fps: 5, lost: 50, analysis: { state: 'slowed', pictures: 1, looks: 0.5, delay_ms: 900 } })],
])
const of = (id: string) => measures.get(id)
const all: Wanted = { words: '', state: '', analysed: '', areas: null, sort: 'state', down: false }
const ids = (w: Partial<Wanted>) => choose(rows, { ...all, ...w }, of).map((r) => r.camera.id).join('')

describe('the list of cameras', () => {
  it.each<[string, Partial<Wanted>, string]>([
    ['what is wrong first', {}, 'bcda'],
    ['and last', { down: true }, 'adcb'],
    ['by words, all of them', { words: ' 和安  门 没有 ' }, 'b'],
    ['by state', { state: 'online' }, 'da'],
    ['that play and are not sound', { state: 'unsound' }, 'cd'],
    ['that are analysed', { analysed: 'yes' }, 'a'],
    ['that are not', { analysed: 'no' }, 'bcd'],
    ['that are slowed now', { analysed: 'slowed' }, 'c'],
    ['in an area', { areas: below('c1', someAreas) }, 'cda'],
    ['by pictures a second', { sort: 'fps' }, 'bdca'],
    ['by losses, the worst first', { sort: 'lost' }, 'cabd'],
    ['by name', { sort: 'name' }, 'abdc'],
  ])('shows %s', (_, wanted, want) => expect(ids(wanted)).toBe(want))

  it('does not lose 33,000 rows on the way, nor much time, and asks for no measure where none counts', () => {
    const many = Array.from({ length: 33_000 }, (_, i) => ({ camera: aCamera({ id: `cam-${i}`, name: `东里第${i % 977}网格`, state: i % 3 ? 'disabled' : 'online' }), where: '', reason: '', unsound: false }))
    const began = performance.now()
    const asked: string[] = []
    expect(choose(many, { ...all, words: '网格' }, (id) => void asked.push(id))).toHaveLength(33_000)
    expect(performance.now() - began).toBeLessThan(1000)
    expect(asked).toEqual([])
  })
})

it('areas lie below each other', () => expect([...below('c1', someAreas)].sort()).toEqual(['c1', 'g1', 'g2']))

it('a new thing gets the next id', () => {
  expect(freeId(['cam-01', 'cam-16', 'gate', 'cam-x'], 'cam')).toBe('cam-17')
  expect(freeId([], 'cam')).toBe('cam-01')
})

it.each([
  ['rtsp://admin:p%40ss:1@10.0.0.1:554/s?x=1', { url: 'rtsp://10.0.0.1:554/s?x=1', username: 'admin', password: 'p@ss:1' }],
  ['RTSPS://admin@cam/s', { url: 'RTSPS://cam/s', username: 'admin', password: '' }],
  ['rtsp://a:%@cam/s', { url: 'rtsp://cam/s', username: 'a', password: '%' }],
  ['rtsp://10.0.0.1/s', null],
])('%s is taken apart', (url, want) => expect(apart(url)).toEqual(want))

it('figures are said as people say them', () => {
  expect([bitRate(384_000), bitRate(2_130_000), lossOf({ units: 90, lost: 10 }), lossOf({ units: 0, lost: 0 })]).toEqual(['384 kbit/s', '2.1 Mbit/s', 10, null])
  expect([size({ width: 640, height: 360 }), size({ width: 0, height: 0 })]).toEqual(['640×360', ''])
})
