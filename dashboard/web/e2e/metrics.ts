/** The figures at /metrics now. */
export class Metrics {
  private constructor(private text: string) {}

  static async read(url: string): Promise<Metrics> {
    const r = await fetch(`${url}/metrics`)
    return new Metrics(await r.text())
  }

  /** The sum over all labels of a metric; 0 when there is none of it. */
  sum(name: string): number {
    return this.samples(name).reduce((n, [, value]) => n + value, 0)
  }

  /** What a histogram without labels has counted: how many in all and up to each bound, and the bound that 95 % keep. */
  histogram(name: string): { count: number; upTo: [bound: number, n: number][]; p95: number } {
    const upTo = this.samples(`${name}_bucket`).map(([labels, n]): [number, number] => [bound(labels), n])
    const count = this.sum(`${name}_count`)
    return { count, upTo, p95: upTo.find(([, n]) => n >= 0.95 * count)?.[0] ?? NaN }
  }

  private samples(name: string): [labels: string, value: number][] {
    const line = new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm')
    return [...this.text.matchAll(line)].map((m) => [m[1] ?? '', Number(m[2])])
  }
}

const bound = (labels: string) => {
  const le = /le="([^"]+)"/.exec(labels)?.[1]
  return le === '+Inf' ? Infinity : Number(le)
}
