import type { Severity } from '@/api/types'

/** An instant that is worth a look, on a line of time. */
export interface Mark {
  at: number
  severity?: Severity
  label?: string
}
