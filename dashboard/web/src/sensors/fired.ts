import type { Reading, Sensor } from '@/api/types'

export type Rule = NonNullable<Sensor['rules']>[number]

/** A stretch of time in which a rule would have had an event, ms; `open` when it had not ended. */
export interface Span {
  from: number
  to: number
  open: boolean
}

/**
 * When a threshold would have fired over these readings, as detection judges it: it opens when a limit has been reached for
 * `dwell`, and closes when the value is back beyond `clear`, or within the limits where there is none.
 */
export function fired(readings: readonly Reading[], rule: Pick<Rule, 'above' | 'below' | 'clear'>, dwellMs: number): Span[] {
  const spans: Span[] = []
  let since: number | null = null // of the condition
  let span: Span | null = null
  for (const r of readings) {
    const at = Date.parse(r.at)
    if (!holds(r.value, rule, since !== null)) {
      if (span) spans.push({ ...span, to: at, open: false })
      since = span = null
      continue
    }
    since ??= at
    if (!span && at - since >= dwellMs) span = { from: at, to: at, open: true }
    if (span) span.to = at
  }
  if (span) spans.push(span)
  return spans
}

function holds(v: number, rule: Pick<Rule, 'above' | 'below' | 'clear'>, held: boolean): boolean {
  const clear = held ? (rule.clear ?? null) : null
  if (rule.above != null && (v >= rule.above || (clear !== null && v >= clear))) return true
  return rule.below != null && (v <= rule.below || (clear !== null && v <= clear))
}

/** What is wrong with a rule before the server says so, "" when nothing. */
export function faultOf(rule: Pick<Rule, 'above' | 'below' | 'clear' | 'expr'> & { kind?: string }): 'noLimit' | 'order' | 'clearSide' | 'sign' | 'noExpr' | '' {
  const { above, below, clear } = rule
  if (rule.kind === 'sensor_expression') return rule.expr?.trim() ? '' : 'noExpr'
  if (above == null && below == null) return 'noLimit'
  if (rule.kind === 'sensor_rate' && ((above != null && above <= 0) || (below != null && below >= 0))) return 'sign'
  if (above != null && below != null) return above <= below || clear != null ? 'order' : ''
  if (clear != null && ((above != null && clear > above) || (below != null && clear < below))) return 'clearSide'
  return ''
}
