/** How far a time zone is ahead of UTC at an instant, ms. */
function ahead(at: number, zone: string): number {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
      .formatToParts(at).map((p) => [p.type, Number(p.value)]),
  ) // prettier-ignore
  return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(at / 1000) * 1000
}

/** What stands in a field of day and time, on the clock of the site, as the API writes it; undefined for none. */
export function instant(local: string, zone: string): string | undefined {
  const at = Date.parse(`${local}Z`)
  return Number.isNaN(at) ? undefined : new Date(at - ahead(at - ahead(at, zone), zone)).toISOString()
}

/** The other way round: an instant (ms) as it stands in a field of day and time, to the second. */
export const local = (at: number, zone: string): string => new Date(Math.floor((at + ahead(at, zone)) / 1000) * 1000).toISOString().slice(0, 19)
