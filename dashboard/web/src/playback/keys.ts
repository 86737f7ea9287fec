import { inField } from '@/alerts/keys'

/** What a key asks for at the playback. */
export type Command = 'toggle' | 'back' | 'on' | 'farBack' | 'farOn' | 'pictureBack' | 'pictureOn' | 'in' | 'out' | 'slower' | 'faster' | 'begin' | 'end' | 'none'

const commands: Record<string, Command> = {
  ' ': 'toggle', k: 'toggle', arrowleft: 'back', arrowright: 'on', pageup: 'farBack', pagedown: 'farOn', ',': 'pictureBack', '.': 'pictureOn',
  '+': 'in', '=': 'in', '-': 'out', '[': 'slower', ']': 'faster', i: 'begin', o: 'end', escape: 'none',
} // prettier-ignore

/** The command of a key; null where it is somebody's typing, a shortcut of the browser, or the press of a button. */
export function commandOf(e: KeyboardEvent): Command | null {
  if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || inField(e.target)) return null
  const command = commands[e.key.toLowerCase()] ?? null
  if (e.key === ' ' && e.target instanceof HTMLElement && ['BUTTON', 'A'].includes(e.target.tagName)) return null
  if (e.repeat && (command === 'toggle' || command === 'begin' || command === 'end')) return null
  return command
}
