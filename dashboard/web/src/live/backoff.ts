/** Milliseconds to wait before try n (0, 1, 2 …): doubled each time, capped, and jittered so that many pages and tiles do not return in step. */
export function backoff(attempt: number, random: () => number, first = 500, cap = 8000): number {
  return Math.min(cap, first * 2 ** Math.min(attempt, 16)) * (0.5 + random() / 2)
}

/** Waits, and ends early without an error when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
