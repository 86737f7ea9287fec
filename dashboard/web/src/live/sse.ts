/** One message of a text/event-stream. */
export interface SseMessage {
  event: string
  id: string
  data: string
}

const longest = 4 << 20

/** Cuts the text of an event stream into messages, however the network has cut it into pieces. */
export class SseParser {
  private rest = ''

  push(text: string): SseMessage[] {
    this.rest += text
    if (this.rest.length > longest) throw new Error('the event stream sent a message without an end')
    const blocks = this.rest.split(/\r?\n\r?\n/)
    this.rest = blocks.pop() ?? ''
    return blocks.map(parse).filter((m) => m !== null)
  }
}

function parse(block: string): SseMessage | null {
  const message = { event: 'message', id: '', data: '' }
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') message.event = value
    else if (field === 'id') message.id = value
    else if (field === 'data') data.push(value)
  }
  if (data.length === 0) return null
  message.data = data.join('\n')
  return message
}
