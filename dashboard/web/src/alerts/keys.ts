/** What a key asks for at the queue. */
export type Command = 'next' | 'previous' | 'acknowledge' | 'confirm' | 'reject' | 'order' | 'search' | 'help' | 'back' | 'mute' | 'play'

/** The keys of each command, as the help shows them; the first is the one on the buttons. */
export const keysOf: Record<Command, readonly string[]> = {
  next: ['J', '↓'], previous: ['K', '↑'], acknowledge: ['A'], confirm: ['C'], reject: ['R'], order: ['O'], play: ['P'], search: ['/'], mute: ['M'], help: ['?'], back: ['Esc'],
} // prettier-ignore

const commands: Record<string, Command> = {
  j: 'next', arrowdown: 'next', k: 'previous', arrowup: 'previous', a: 'acknowledge', c: 'confirm', r: 'reject', o: 'order', p: 'play', '/': 'search', '?': 'help', m: 'mute', escape: 'back',
} // prettier-ignore

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey' | 'isComposing' | 'keyCode' | 'repeat' | 'defaultPrevented' | 'target'>

/** Whether somebody is typing there. */
export const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/**
 * The command of a key, null where the key is somebody's typing, a shortcut of the browser or a letter still being composed.
 * A key that is held down moves on; it never decides twice.
 */
export function commandOf(e: Key): Command | null {
  if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || e.keyCode === 229 || inField(e.target)) return null
  const command = commands[e.key.toLowerCase()] ?? null
  if (e.shiftKey && command !== 'help') return null
  if (e.repeat && command !== 'next' && command !== 'previous') return null
  return command
}
