import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

type Refusal = components['schemas']['Error']

/** What the server refused, with its own sentence for a person. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field = '',
    /** After how many seconds it makes sense to ask again; 0 when the server did not say. */
    readonly retryAfter = 0,
  ) {
    super(message)
  }
}

export const api = createClient<paths>({ baseUrl: '/api/v1' })

/** Returns the data of an answer or throws its refusal as an ApiError. */
export async function take<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  const refusal = (typeof error === 'object' && error !== null ? error : {}) as Partial<Refusal>
  const retryAfter = Math.max(0, Number(response.headers.get('Retry-After')) || 0)
  throw new ApiError(response.status, refusal.code ?? 'internal', refusal.message ?? response.statusText, refusal.field, retryAfter)
}

/** Reads page after page of a list, to its end or until there are `most` items: a list that never ends is cut there. */
export async function everything<T>(
  page: (after: string | undefined) => Promise<{ items: T[]; next: string }>,
  most = 100_000,
): Promise<T[]> {
  const all: T[] = []
  let after: string | undefined
  do {
    const { items, next } = await page(after)
    all.push(...items)
    after = next || undefined
  } while (after && all.length < most)
  return all
}
