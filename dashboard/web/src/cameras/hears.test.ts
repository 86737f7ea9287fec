import { describe, expect, it } from 'vitest'
import { buildI18n } from '@/i18n'
import type { Translate } from '@/alerts/why'
import { deafReasons, hearsOf, soundOf } from './hears'

describe('whether a camera is heard', () => {
  const [zh, en] = (['zh-CN', 'en'] as const).map((l) => buildI18n(l).global.t as Translate)

  it.each(deafReasons)('not, for %s, is a sentence in both languages', (code) => {
    expect(hearsOf({ heard: false, code }, zh!)).toMatch(/^收不到：.*[\u4e00-\u9fff].*。$/)
    expect(hearsOf({ heard: false, code }, en!)).toMatch(/^not heard: [\x20-\x7e]+\.$/)
  })

  it('is said where it is, where nobody was asked yet, and by its name where the reason is newer than the page', () => {
    expect(hearsOf({ heard: true, code: '' }, zh!)).toBe('正在收听')
    expect(hearsOf({ heard: false, code: '' }, en!)).toBe('not asked yet')
    expect(hearsOf({ heard: false, code: 'meteor' }, en!)).toBe('not heard: meteor')
  })
})

describe('what becomes of the sound', () => {
  const [zh, en] = (['zh-CN', 'en'] as const).map((l) => buildI18n(l).global.t as Translate)

  it('is said for every code in both languages', () => {
    for (const code of ['coding', 'refused', 'garbage', 'meteor']) {
      expect(soundOf({ codec: 'G726', kept: false, code }, zh!)).toMatch(/^G726，.*[\u4e00-\u9fff]/)
      expect(soundOf({ codec: 'G726', kept: false, code }, en!)).toMatch(/^G726, [\x20-\x7e]+$/)
    }
    expect(soundOf({ codec: 'Opus', kept: true, code: '' }, zh!)).toBe('Opus，随画面保存')
    expect(soundOf({ codec: '', kept: false, code: '' }, en!)).toBe('the camera sends none')
  })
})
