import { describe, expect, it } from 'vitest'
import { SseParser } from './sse'

const text = 'id: 7\nevent: change\ndata: {"id":7}\n\n: a comment\n\nevent: heartbeat\ndata: {"at":"x",\ndata: "last":7}\n\n'

describe('the parser of the event stream', () => {
  it('reads messages, joins data lines and skips comments', () => {
    expect(new SseParser().push(text)).toEqual([
      { event: 'change', id: '7', data: '{"id":7}' },
      { event: 'heartbeat', id: '', data: '{"at":"x",\n"last":7}' },
    ])
  })

  it('gives the same however the network cuts the text', () => {
    const whole = new SseParser().push(text)
    for (let size = 1; size < 12; size++) {
      const parser = new SseParser()
      const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
      expect(pieces.flatMap((p) => parser.push(p))).toEqual(whole)
    }
  })

  it('takes the line ends of every server', () => {
    expect(new SseParser().push('data: 1\r\n\r\n')).toEqual([{ event: 'message', id: '', data: '1' }])
  })

  it('refuses a message that never ends instead of filling the memory', () => {
    const parser = new SseParser()
    expect(() => {
      for (let i = 0; i < 10; i++) parser.push('x'.repeat(1 << 20))
    }).toThrow(/without an end/)
  })
})
