/** A length of time the way a clock of the hall shows it: 0:07, 12:40, 3:05:09, 2d 03:00. */
export function lasting(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [d, h, m] = [Math.floor(s / 86_400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60]
  if (d > 0) return `${d}d ${two(h)}:${two(m)}`
  if (h > 0) return `${h}:${two(m)}:${two(s % 60)}`
  return `${two(m)}:${two(s % 60)}`
}

/** Minutes and seconds as a figure of the wall: 6′12″. */
export function primes(ms: number): string {
  const s = Math.round(ms / 1000)
  return s < 60 ? `${s}″` : `${Math.floor(s / 60)}′${String(s % 60).padStart(2, '0')}″`
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clock(zone: string, day: boolean, seconds: boolean): Intl.DateTimeFormat {
  const key = `${zone}|${day}|${seconds}`
  let format = clocks.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit',
      ...(seconds && { second: '2-digit' }), ...(day && { month: '2-digit', day: '2-digit' }),
    })
    clocks.set(key, format)
  }
  return format
}

/** HH:MM:SS in the site's time zone. */
export const clockTime = (at: number | string, zone: string): string => clock(zone, false, true).format(new Date(at))

/** HH:MM in the site's time zone. */
export const shortTime = (at: number | string, zone: string): string => clock(zone, false, false).format(new Date(at))

/** MM-DD HH:MM:SS in the site's time zone, "" for no time. */
export function dayTime(at: string | null | undefined, zone: string): string {
  if (!at) return ''
  const part = Object.fromEntries(clock(zone, true, true).formatToParts(new Date(at)).map((p) => [p.type, p.value]))
  return `${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`
}

/** The date of the wall's header: 2026-11-21. */
export function date(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(at))
}

/** A measured value with no more digits than it deserves: three figures, at most two decimals. */
export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return String(Number(value.toFixed(digits)))
}

/** A measured value with its unit: 0.42 m, 24°. */
export const amount = (value: number, unit = ''): string => `${figure(value)}${unit === '°' ? '' : ' '}${unit}`.trim()
