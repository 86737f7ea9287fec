// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { anAlert, someAreas } from '@/testing/things'
import { commandOf } from './keys'
import { within } from './list'
import { decisionsFor, nextToDecide, stepFrom } from './queue'
import { story } from './story'

const key = (key: string, o: Partial<KeyboardEvent> = {}) =>
  commandOf({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, isComposing: false, keyCode: 0, repeat: false, defaultPrevented: false, target: document.body, ...o })

describe('the keys of the queue', () => {
  it('are letters and arrows, whatever the caps lock', () => {
    expect(['j', 'K', 'ArrowDown', 'a', 'c', 'R', 'o', '/', 'm', 'Escape', 'x'].map((k) => key(k))).toEqual(['next', 'previous', 'next', 'acknowledge', 'confirm', 'reject', 'order', 'search', 'mute', 'back', null])
    expect(key('?', { shiftKey: true })).toBe('help')
  })

  it('are nothing where somebody types, composes or asks something of the browser', () => {
    for (const tag of ['input', 'textarea', 'select']) expect(key('a', { target: document.createElement(tag) })).toBeNull()
    for (const o of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { shiftKey: true }, { isComposing: true }, { keyCode: 229 }, { defaultPrevented: true }]) expect(key('a', o)).toBeNull()
  })

  it('decide once however long they are held, and move on', () => {
    expect([key('a', { repeat: true }), key('j', { repeat: true })]).toEqual([null, 'next'])
  })
})

describe('moving through the queue', () => {
  const items = [anAlert({ id: '3' }), anAlert({ id: '2' }), anAlert({ id: '1' })]
  it('holds at both ends and begins at the top', () => {
    expect([stepFrom(items, '3', 1)?.id, stepFrom(items, '1', 1)?.id, stepFrom(items, '3', -1)?.id, stepFrom(items, 'gone', 1)?.id]).toEqual(['2', '1', '3', '3'])
  })
})

describe('what comes after a decision', () => {
  it('is the next below that waits, then the first above', () => {
    const items = [anAlert({ id: '4' }), anAlert({ id: '3' }), anAlert({ id: '2', state: 'acknowledged' }), anAlert({ id: '1' })]
    expect([nextToDecide(items, '3')?.id, nextToDecide(items, '1')?.id]).toEqual(['1', '4'])
  })

  it('is nothing milder while something graver waits, and nothing at all where nothing waits', () => {
    const items = [anAlert({ id: '3', severity: 'red' }), anAlert({ id: '2', severity: 'yellow' }), anAlert({ id: '1', severity: 'yellow' })]
    expect(nextToDecide(items, '2')?.id).toBe('3')
    expect(nextToDecide([anAlert({ id: '1' }), anAlert({ id: '2', state: 'acknowledged' })], '1')).toBeUndefined()
  })
})

describe('what can be decided', () => {
  it.each([
    [{ state: 'open' }, ['acknowledge', 'confirm', 'reject']],
    [{ state: 'acknowledged' }, ['confirm', 'reject']],
    [{ state: 'acknowledged', confirmed_by: 'other' }, []],
    [{ state: 'acknowledged', confirmed_by: 'me' }, ['reject']],
    [{ state: 'resolved' }, []],
    [{ state: 'rejected' }, []],
  ] as const)('of %j is %j', (o, want) => expect(decisionsFor(anAlert(o), 'me')).toEqual(want))
})

describe('an area of the queue', () => {
  it('holds what lies in it and below it', () => {
    expect([within('g1', 'c1', someAreas), within('g1', 'c2', someAreas), within('g1', '', someAreas), within('gone', 'gone', someAreas)]).toEqual([true, false, true, true])
  })
})

describe('the story', () => {
  it('tells who confirmed, and who rejected though another had seen it first', () => {
    const at = (s: number) => `2026-05-01T12:00:0${s}.000Z`
    const seen = { acknowledged_at: at(1), acknowledged_by: 'wang' }
    expect(story(anAlert({ ...seen, state: 'acknowledged', confirmed_at: at(2), confirmed_by: 'zhao', note: '真的' }), null, String).map((m) => [m.what, m.by, m.note].join(' ').trim())).toEqual(['moment.opened', 'moment.acknowledged wang', 'moment.confirmed zhao 真的'])
    expect(story(anAlert({ ...seen, state: 'rejected', decided_at: at(3), decided_by: 'zhao', note: '雨' }), null, String).map((m) => [m.what, m.by, m.note].join(' ').trim())).toEqual(['moment.opened', 'moment.acknowledged wang', 'moment.rejected zhao 雨'])
  })
})
