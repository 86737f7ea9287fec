import { describe, expect, it } from 'vitest'
import { anAlert } from '@/testing/things'
import { conditions } from './condition'

describe('the conditions of cameras', () => {
  it('are what is wrong with it now, the oldest first', () => {
    const alerts = [
      anAlert({ id: '1', kind: 'camera_loss', source: 'c1', open_events: 1, opened_at: '2026-05-01T12:01:00.000Z' }),
      anAlert({ id: '2', kind: 'camera_frozen', source: 'c1', open_events: 1, opened_at: '2026-05-01T12:00:00.000Z' }),
      anAlert({ id: '3', kind: 'camera_black', source: 'c1', open_events: 0 }),
      anAlert({ id: '4', kind: 'camera_loss', source: 'c2', open_events: 1 }),
      anAlert({ id: '5', kind: 'camera_offline', source: 'c1', open_events: 1 }),
      anAlert({ id: '6', kind: 'intrusion', source: 'c1', open_events: 1 }),
    ]
    expect([...conditions(alerts)].map(([camera, all]) => [camera, ...all.map((a) => a.id)])).toEqual([['c1', '2', '1'], ['c2', '4']])
  })
})
