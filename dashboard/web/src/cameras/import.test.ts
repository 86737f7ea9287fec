import { describe, expect, it } from 'vitest'
import en from './en.json'
import zh from './zh-CN.json'
import { ApiError } from '@/api/client'
import { saidOf, sheetFields, unusable } from './import'

describe('what is wrong with a cell', () => {
  const t = (key: string) => key.split('.').reduce((at: unknown, part) => (at as Record<string, unknown>)[part], zh) as string
  it('is said in Chinese for each field', () => {
    for (const field of [...sheetFields, 'column K', 'more', '']) {
      const said = saidOf({ field, message: 'server' }, t, 'zh-CN')
      expect(said, field).toMatch(/[\u4e00-\u9fff]/)
    }
    expect(Object.keys(zh.importFault).sort()).toEqual([...sheetFields, 'more', 'other'].sort())
    expect(Object.keys(en.importFault)).toEqual(Object.keys(zh.importFault))
  })
  it('is the server’s sentence in English', () => {
    expect(saidOf({ field: 'url', message: 'write an address' }, t, 'en')).toBe('write an address')
  })
})

describe('a sheet that cannot be used', () => {
  const t = (key: string, named?: Record<string, unknown>) => `${key} ${named?.column}`
  it('is refused with a reason in the page’s language', () => {
    expect(unusable(new ApiError(400, 'invalid', 'no column 编号'), t, 'zh-CN')).toBe('import.unusable ')
    expect(unusable(new ApiError(400, 'invalid', 'there is no such column', 'column D 颜色'), t, 'zh-CN')).toBe('import.unusableAt D 颜色')
    expect(unusable(new ApiError(413, 'too_large', 'divide it'), t, 'en')).toBe('import.unusable  (divide it)')
  })
  it('says nothing of what is not about it', () => {
    for (const fault of [new ApiError(503, 'unavailable', 'x'), new Error('no answer')]) expect(unusable(fault, t, 'zh-CN')).toBe('')
  })
})
