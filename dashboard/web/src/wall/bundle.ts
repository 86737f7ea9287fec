import type { Alert, Area } from '@/api/types'
import { communityOf } from './ranking'

/** What stands in the stream as one card: an alert, or the cameras that one cause took from a community. */
export interface Card {
  /** The place of a bundle; "" of a single alert. */
  area: string
  alerts: Alert[]
}

const least = 3

/**
 * Puts the cameras of one community that are gone into one card, three and more of them, so that one failure does not
 * push everything else off the wall. The card stands where its first alert stood; nothing is left out.
 */
export function bundled(alerts: readonly Alert[], areas: ReadonlyMap<string, Area>): Card[] {
  const place = (a: Alert) => (a.kind === 'camera_offline' ? communityOf(a.area, areas) : '')
  const of = new Map<string, Alert[]>()
  for (const a of alerts) if (place(a)) of.set(place(a), [...(of.get(place(a)) ?? []), a])
  const cards: Card[] = []
  for (const a of alerts) {
    const together = of.get(place(a)) ?? []
    if (together.length < least) cards.push({ area: '', alerts: [a] })
    else if (together[0] === a) cards.push({ area: place(a), alerts: together })
  }
  return cards
}
