import { expect, it } from 'vitest'
import type { Translate } from '@/alerts/why'
import { buildI18n } from '@/i18n'
import { faultNames, sayFault } from './fault'

const [zh, en] = (['zh-CN', 'en'] as const).map((l) => buildI18n(l).global.t as Translate)

it.each(faultNames)('%s is said in both languages, with how the payload begins', (name) => {
  expect(sayFault(`${name}: "a: b"`, zh!)).toMatch(/[\u4e00-\u9fff].* "a: b"$/)
  expect(sayFault(name, en!)).toMatch(/^[\x20-\x7e]+$/)
})

it('is the server’s own words when the page does not know it', () => expect(sayFault('meteor: x', en!)).toBe('meteor: x'))
