import { nextTick } from 'vue'
import { api, take } from '@/api/client'

/** Sends what was painted; tests put their own in. */
export type Report = (alerts: string[]) => Promise<unknown>

/**
 * Collects the alerts whose cards came into the page and reports them once they are really on the screen: after Vue has
 * written them and two animation frames have begun, the second of which follows the painting of the first.
 */
export class Painter {
  private due: string[] = []

  constructor(
    private report: Report,
    private frame: (then: () => void) => void = (then) => void requestAnimationFrame(then),
  ) {}

  card(alert: string): void {
    this.due.push(alert)
    if (this.due.length === 1) void nextTick(() => this.frame(() => this.frame(() => this.send())))
  }

  private send(): void {
    const alerts = this.due.splice(0, 100)
    if (alerts.length === 0) return
    this.report(alerts).catch((fault: unknown) => console.warn('the server did not take what was painted', fault))
    if (this.due.length > 0) this.send()
  }
}

export const painter = new Painter((alerts) => take(api.POST('/painted', { body: { alerts } })))
