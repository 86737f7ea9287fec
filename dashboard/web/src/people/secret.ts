/** Letters and digits that nobody mixes up when they are read out. */
const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password to hand over: four groups of four, 90 bits. `random` gives whole numbers below 2^32. */
export function newPassword(random: (n: number) => Uint32Array = (n) => crypto.getRandomValues(new Uint32Array(n))): string {
  const letters: string[] = []
  const fair = Math.floor(2 ** 32 / alphabet.length) * alphabet.length
  while (letters.length < 16) {
    for (const n of random(16)) if (n < fair && letters.length < 16) letters.push(alphabet[n % alphabet.length]!)
  }
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** The address that a screen is opened with: the fragment goes to no server and no log. */
export const screenLink = (origin: string, secret: string): string => `${origin}/wall#token=${secret}`
