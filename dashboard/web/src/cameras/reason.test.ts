import { describe, expect, it } from 'vitest'
import { buildI18n } from '@/i18n'
import type { Translate } from '@/alerts/why'
import { reasonOf, spokenReasons } from './reason'

describe('the reason of a camera', () => {
  const [zh, en] = (['zh-CN', 'en'] as const).map((l) => buildI18n(l).global.t as Translate)

  it.each(spokenReasons)('%s is a sentence in both languages', (code) => {
    const said = [zh!, en!].map((t) => reasonOf({ code, reason: '服务器的话' }, t))
    expect(said).not.toContain('服务器的话')
    expect(said[0]).toMatch(/[\u4e00-\u9fff]/)
    expect(said[1]).toMatch(/^[\x20-\x7e]+$/)
  })

  it('is the server’s own words when the page does not know it, and nothing when all is well', () => {
    expect(reasonOf({ code: 'meteor', reason: '服务器的话' }, en!)).toBe('服务器的话')
    expect(reasonOf({ code: '', reason: '' }, en!)).toBe('')
  })
})
