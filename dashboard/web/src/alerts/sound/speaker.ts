import type { Beep } from './tones'

/** Plays beeps by WebAudio. A browser is silent until somebody has touched the page: until then `ready` is false. */
export class Speaker {
  private context: AudioContext | null = null

  /** Calls `changed` whenever the browser lets us sound, or does so no more. */
  constructor(private changed: (ready: boolean) => void) {}

  /** Tries to sound; works when called from a click or a key, or where the browser allows it anyway. */
  async wake(): Promise<void> {
    if (!this.context) {
      this.context = new AudioContext()
      this.context.addEventListener('statechange', () => this.changed(this.ready))
    }
    if (this.context.state === 'suspended') await this.context.resume()
    this.changed(this.ready)
  }

  get ready(): boolean {
    return this.context?.state === 'running'
  }

  play(beeps: readonly Beep[]): void {
    if (!this.ready) return
    const context = this.context!
    for (const b of beeps) {
      const [tone, volume, from] = [context.createOscillator(), context.createGain(), context.currentTime + 0.02 + b.at]
      tone.type = 'triangle'
      tone.frequency.value = b.hz
      volume.gain.setValueAtTime(0, from)
      volume.gain.linearRampToValueAtTime(0.4, from + 0.015) // a step would click
      volume.gain.setValueAtTime(0.4, from + b.for - 0.03)
      volume.gain.linearRampToValueAtTime(0, from + b.for)
      tone.connect(volume).connect(context.destination)
      tone.start(from)
      tone.stop(from + b.for)
    }
  }

  async close(): Promise<void> {
    await this.context?.close()
    this.context = null
  }
}
