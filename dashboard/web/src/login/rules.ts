/** The rules of a password that a page can see kept. Whether it is easily guessed is known to the server alone. */
export const rules = ['long', 'other', 'same'] as const
export type Rule = (typeof rules)[number]

/** As the server counts: characters. */
export const shortest = 12

export function kept({ current, next, again }: Record<'current' | 'next' | 'again', string>): Record<Rule, boolean> {
  return { long: [...next].length >= shortest, other: next !== '' && next !== current, same: next !== '' && next === again }
}

export const allKept = (keeps: Record<Rule, boolean>): boolean => Object.values(keeps).every(Boolean)
