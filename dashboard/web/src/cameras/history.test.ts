import { describe, expect, it } from 'vitest'
import { asked, begin, redo, step, undo } from './history'

describe('what was done', () => {
  it('is taken back and done again', () => {
    let h = step(step(begin('a'), 'b'), 'c')
    h = undo(undo(undo(h)))
    expect(h.now).toBe('a')
    h = redo(h)
    expect([h.now, h.future]).toEqual(['b', ['c']])
    expect(redo(redo(h)).now).toBe('c')
  })

  it('cannot be done again after something else', () => {
    const h = step(undo(step(begin('a'), 'b')), 'x')
    expect(redo(h).now).toBe('x')
    expect(undo(h).now).toBe('a')
  })

  it('is no step when it changes nothing, and is bounded', () => {
    expect(step(begin([1]), [1]).past).toHaveLength(0)
    let h = begin(0)
    for (let i = 1; i < 500; i++) h = step(h, i)
    expect(h.past.length).toBe(200)
    expect(undo(h).now).toBe(498)
  })

  it('goes by the keys that people know', () => {
    const key = (key: string, more = {}) => asked({ key, ctrlKey: true, metaKey: false, shiftKey: false, ...more })
    expect([key('z'), key('Z', { shiftKey: true }), key('y'), key('a'), key('z', { ctrlKey: false })]).toEqual(['undo', 'redo', 'redo', null, null])
  })
})
