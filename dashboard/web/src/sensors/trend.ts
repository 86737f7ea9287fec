import { api, take } from '@/api/client'
import type { Trend } from '@/api/types'
import { date, dayTime, shortTime } from '@/app/format'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

/** The spans that can be looked at, in ms, each with the distance of the marks on its axis of time. */
export const spans = {
  hour: { length: hour, mark: 10 * minute },
  day: { length: day, mark: 4 * hour },
  week: { length: 7 * day, mark: day },
  month: { length: 30 * day, mark: 5 * day },
  year: { length: 365 * day, mark: 61 * day },
} as const
export type SpanName = keyof typeof spans

/** What is drawn of one reading, or of one minute or hour of them in its middle. */
export interface Point {
  at: number
  value: number
  min: number
  max: number
  count: number
}

const stepMs = { raw: 0, minute, hour }

export const pointsOf = (trend: Trend): Point[] => trend.items.map((r) => ({ ...r, at: Date.parse(r.at) + stepMs[trend.step] / 2 }))

const blink = 1000 // ms: of a sensor that says a few values at a time, what is nearer is one word
const fewAtATime = 10

/** Cuts points where nothing came for longer than the sensor's usual pause between two: a line over a gap would be a lie. */
export function pieces(points: readonly Point[], step: Trend['step']): Point[][] {
  const apart = points.slice(1).map((p, i) => p.at - points[i]!.at)
  const pauses = apart.filter((ms) => ms >= blink)
  const steady = (pauses.length * fewAtATime < apart.length ? [...apart] : pauses).sort((a, b) => a - b)
  const longest = Math.max(3 * (steady[Math.floor(steady.length / 2)] ?? 0), 1.5 * stepMs[step], 3 * blink)
  const all: Point[][] = []
  points.forEach((p, i) => {
    if (i === 0 || apart[i - 1]! > longest) all.push([])
    all.at(-1)!.push(p)
  })
  return all
}

const most = 500 // points in a chart's width: more would make a block of its line

/** Sums points up until there are no more than can be told apart in a chart of that length; each piece by itself, so that gaps stay. */
export function told(parts: readonly (readonly Point[])[], length: number): Point[][] {
  const width = length / most
  if (parts.reduce((n, all) => n + all.length, 0) <= most) return parts.map((all) => [...all])
  return parts.map((all) => {
    const sums = new Map<number, Point>()
    for (const p of all) {
      const key = Math.floor(p.at / width)
      const sum = sums.get(key)
      sums.set(key, sum ? together(sum, p) : p)
    }
    return [...sums.values()]
  })
}

function together(a: Point, b: Point): Point {
  const count = a.count + b.count
  const part = b.count / count
  return { at: a.at + (b.at - a.at) * part, value: a.value + (b.value - a.value) * part, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), count }
}

/** Round values from low to high, four or so, for the lines of a chart. */
export function roundValues(low: number, high: number): number[] {
  const rough = (high - low) / 4
  if (!(rough > 0)) return [low]
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough)!
  const all: number[] = []
  for (let n = Math.ceil(low / step); n * step <= high; n++) all.push(Number((n * step).toPrecision(12)))
  return all
}

/** The marks on an axis of time, at whole hours and midnights of the site's time zone; none so near an end that its text is cut off. */
export function marks(from: number, to: number, span: SpanName, zone: string): { at: number; text: string }[] {
  const step = spans[span].mark
  const ahead = Date.parse(new Date(to).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T') + 'Z') - Math.floor(to / 1000) * 1000
  const all: { at: number; text: string }[] = []
  for (let n = Math.ceil((from + ahead) / step); n * step - ahead <= to; n++) {
    const at = n * step - ahead
    if (Math.min(at - from, to - at) < spans[span].length / 13) continue
    all.push({ at, text: span === 'year' ? date(at, zone).slice(0, 7) : step >= day ? dayTime(new Date(at).toISOString(), zone).slice(0, 5) : shortTime(at, zone) })
  }
  return all
}

type Asked = { from: string; to: string; limit: number; step?: Trend['step'] }

const fromServer = (sensor: string, query: Asked): Promise<Trend> => take(api.GET('/sensors/{id}/readings', { params: { path: { id: sensor }, query } }))

/** Reads the span that ends now; where every reading is too many for one page, what each minute of them comes to. */
export async function readTrend(sensor: string, span: SpanName, now: number, ask = fromServer): Promise<Trend> {
  const query = { from: new Date(now - spans[span].length).toISOString(), to: new Date(now).toISOString(), limit: 10_000 }
  const trend = await ask(sensor, query)
  return trend.step === 'raw' && trend.next ? ask(sensor, { ...query, step: 'minute' }) : trend
}
