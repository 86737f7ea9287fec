import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Translate } from '@/alerts/why'
import { buildI18n } from '@/i18n'
import { checkCodes, partOf, parts, placeOf, reasonsIn, remedyOf, said, wrongOf } from './checks'

const source = readFileSync(new URL('../../../../models/health.go', import.meta.url), 'utf8')
const named = (type: string) => [...source.matchAll(new RegExp(`\\b${type} += "(\\w+)"`, 'g'))].map((m) => m[1]!).sort()
const [zh, en] = (['zh-CN', 'en'] as const).map((l) => buildI18n(l).global.t as Translate)
const time = (at: string) => `<${at.slice(11, 16)}>`

describe('the checks of the hall', () => {
  it('are those that the server has', () => {
    expect([...checkCodes].sort()).toEqual(named('CheckCode'))
    expect([...parts].sort()).toEqual(named('Part'))
  })

  it.each(checkCodes)('%s says what is wrong and what to do, in both languages', (code) => {
    const check = { code, facts: {} }
    for (const say of [wrongOf, remedyOf]) {
      expect(say(check, zh!, time)).toMatch(/[\u4e00-\u9fff]/)
      expect(say(check, en!, time)).toMatch(/^[\x20-\x7e’“”…%]+$/)
    }
  })

  it('name the facts as the server does', () => {
    const facts = [...source.matchAll(/= "(\w+)" +\/\/ (.*)/g)].map(([, code, comment]) => ({ code: code!, comment: comment! }))
    for (const { code, comment } of facts) {
      if (!(checkCodes as readonly string[]).includes(code)) continue
      for (const t of [zh!, en!]) {
        const asked = [...`${t(`healthWhat.${code}`, new Proxy({}, { get: (_, k) => `{${String(k)}}` }))}`.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!)
        for (const name of asked) expect(comment, code).toMatch(new RegExp(`\\b${name}\\b`))
      }
    }
  })

  it('count the cameras that are down by how they are, and name no state without any', () => {
    const check = { code: 'cameras_down', facts: { total: '16', offline: '2', auth_refused: '1', degraded: '0', connecting: '0' } }
    expect(wrongOf(check, zh!, time)).toBe('16 台摄像机未全部在线：离线 2、拒绝登录 1')
    expect(wrongOf(check, en!, time)).toBe('Not all of 16 cameras are online: 2 offline, 1 refuse the login')
  })

  it('read figures as people do', () => {
    expect(said({ free_bytes: '1500000000', expires: '2026-05-01T12:00:00.000Z', seconds: '-7', dir: '/x' }, time)).toEqual({ free_bytes: '1.5 GB', expires: '<12:00>', seconds: '-7', dir: '/x' })
    expect(said({ free_bytes: '0' }, time)).toEqual({ free_bytes: '0 B' })
    expect(reasonsIn({ total: '5', 'code.silent': '1', 'code.refused': '3' })).toEqual([['refused', 3], ['silent', 1]])
  })

  it('lead to where something can be done', () => {
    expect(placeOf({ part: 'sensors', code: 'sensors_unreadable', facts: {} })).toBe('/console/sensors?state=bad')
    expect(placeOf({ part: 'disk', code: 'disk_full', facts: {} })).toBe('')
  })

  it('stay readable when the page is older than the server', () => {
    expect([wrongOf({ code: 'meteor', facts: {} }, en!, time), remedyOf({ code: 'meteor', facts: {} }, en!, time), partOf('moon', en!)]).toEqual(['meteor', '', 'moon'])
    expect(wrongOf({ code: '', facts: {} }, en!, time)).toBe('Well')
  })
})
