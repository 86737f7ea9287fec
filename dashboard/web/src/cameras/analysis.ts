import type { CameraMeasure } from '@/api/types'

export type Analysis = NonNullable<CameraMeasure['analysis']>

/** How much of an analysed camera's pictures is looked at, what wants a person's eye first. */
export const analysisStates = ['slowed', 'off', 'awake', 'watching', 'asleep'] as const

/** What becomes of the pictures of all cameras that are looked at. */
export interface AnalysisSum {
  analysed: number
  awake: number
  slowed: number
  /** The longest delay of any that is looked at, ms. */
  longest: number
}

/** The sum over all that is measured; null when nothing is analysed. */
export function sumOf(measures: Iterable<Pick<CameraMeasure, 'analysis'>>): AnalysisSum | null {
  const sum: AnalysisSum = { analysed: 0, awake: 0, slowed: 0, longest: 0 }
  for (const { analysis: a } of measures) {
    if (!a || a.state === 'off') continue
    sum.analysed++
    if (a.state === 'awake') sum.awake++
    if (a.state === 'slowed') sum.slowed++
    sum.longest = Math.max(sum.longest, a.delay_ms)
  }
  return sum.analysed > 0 ? sum : null
}

/** A rate with as many digits as it deserves: 0.5, 9.8, 25. */
export const rate = (n: number): string => (n >= 10 ? n.toFixed(0) : n.toFixed(1))

/** A delay as people say it: 80 ms, 1.4 s. */
export const delay = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
