import { ApiError } from '@/api/client'
import type { components } from '@/api/schema'

/** What is asked of a camera's footage; times in ms. */
export interface Asked {
  camera: string
  from: number
  /** How much at most. */
  for: number
  /** What is time 0 of the video. */
  origin: number
  /** Only key pictures, at most one each so many ms; 0 = all pictures. */
  keysEvery?: number
  sound?: boolean
}

/** A piece of footage as a browser plays it. */
export interface Piece {
  from: number
  /** Where the next piece begins. */
  to: number
  mime: string
  /** null where this browser cannot play it: then it is not fetched. */
  bytes: ArrayBuffer | null
}

/** There is no footage at that instant; where there is some again, null where nothing has been written yet. */
export interface Nothing {
  next: number | null
}

export type Fetch = (asked: Asked, signal: AbortSignal) => Promise<Piece | Nothing>

const path = (camera: string) => `/api/v1/cameras/${encodeURIComponent(camera)}`

export function footageUrl(a: Asked): string {
  const query = new URLSearchParams({ from: new Date(a.from).toISOString(), for: String(Math.round(a.for)), origin: String(Math.round(a.origin)), sound: String(a.sound ?? false) })
  if (a.keysEvery) {
    query.set('keys', 'true')
    query.set('every', String(Math.round(a.keysEvery)))
  }
  return `${path(a.camera)}/footage?${query}`
}

/** One seekable file of exactly that span. */
export const downloadUrl = (camera: string, from: number, to: number): string =>
  `${path(camera)}/download?${new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })}`

/** A stretch that plays with one type. */
export interface TypedSpan {
  from: number
  to: number
  mime: string
}

const longestFile = 2 * 3_600_000

/** Why a span cannot be one file; null where it can. A file has one coding: `at` is where it changes. */
export function obstacle(spans: readonly TypedSpan[], { from, to }: { from: number; to: number }): { why: 'none' | 'long' | 'changes'; at?: number } | null {
  const within = spans.filter((s) => s.to > from && s.from < to)
  if (within.length === 0) return { why: 'none' }
  if (to - from > longestFile) return { why: 'long' }
  const other = within.find((s) => s.mime !== within[0]!.mime)
  return other ? { why: 'changes', at: other.from } : null
}

/** What the browser says of a type; one without Media Source Extensions plays none. */
export const plays = (mime: string): boolean => 'MediaSource' in globalThis && MediaSource.isTypeSupported(mime)

/** Fetches a piece of footage. A refusal is thrown as an ApiError, as everywhere. */
export const fetchPiece: Fetch = async (asked, signal) => {
  const response = await fetch(footageUrl(asked), { signal })
  const header = (name: string) => response.headers.get(name)
  if (response.status === 404) {
    const code = await response.json().then((body: { code?: string }) => body.code, () => '')
    const next = header('Zhihui-Next')
    if (code === 'not_found' || next) return { next: next ? Number(next) : null }
  }
  if (!response.ok) {
    const { code, message } = (await response.json().catch(() => ({}))) as Partial<components['schemas']['Error']>
    throw new ApiError(response.status, code ?? 'internal', message ?? response.statusText, '', Number(header('Retry-After')) || 0)
  }
  const mime = header('Content-Type') ?? ''
  const [from, to] = [Number(header('Zhihui-From')), Number(header('Zhihui-To'))]
  if (plays(mime)) return { from, to, mime, bytes: await response.arrayBuffer() }
  await response.body?.cancel()
  return { from, to, mime, bytes: null }
}
