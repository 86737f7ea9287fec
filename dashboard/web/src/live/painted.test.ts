import { nextTick } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { Painter } from './painted'

describe('the report of what was painted', () => {
  it('goes out after the second frame, all cards of a frame in one', async () => {
    const frames: (() => void)[] = []
    const sent: string[][] = []
    const painter = new Painter(async (alerts) => void sent.push(alerts), (then) => void frames.push(then))
    painter.card('a')
    painter.card('b')
    expect(frames).toHaveLength(0)
    await nextTick()
    frames.shift()!()
    expect(sent).toEqual([])
    frames.shift()!()
    expect(sent).toEqual([['a', 'b']])
    expect(frames).toHaveLength(0)
  })

  it('is cut to what the server takes at once', async () => {
    const sent: string[][] = []
    const painter = new Painter(async (alerts) => void sent.push(alerts), (then) => then())
    for (let i = 0; i < 250; i++) painter.card(String(i))
    await nextTick()
    expect(sent.map((s) => s.length)).toEqual([100, 100, 50])
  })

  it('says so when the server did not take it', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const painter = new Painter(async () => Promise.reject(new Error('away')), (then) => then())
    painter.card('a')
    await vi.waitFor(() => expect(warn).toHaveBeenCalled())
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })
})
