import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'
import { api, take } from '@/api/client'
import type { CameraMeasure } from '@/api/types'

const everyMs = 3000

/** How each stream is now, asked for again and again while the page is looked at. */
export function useMeasures(): ShallowRef<ReadonlyMap<string, CameraMeasure>> {
  const measures = shallowRef<ReadonlyMap<string, CameraMeasure>>(new Map())
  let timer = 0
  async function read() {
    if (document.visibilityState !== 'visible') return
    try {
      const { items } = await take(api.GET('/measures'))
      measures.value = new Map(items.map((m) => [m.camera, m]))
    } catch (fault) {
      console.warn('the measures of the cameras could not be read; trying again', fault)
    }
  }
  onMounted(() => {
    void read()
    timer = window.setInterval(() => void read(), everyMs)
  })
  onBeforeUnmount(() => window.clearInterval(timer))
  return measures
}

/** A bit rate as people say it: 384 kbit/s, 2.1 Mbit/s. */
export const bitRate = (bits: number): string => (bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1000)} kbit/s`)

/** The share of units that were lost, in percent; null before the first. */
export const lossOf = (m: Pick<CameraMeasure, 'units' | 'lost'>): number | null => (m.units + m.lost === 0 ? null : (100 * m.lost) / (m.units + m.lost))

export const size = (m: { width: number; height: number }): string => (m.width ? `${m.width}×${m.height}` : '')
