import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Page } from 'playwright-core'

/** What a page shows, twice a second, as an MP4 that plays as fast as it was. */
export class Film {
  private ffmpeg: ChildProcess
  private timer: NodeJS.Timeout
  private busy = false

  constructor(page: Page, path: string) {
    mkdirSync(dirname(path), { recursive: true })
    const input = ['-f', 'image2pipe', '-use_wallclock_as_timestamps', '1', '-c:v', 'mjpeg', '-i', '-']
    this.ffmpeg = spawn('ffmpeg', ['-loglevel', 'error', '-y', ...input, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-r', '2', path], { stdio: ['pipe', 'inherit', 'inherit'] })
    this.timer = setInterval(() => void this.take(page), 500)
  }

  /** Ends the film; resolves when the file is whole. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    while (this.busy) await new Promise((done) => setTimeout(done, 50))
    this.ffmpeg.stdin!.end()
    await once(this.ffmpeg, 'exit')
  }

  private async take(page: Page) {
    if (this.busy) return
    this.busy = true
    try {
      this.ffmpeg.stdin!.write(await page.screenshot({ type: 'jpeg', quality: 70 }))
    } finally {
      this.busy = false
    }
  }
}
