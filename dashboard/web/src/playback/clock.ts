/** The one clock of all cameras that are played beside each other: an instant of the past, ms since 1970, that goes on while it runs. */
export class Clock {
  private since: number
  running = false
  rate = 1

  constructor(
    private at: number,
    private ms: () => number = () => performance.now(),
  ) {
    this.since = ms()
  }

  now(): number {
    return this.running ? this.at + (this.ms() - this.since) * this.rate : this.at
  }

  /** Puts the clock to an instant; whether it runs stays. */
  set(at: number): void {
    this.at = at
    this.since = this.ms()
  }

  run(running: boolean): void {
    if (running === this.running) return
    this.set(this.now())
    this.running = running
  }

  speed(rate: number): void {
    this.set(this.now())
    this.rate = rate
  }
}
