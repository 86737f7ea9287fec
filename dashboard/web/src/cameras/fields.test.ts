import { expect, it } from 'vitest'
import { aCamera } from '@/testing/things'
import { bodyOf, fieldsOf, noCamera, probeOf } from './fields'

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

it('sends credentials only when they were typed', () => {
  const body = bodyOf(fieldsOf(aCamera()))
  expect(body).not.toHaveProperty('username')
  expect(body).not.toHaveProperty('password')
})
