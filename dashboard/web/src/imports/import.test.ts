import { describe, expect, it } from 'vitest'
import en from './en.json'
import zh from './zh-CN.json'
import { ApiError } from '@/api/client'
import { reasons, saidOf, sheetFields, unusable } from './import'

describe('what is wrong with a cell', () => {
  const t = (key: string, named: Record<string, unknown> = {}) =>
    (key.split('.').reduce((at: unknown, part) => (at as Record<string, unknown>)[part], zh) as string).replace(/\{(\w+)\}/g, (_, name) => String(named[name]))
  const plain = { message: 'server', reason: '' }
  it('is said in Chinese for each field', () => {
    for (const field of [...sheetFields, 'onvif.address', 'mapping.scale']) {
      expect(saidOf({ ...plain, field }, t, 'zh-CN'), field).toMatch(/^[^{]*[\u4e00-\u9fff][^{]*$/)
      expect(saidOf({ ...plain, field }, t, 'zh-CN')).not.toContain('server')
    }
    expect(saidOf({ ...plain, field: 'rules' }, t, 'zh-CN')).toBe('这一行无法使用：server')
    expect(Object.keys(zh.importFault).sort()).toEqual([...sheetFields, 'other'].sort())
    expect(Object.keys(en.importFault).sort()).toEqual(Object.keys(zh.importFault).sort())
  })
  it('is said by its reason where the server names one, with what the cell holds', () => {
    const said = (reason: string, values: Record<string, string> = {}) => saidOf({ field: 'id', message: 'server', reason, values }, t, 'zh-CN')
    expect(said('twice', { row: '3' })).toBe('与第 3 行的编号重复')
    expect(said('no_area', { value: '第九网格' })).toContain('没有区域“第九网格”')
    expect(said('missing')).toBe('不能为空')
    for (const reason of reasons) expect(said(reason), reason).toMatch(/[\u4e00-\u9fff]/)
    expect(Object.keys(zh.importReason).sort()).toEqual([...reasons].sort())
  })
  it('is the server’s sentence in English', () => {
    expect(saidOf({ field: 'url', message: 'write an address', reason: 'missing' }, t, 'en')).toBe('write an address')
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
