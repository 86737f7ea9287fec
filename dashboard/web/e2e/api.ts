import type { Alert, Camera, Order } from '../src/api/types'
import { password, type Hall } from './hall'

export type Answer<T> = { status: number; body: T }
type Refusal = { code: string; message: string }

/** The API as a program of its own uses it, outside any browser. */
export class Api {
  private constructor(
    private hall: Hall,
    private cookie: string,
  ) {}

  static async logIn(hall: Hall, username: string): Promise<Api> {
    const r = await fetch(`${hall.url}/api/v1/session`, json({ username, password }))
    const cookie = r.headers.getSetCookie()[0]?.split(';')[0]
    if (!r.ok || !cookie) throw new Error(`${username} is not let in: ${r.status} ${await r.text()}`)
    return new Api(hall, cookie)
  }

  async get<T>(path: string): Promise<T> {
    const r = await this.fetch(path)
    if (!r.ok) throw new Error(`${path}: ${r.status} ${await r.text()}`)
    return (await r.json()) as T
  }

  async post(path: string, body: object): Promise<Answer<Refusal>> {
    const r = await this.fetch(path, json(body))
    return { status: r.status, body: (await r.json()) as Refusal }
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.hall.url}/api/v1${path}`, { ...init, headers: { ...init.headers, cookie: this.cookie } })
  }

  alerts = async (query = '') => (await this.get<{ items: Alert[] }>(`/alerts?limit=500&${query}`)).items
  cameras = async () => (await this.get<{ items: Camera[] }>('/cameras')).items
  order = (id: string) => this.get<Order>(`/orders/${id}`)
}

export function json(body: object): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** Asks for the cameras again and again and keeps when each was first seen in each of its states. */
export class CameraWatch {
  most = 0
  private seen = new Map<string, { state: string; at: number }[]>()
  private timer: NodeJS.Timeout

  constructor(api: Api) {
    const look = async () => {
      const cameras = await api.cameras().catch(() => []) // the core may be down: nothing is seen then
      this.most = Math.max(this.most, cameras.filter((c) => c.state === 'online').length)
      for (const { id, state } of cameras) {
        const states = this.seen.get(id) ?? []
        if (states.at(-1)?.state !== state) this.seen.set(id, [...states, { state, at: Date.now() }])
      }
    }
    this.timer = setInterval(() => void look(), 250)
  }

  /** When the camera was first seen in the state after the moment `from`; NaN while it was not. */
  first(camera: string, state: string, from: number): number {
    return this.seen.get(camera)?.find((s) => s.state === state && s.at >= from)?.at ?? NaN
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
