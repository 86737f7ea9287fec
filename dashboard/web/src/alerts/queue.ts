import { type Alert, rank } from '@/api/types'

/** The alert one step down or up from the one at hand; the ends of the queue hold. */
export function stepFrom(items: readonly Alert[], id: string | undefined, by: 1 | -1): Alert | undefined {
  const at = items.findIndex((a) => a.id === id)
  if (at < 0) return items[0]
  return items[Math.min(Math.max(at + by, 0), items.length - 1)]
}

/**
 * What to look at after a decision about the alert: the next below that nobody has seen to, then the first from the top; but
 * nothing milder while something graver waits.
 */
export function nextToDecide(items: readonly Alert[], id: string): Alert | undefined {
  const at = items.findIndex((a) => a.id === id)
  const waiting = [...items.slice(at + 1), ...items.slice(0, Math.max(at, 0))].filter((a) => a.state === 'open' && a.id !== id)
  const gravest = Math.max(...waiting.map((a) => rank(a.severity)))
  return waiting.find((a) => rank(a.severity) === gravest)
}

/** What can be done about an alert as it is, whoever asks; the server has the last word. */
export function decisionsFor(a: Alert, me: string): ('acknowledge' | 'confirm' | 'reject')[] {
  const live = a.state === 'open' || a.state === 'acknowledged' || a.state === 'shelved'
  return [
    ...(a.state === 'open' ? (['acknowledge'] as const) : []),
    ...(live && !a.confirmed_by ? (['confirm'] as const) : []),
    ...(live && (!a.confirmed_by || a.confirmed_by === me) ? (['reject'] as const) : []),
  ]
}
