import { type Still, takeStills } from './stills'

const most = 150

/** The pictures that hovers have shown, for a while: so many, the oldest go first. One is taken at a time. */
export class Album {
  private kept = new Map<string, Promise<Still>>()
  private last: AbortController | null = null

  constructor(private shoot: typeof takeStills = takeStills) {}

  /** The picture of an instant; asking for another gives up the one that is not there yet. */
  take(camera: string, at: number): Promise<Still> {
    const key = `${camera} ${at}`
    const had = this.kept.get(key)
    if (had) return had
    this.last?.abort()
    const mine = (this.last = new AbortController())
    const still = new Promise<Still>((done, fail) => this.shoot(camera, [at], mine.signal, (_, s) => done(s)).catch(fail))
    this.kept.set(key, still)
    still.catch(() => this.kept.delete(key))
    const [oldest] = this.kept.keys()
    if (this.kept.size > most) this.drop(oldest!)
    return still
  }

  /** Lets go of all pictures. */
  empty(): void {
    this.last?.abort()
    for (const key of [...this.kept.keys()]) this.drop(key)
  }

  private drop(key: string): void {
    this.kept.get(key)?.then((s) => s?.close(), () => {})
    this.kept.delete(key)
  }
}
