import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, watch } from 'vue'
import { type Severity } from '@/api/types'
import { useHall } from '@/live/hall'
import { useSession } from '@/login/session'
import { Speaker } from './speaker'
import { mutedUntil, newest, nextMute, tones } from './tones'

const remembered = 'zhihui.mutedUntil'
const mouth = 'zhihui.sound'

/**
 * The sound of the console. Of the tabs of one browser that may sound, one does: who holds the lock; the browser gives it to
 * another when that tab is shut. Muting counts for all of them, and ends by itself.
 */
export const useAlarm = defineStore('alarm', () => {
  const hall = useHall()
  const session = useSession()
  const ready = ref(false)
  const until = ref(0)
  /** How often each colour has sounded at this page. */
  const sounded = shallowReactive<Record<Severity, number>>({ red: 0, orange: 0, yellow: 0, blue: 0 })
  const leftMs = computed(() => Math.max(0, until.value - hall.now))
  const muted = computed(() => leftMs.value > 0)
  const speaker = new Speaker((now) => (ready.value = now))
  let speaks = false
  let running: AbortController | null = null
  let redAt = 0

  const waiting = () => [...hall.alerts.values()].filter((a) => a.state === 'open')

  function sound(severity: Severity) {
    if (!speaks || muted.value || !speaker.ready || tones[severity].beeps.length === 0) return
    speaker.play(tones[severity].beeps)
    sounded[severity]++
    if (severity === 'red') redAt = Date.now()
  }

  /** What is new sounds once, the gravest of what came together; red goes on for as long as nobody has answered. */
  function follow() {
    const heard = new Map<string, number>()
    newest(heard, waiting()) // what was there before this page sounds no more, red aside
    const stop = watch(
      () => waiting().map((a) => a.id + a.severity).join(),
      () => {
        const gravest = newest(heard, waiting())
        if (gravest) sound(gravest)
      },
    )
    const timer = window.setInterval(() => {
      until.value = mutedUntil(localStorage.getItem(remembered), Date.now())
      if (Date.now() - redAt >= tones.red.again * 1000 && waiting().some((a) => a.severity === 'red')) sound('red')
    }, 1000)
    return () => {
      stop()
      window.clearInterval(timer)
    }
  }

  /** Speaks while nobody else does. Where the browser has no locks (a page without TLS), every tab speaks for itself. */
  function speak(signal: AbortSignal) {
    if (!navigator.locks) {
      speaks = true
      return
    }
    const held = new Promise<void>((done) => signal.addEventListener('abort', () => done()))
    navigator.locks.request(mouth, { signal }, () => ((speaks = true), held)).catch((fault: unknown) => signal.aborted || console.warn('no sound in this tab', fault))
  }

  /** Begins, for who may acknowledge; the returned function ends it. */
  function start(): () => void {
    if (running || !session.can('alert.acknowledge')) return () => {}
    const run = (running = new AbortController())
    until.value = mutedUntil(localStorage.getItem(remembered), Date.now())
    const unfollow = follow()
    const touch = () => void enable()
    window.addEventListener('pointerdown', touch, { signal: run.signal })
    window.addEventListener('keydown', touch, { signal: run.signal })
    const unready = watch(ready, (now) => now && !speaks && speak(run.signal), { immediate: true })
    void enable()
    return () => {
      run.abort()
      unfollow()
      unready()
      running = null
      speaks = false
      ready.value = false
      void speaker.close()
    }
  }

  const enable = () => (speaker.ready ? Promise.resolve() : speaker.wake().catch((fault: unknown) => console.warn('this browser gives no sound', fault)))

  function mute(end: number) {
    until.value = end
    if (end) localStorage.setItem(remembered, String(end))
    else localStorage.removeItem(remembered)
  }
  const muteFor = (minutes: number) => mute(minutes > 0 ? Date.now() + minutes * 60_000 : 0)
  const muteMore = () => mute(nextMute(until.value, Date.now()))
  return { ready, muted, leftMs, sounded, start, enable, muteFor, muteMore }
})
