import { fetchPiece, type Fetch } from './footage'
import { holding, type Stretch } from './pace'
import { Source } from './source'

const lead = 3_600_000
const width = 320
const patienceMs = 20_000 // a machine with sixteen other videos takes seconds
const longest = 60_000

/** A picture of the past; null where there is no footage, or none that this browser plays. */
export type Still = ImageBitmap | null

/**
 * Takes pictures at these instants (ms, in order, near each other) from key pictures alone, one after the other, in a video that
 * nobody sees. Each is given as soon as it is there.
 */
export async function takeStills(camera: string, times: readonly number[], signal: AbortSignal, give: (i: number, still: Still) => void, ask: Fetch = fetchPiece): Promise<void> {
  const video = document.createElement('video')
  video.muted = true
  const origin = Math.max(0, Math.round(times[0] ?? 0) - lead)
  const every = Math.min(longest, Math.max(1000, Math.round((times[1] ?? Infinity) - (times[0] ?? 0)) || 1000))
  let source: Source | null = null
  const has = (): Stretch[] => source?.buffered().map((s) => ({ from: origin + s.from * 1000, to: origin + s.to * 1000 })) ?? []
  try {
    for (const [i, at] of times.entries()) {
      if (!holding(has(), at)) {
        const rest = Math.min(longest, Math.max(1000, times.at(-1)! - at + 1))
        const got = await ask({ camera, from: at, for: rest, origin, keysEvery: every }, signal)
        if ('mime' in got && got.bytes && got.from <= at + every) {
          source ??= await Source.open(video, got.mime)
          if (source.takes(got.mime)) await source.append(got.mime, got.bytes)
          await source.end()
        }
      }
      const here = holding(has(), at)
      give(i, here ? await takeStill(video, (Math.max(at, here.from + 1) - origin) / 1000, signal) : null)
    }
  } finally {
    source?.close()
  }
}

async function takeStill(video: HTMLVideoElement, seconds: number, signal: AbortSignal): Promise<Still> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  await new Promise<void>((done, fail) => {
    video.addEventListener('seeked', () => done(), { once: true, signal: over })
    over.addEventListener('abort', () => fail(signal.aborted ? signal.reason : new Error('no picture came of this footage')), { once: true })
    video.currentTime = seconds
  })
  return createImageBitmap(video, { resizeWidth: width, resizeHeight: Math.round((width * video.videoHeight) / video.videoWidth), resizeQuality: 'medium' })
}

/** Puts a picture on a canvas, in the canvas's own shape. */
export function draw(canvas: HTMLCanvasElement, still: ImageBitmap): void {
  canvas.width = still.width
  canvas.height = still.height
  canvas.getContext('2d')?.drawImage(still, 0, 0)
}
