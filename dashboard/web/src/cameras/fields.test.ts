import { expect, it } from 'vitest'
import { aCamera } from '@/testing/things'
import { besideStream, bodyOf, fieldsOf, noCamera, probeOf } from './fields'

it('has a transport, auto where the camera says none', () => {
  expect(fieldsOf(aCamera()).transport).toBe('auto')
  expect(bodyOf(fieldsOf(aCamera({ transport: 'udp' }))).transport).toBe('udp')
  expect(noCamera('c', 'g1', 0, 0).transport).toBe('auto')
})

it('asks a probe of the stored camera, by the transport of the form, as long as address and credentials are untouched', () => {
  const stored = aCamera({ transport: 'udp' })
  const f = { ...fieldsOf(stored), transport: 'tcp' as const }
  expect(probeOf(f, stored)).toEqual({ camera: 'cam-1', transport: 'tcp' })
  expect(probeOf({ ...f, username: 'u', password: 'p' }, stored)).toEqual({ url: stored.url, username: 'u', password: 'p', transport: 'tcp' })
})

it('says where the camera is turned, and nothing of a profile without it', () => {
  const c = aCamera({ onvif: { address: '10.0.0.1:80', profile: 'p1' } })
  expect(bodyOf(fieldsOf(c)).onvif).toEqual({ address: '10.0.0.1:80', profile: 'p1' })
  expect(bodyOf({ ...fieldsOf(c), onvif: '' }).onvif).toEqual({ address: '' })
  expect(bodyOf(fieldsOf(aCamera())).onvif).toEqual({ address: '' })
})

it('keeps how it is recorded as a whole', () => {
  expect(bodyOf(fieldsOf(aCamera())).record).toEqual({})
  const record = { mode: 'hours', schedule: ['22:00-06:00'], keep_days: 7 } as const
  expect(bodyOf(fieldsOf(aCamera({ record: { ...record, schedule: [...record.schedule] } }))).record).toEqual(record)
})

it('listens to the camera itself only where somebody wants it', () => {
  expect(bodyOf(fieldsOf(aCamera())).alarms).toBe(false)
  const f = fieldsOf(aCamera({ alarms: true }))
  expect(bodyOf(f).alarms).toBe(true)
  expect([besideStream(f), besideStream({ ...f, onvif: '10.0.0.1:80' }), besideStream({ ...f, alarms: false })]).toEqual([true, false, false])
})

it('sends credentials only when they were typed', () => {
  const body = bodyOf(fieldsOf(aCamera()))
  expect(body).not.toHaveProperty('username')
  expect(body).not.toHaveProperty('password')
})
