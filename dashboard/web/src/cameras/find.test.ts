import { describe, expect, it } from 'vitest'
import type { Translate } from '@/alerts/why'
import type { FoundDevice, FoundStream } from '@/api/types'
import { buildI18n } from '@/i18n'
import { aCamera } from '@/testing/things'
import { alreadyThere, foundReasons, streamLine, taken, titleOf, whyNot } from './find'

const stream = (o: Partial<FoundStream> = {}): FoundStream => ({ profile: 'p', name: 'main', source: '1', codec: 'H264', width: 640, height: 360, fps: 12.5, bit_rate: 512_000, url: 'rtsp://10.0.0.9/s', snapshot: '', ...o })
const device = (o: Partial<FoundDevice> = {}): FoundDevice => ({ address: '10.0.0.9:80', named: '', name: '', maker: 'AXIS', model: 'M3045', firmware: '', serial: '', offset_ms: null, code: '', reason: '', streams: [stream()], ...o })
const fields = { id: 'cam-07', name: '', url: '', username: '', password: '', onvif: '', profile: '' }

describe('what a search has found', () => {
  const [zh, en] = (['zh-CN', 'en'] as const).map((l) => buildI18n(l).global.t as Translate)

  it.each(foundReasons)('says %s in both languages', (code) => {
    const said = [zh!, en!].map((t) => whyNot({ code, reason: '服务器的话' }, t))
    expect(said).not.toContain('服务器的话')
    expect(said[0]).toMatch(/[\u4e00-\u9fff]/)
    expect(said[1]).toMatch(/^[\x20-\x7e]+$/)
  })

  it('leaves to the server what the page does not know', () => {
    expect(whyNot({ code: 'meteor', reason: '服务器的话' }, en!)).toBe('服务器的话')
    expect(whyNot({ code: '', reason: '' }, en!)).toBe('')
  })

  it('is one line a stream, of what is known', () => {
    expect(streamLine(stream())).toBe('H264 · 640×360 · 12.5 fps · 512 kbit/s')
    expect(streamLine(stream({ codec: '', width: 0, fps: 0, bit_rate: 0 }))).toBe('')
  })

  it('has a name in any case', () => {
    expect([device(), device({ maker: '', model: '', name: 'Gate' }), device({ maker: '', model: '' })].map(titleOf)).toEqual(['AXIS M3045', 'Gate', '10.0.0.9:80'])
  })

  it('knows which streams are on the site, with or without the usual port', () => {
    const cameras = [aCamera({ id: 'a', url: 'rtsp://10.0.0.9:554/s' }), aCamera({ id: 'b', url: 'rtsp://10.0.0.9:5540/s' })]
    expect(alreadyThere(stream(), cameras)?.id).toBe('a')
    expect(alreadyThere(stream({ url: 'rtsp://10.0.0.9/s?x=1' }), cameras)).toBeUndefined()
    expect(alreadyThere(stream({ url: '' }), [aCamera({ url: '' })])).toBeUndefined()
  })

  it('fills the form, and keeps a name that was written', () => {
    const login = { username: 'u', password: 'p' }
    expect(taken(fields, device(), stream(), login)).toEqual({ id: 'cam-07', name: 'AXIS M3045', url: 'rtsp://10.0.0.9/s', onvif: '10.0.0.9:80', profile: 'p', username: 'u', password: 'p' })
    expect(taken({ ...fields, name: '大门' }, device(), stream(), login).name).toBe('大门')
    expect(taken(fields, device({ streams: [stream(), stream({ source: '2' })] }), stream(), login).name).toBe('AXIS M3045 main')
  })
})
