/** The rules of a password that a page can see kept; that it is none of the common ones is known to the server alone. */
export const rules = ['long', 'other', 'notName', 'uncommon', 'same'] as const
export type Rule = (typeof rules)[number]

/** As the server counts: characters. */
export const shortest = 10

export function kept({ current, next, again, username }: Record<'current' | 'next' | 'again' | 'username', string>): Record<Rule, boolean> {
  const given = next !== ''
  return {
    long: [...next].length >= shortest,
    other: given && next !== current,
    notName: given && (username === '' || !next.toLowerCase().includes(username.toLowerCase())),
    uncommon: given && new Set(next).size > 4,
    same: given && next === again,
  }
}

export const allKept = (keeps: Record<Rule, boolean>): boolean => Object.values(keeps).every(Boolean)
