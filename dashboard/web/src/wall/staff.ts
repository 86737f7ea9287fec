/** A staff gauge: everything as a share of its height, 0 at the foot. */
export interface Staff {
  level: number
  limit: number
  marks: { value: number; at: number }[]
}

/** The gauge reaches twice as high as the water may stand, and higher when the water does; its marks are round numbers. */
export function staff(value: number, limit: number): Staff {
  const step = round(Math.max(2 * limit, 1.15 * value) / 4)
  const top = 4 * step
  const share = (v: number) => Math.min(1, Math.max(0, v / top))
  return { level: share(value), limit: share(limit), marks: [1, 2, 3].map((n) => ({ value: n * step, at: (n * step) / top })) }
}

/** The next of 1, 2, 2.5 or 5 times a power of ten at or above v. */
function round(v: number): number {
  const ten = 10 ** Math.floor(Math.log10(v))
  return ten * [1, 2, 2.5, 5, 10].find((n) => n * ten >= v * 0.999)!
}
