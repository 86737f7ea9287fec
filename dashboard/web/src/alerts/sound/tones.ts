import { type Alert, rank, type Severity } from '@/api/types'

/** One beep: Hz, when it begins and how long it lasts, in seconds. */
export interface Beep {
  hz: number
  at: number
  for: number
}

/** How a colour sounds, and after how many seconds it comes again while nobody has acknowledged; 0 is once. */
export interface Tone {
  beeps: Beep[]
  again: number
}

const beep = (hz: number, at: number, length: number): Beep => ({ hz, at, for: length })

/** Red does not stop before somebody answers; orange knocks twice, yellow once, blue is for the eyes alone. */
export const tones: Record<Severity, Tone> = {
  red: { beeps: [beep(880, 0, 0.16), beep(660, 0.2, 0.16), beep(880, 0.4, 0.16), beep(660, 0.6, 0.3)], again: 4 },
  orange: { beeps: [beep(660, 0, 0.18), beep(660, 0.32, 0.18)], again: 0 },
  yellow: { beeps: [beep(520, 0, 0.22)], again: 0 },
  blue: { beeps: [], again: 0 },
}

/** The minutes for which a page can be muted; never for ever. */
export const muteMinutes = [5, 15, 30] as const

/** Until when it is muted, in ms; 0 when it is not. What is stored is not believed beyond the longest mute there is. */
export function mutedUntil(stored: string | null, now: number): number {
  const until = Number(stored)
  return Number.isFinite(until) && until > now && until <= now + muteMinutes.at(-1)! * 60_000 ? until : 0
}

/** One more press of the key: 5, 15, 30 minutes, then sound again. */
export function nextMute(until: number, now: number): number {
  const minutes = (until - now) / 60_000
  const longer = until ? muteMinutes.find((m) => m > minutes + 0.1) : muteMinutes[0]
  return longer ? now + longer * 60_000 : 0
}

/** The gravest of the alerts that are new or have got graver since the last call, null of none; `heard` is what was known of each. */
export function newest(heard: Map<string, number>, waiting: readonly Pick<Alert, 'id' | 'severity'>[]): Severity | null {
  const fresh = waiting.filter((a) => rank(a.severity) > (heard.get(a.id) ?? -1))
  const ids = new Set(waiting.map((a) => a.id))
  for (const id of heard.keys()) if (!ids.has(id)) heard.delete(id)
  for (const a of fresh) heard.set(a.id, rank(a.severity))
  return fresh.sort((a, b) => rank(b.severity) - rank(a.severity))[0]?.severity ?? null
}
