import { describe, expect, it } from 'vitest'
import { buildI18n } from '@/i18n'
import { ApiError } from './client'
import { isConflict, refusalCodes, refusalOf } from './refusal'

const zh = buildI18n('zh-CN').global.t as (key: string) => string

describe('a refusal', () => {
  it.each(refusalCodes)('%s is said without a word of the server', (code) => {
    const said = refusalOf(new ApiError(400, code, 'plain English'), zh)
    expect(said).toMatch(/^[^A-Za-z{}]+$/)
  })

  it('names the field that a person filled in, and no other', () => {
    expect(refusalOf(new ApiError(400, 'invalid', '', 'note'), zh)).toContain('“备注”')
    expect(refusalOf(new ApiError(400, 'invalid', '', 'limit'), zh)).not.toContain('“')
  })

  it('says how long to wait when the server does', () => {
    expect(refusalOf(new ApiError(429, 'too_many', '', '', 42), zh)).toContain('42 秒')
    expect(refusalOf(new ApiError(429, 'too_many', ''), zh)).not.toMatch(/\d/)
  })

  it('of a code newer than the page, and no answer at all, have words too', () => {
    expect(refusalOf(new ApiError(418, 'teapot', ''), zh)).toContain('服务器出了故障')
    expect(refusalOf(new TypeError('Failed to fetch'), zh)).toContain('没有应答')
  })

  it('is a conflict when somebody was quicker', () => {
    expect([new ApiError(409, 'conflict', ''), new ApiError(403, 'forbidden', ''), new Error('conflict')].map(isConflict)).toEqual([true, false, false])
  })
})
