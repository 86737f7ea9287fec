import { instant, local } from '@/ledger/time'
import type { Stretch } from './pace'

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]

/** The lengths of the line of time that have a button. */
export const lengths = { day, hour, minutes: 10 * minute } as const
export type LengthName = keyof typeof lengths

const [shortest, longest] = [30 * second, 7 * day]

/** Makes the view shorter (factor < 1) or longer around an instant, which stays where it is. */
export function zoom(view: Stretch, factor: number, anchor: number): Stretch {
  const length = view.to - view.from
  const next = Math.min(longest, Math.max(shortest, length * factor))
  const from = anchor - ((anchor - view.from) / length) * next
  return { from, to: from + next }
}

/** Moves the view by a share of its length. */
export const pan = (view: Stretch, share: number): Stretch => ({ from: view.from + share * (view.to - view.from), to: view.to + share * (view.to - view.from) })

/** A view of that length with the instant in its middle. */
export const around = (at: number, length: number): Stretch => ({ from: at - length / 2, to: at + length / 2 })

/** Turns a page when the playhead has left the view by its end; else the view stays. */
export function keepUp(view: Stretch, at: number): Stretch {
  if (at >= view.from && at <= view.to) return view
  const length = view.to - view.from
  return at > view.to && at < view.to + length ? { from: at - length / 10, to: at + (9 * length) / 10 } : around(at, length)
}

const steps = [second, 5 * second, 10 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, day]

/** The marks on the line: at whole times of the site's clock, no more than fit. The first of a day says which. An hour that the clock leaves out has none. */
export function ticks(view: Stretch, zone: string, most = 12): { at: number; text: string; day: boolean }[] {
  const step = steps.find((s) => (view.to - view.from) / s <= most) ?? day
  const clock = (at: number) => Date.parse(`${local(at, zone)}Z`)
  const all: { at: number; text: string; day: boolean }[] = []
  const end = clock(view.to)
  for (let n = Math.ceil(clock(view.from) / step) * step; n <= end; n += step) {
    const text = new Date(n).toISOString()
    const at = Date.parse(instant(text.slice(0, 19), zone)!)
    if (at < view.from || clock(at) !== n) continue
    const midnight = n % day === 0
    all.push({ at, day: midnight, text: midnight ? text.slice(5, 10) : step < minute ? text.slice(11, 19) : text.slice(11, 16) })
  }
  return all
}

/** What of a stretch lies in the view, as shares of its length; null where nothing does. */
export function share(s: Stretch, view: Stretch): { left: number; width: number } | null {
  const [from, to] = [Math.max(s.from, view.from), Math.min(s.to, view.to)]
  return to <= from ? null : { left: (from - view.from) / (view.to - view.from), width: (to - from) / (view.to - view.from) }
}

/** What is read for a view: a little more than it shows, on whole steps, so that a small move reads nothing new. */
export function window(view: Stretch, now: number): Stretch {
  const step = Math.max(hour, (view.to - view.from) / 2)
  return { from: Math.floor(view.from / step) * step, to: Math.min(now, Math.ceil(view.to / step) * step) }
}

/** Where a hover's picture is taken: so many places in a view, so that near ones share it. */
export function stillAt(at: number, view: Stretch): number {
  const step = Math.max(2 * second, (view.to - view.from) / 150)
  return Math.floor(at / step) * step
}
