/** What the device said and what was measured beside it, twice. */
export type Points = readonly [{ said: number; true: number }, { said: number; true: number }]

/** Scale and offset by which the device says what was measured; null when two points say nothing of it. */
export function calibration([a, b]: Points): { scale: number; offset: number } | null {
  const scale = (b.true - a.true) / (b.said - a.said)
  const offset = a.true - scale * a.said
  if (!Number.isFinite(scale) || !Number.isFinite(offset) || scale === 0) return null
  return { scale: tidy(scale), offset: tidy(offset) }
}

const tidy = (x: number) => Number(x.toPrecision(12))
