import { describe, expect, it } from 'vitest'
import en from './en.json'
import zh from './zh-CN.json'
import { saidOf, sheetFields } from './import'

describe('what is wrong with a cell', () => {
  const t = (key: string) => key.split('.').reduce((at: unknown, part) => (at as Record<string, unknown>)[part], zh) as string
  it('is said in Chinese for each field', () => {
    for (const field of [...sheetFields, 'column K', '']) {
      const said = saidOf({ field, message: 'server' }, t, 'zh-CN')
      expect(said, field).toMatch(/[\u4e00-\u9fff]/)
    }
    expect(Object.keys(zh.importFault).sort()).toEqual([...sheetFields, 'other'].sort())
    expect(Object.keys(en.importFault)).toEqual(Object.keys(zh.importFault))
  })
  it('is the server’s sentence in English', () => {
    expect(saidOf({ field: 'url', message: 'write an address' }, t, 'en')).toBe('write an address')
  })
})
