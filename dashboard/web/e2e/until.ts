import { setTimeout as pause } from 'node:timers/promises'

/** Looks again and again until there is something (not "", 0, NaN, null …), and gives it back; fails when the time is over. */
export async function until<T>(what: string, ms: number, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(100)) {
    const seen = await look()
    if (seen) return seen
  }
  throw new Error(`${what}: not within ${ms} ms`)
}
