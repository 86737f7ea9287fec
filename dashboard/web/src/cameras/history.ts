/** What was done and can be taken back: each state is whole, none is ever changed. */
export interface History<T> {
  past: readonly T[]
  now: T
  future: readonly T[]
}

const most = 200

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [] })

/** A step; what had been taken back is gone. A step that changes nothing is none. */
export function step<T>(h: History<T>, next: T): History<T> {
  if (JSON.stringify(next) === JSON.stringify(h.now)) return h
  return { past: [...h.past, h.now].slice(-most), now: next, future: [] }
}

export function undo<T>(h: History<T>): History<T> {
  const before = h.past.at(-1)
  return before === undefined ? h : { past: h.past.slice(0, -1), now: before, future: [h.now, ...h.future] }
}

export function redo<T>(h: History<T>): History<T> {
  const [next, ...rest] = h.future
  return next === undefined ? h : { past: [...h.past, h.now], now: next, future: rest }
}

/** What a key asks for: Ctrl+Z takes back, Ctrl+Y or Ctrl+Shift+Z does again. */
export function asked(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): 'undo' | 'redo' | null {
  if (!e.ctrlKey && !e.metaKey) return null
  const key = e.key.toLowerCase()
  if (key === 'z') return e.shiftKey ? 'redo' : 'undo'
  return key === 'y' ? 'redo' : null
}
