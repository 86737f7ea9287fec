import type { Session, User } from '@/api/types'

/** How it stands with somebody's way in. */
export function standing(u: User): 'disabled' | 'mustChange' | 'oidc' | 'ok' {
  if (u.disabled) return 'disabled'
  if (u.must_change) return 'mustChange'
  return u.subject ? 'oidc' : 'ok'
}

/** When each person was last seen, of those who are logged in. Times of the API compare as text. */
export function lastSeen(sessions: readonly Session[]): Map<string, string> {
  const seen = new Map<string, string>()
  for (const s of sessions) if (s.seen_at > (seen.get(s.username) ?? '')) seen.set(s.username, s.seen_at)
  return seen
}
