import type { Camera, Recording } from '@/api/types'

export const recordModes = ['auto', 'events', 'always', 'hours', 'never'] as const
export type RecordMode = (typeof recordModes)[number]

/** The days of a week as a schedule names them, Monday first. */
export const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Day = (typeof days)[number]

/** A line of a schedule: on these days from one time to another; to 24:00 is the day's end, to ≤ from is over midnight. */
export interface Stretch {
  days: readonly Day[]
  from: string
  to: string
}

/** The most lines that a schedule has. */
export const mostStretches = 14

const dayOf = (name: string) => days.findIndex((d) => d.toLowerCase() === name.toLowerCase())

function daysOf(text: string): Day[] {
  const some = new Set<Day>()
  for (const part of text.split(',')) {
    const [first = '', last = first] = part.split('-')
    const [a, b] = [dayOf(first), dayOf(last)]
    if (a < 0 || b < 0) return []
    for (let n = 0; n <= (b - a + 7) % 7; n++) some.add(days[(a + n) % 7]!)
  }
  return days.filter((d) => some.has(d))
}

/** "Mon-Fri 08:00-18:00" as a form has it; hours alone are each day's. */
export function stretchOf(line: string): Stretch {
  const [hours = '', named] = line.trim().split(/\s+/).reverse()
  const [from = '', to = ''] = hours.split('-')
  return { days: named ? daysOf(named) : days, from, to }
}

/** A stretch as the server reads it: each run of three days or more as one. */
export function lineOf(s: Stretch): string {
  const hours = `${s.from}-${s.to === '00:00' ? '24:00' : s.to}`
  if (s.days.length === days.length) return hours
  const runs: Day[][] = []
  for (const d of days.filter((day) => s.days.includes(day))) {
    const run = runs.at(-1)
    if (run && dayOf(run.at(-1)!) + 1 === dayOf(d)) run.push(d)
    else runs.push([d])
  }
  return `${runs.map((r) => (r.length > 2 ? `${r[0]}-${r.at(-1)}` : r.join(','))).join(',')} ${hours}`
}

/** Why a stretch cannot be sent: it has no time, or no length. */
export function stretchFault(s: Stretch): 'noTime' | 'noLength' | '' {
  if (!s.from || !s.to) return 'noTime'
  return s.from === s.to && s.to !== '00:00' ? 'noLength' : ''
}

/** How long a stretch is meant, where its times do not say so by themselves. */
export const stretchHint = (s: Stretch): 'wholeDay' | 'nextDay' | '' =>
  s.from === '00:00' && ['24:00', '00:00'].includes(s.to) ? 'wholeDay' : s.to > s.from || s.to === '00:00' ? '' : 'nextDay'

export const modeOf = (r: Recording | undefined): RecordMode => r?.mode ?? 'auto'

/** The recording with another mode. Hours that were written wait for their mode, but not for auto, which is as if nothing was said. */
export function withMode(r: Recording | undefined, mode: RecordMode): Recording {
  const { schedule = [], ...rest } = r ?? {}
  if (mode === 'hours') return { ...rest, mode, schedule: schedule.length > 0 ? schedule : ['08:00-18:00'] }
  return { ...rest, mode, ...(mode !== 'auto' && schedule.length > 0 && { schedule }) }
}

/** Whether the camera's sound is asked for: that is another stream. */
export const listens = (c: Pick<Camera, 'analyse' | 'record'>): boolean =>
  !c.record?.silent && (modeOf(c.record) === 'auto' ? c.analyse : modeOf(c.record) !== 'never')

const gb = 1e9
/** The bytes to keep as GB, and back; nothing written is as much as the settings say. */
export const gbOf = (bytes: number | undefined): number | '' => (bytes ? bytes / gb : '')
export const bytesOf = (text: string): number => Math.round(Number(text) * gb) || 0

/** Bytes as people say them: 12 MB, 3.4 GB, 1.2 TB. */
export function bytes(n: number): string {
  const [unit, size] = ([['TB', 1e12], ['GB', 1e9], ['MB', 1e6]] as const).find(([, s]) => n >= s) ?? ['kB', 1e3]
  const x = n / size
  return `${x >= 100 ? Math.round(x) : Number(x.toPrecision(2))} ${unit}`
}
