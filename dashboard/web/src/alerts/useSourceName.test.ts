// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import type { Camera, Sensor } from '@/api/types'
import { buildI18n } from '@/i18n'
import { useHall } from '@/live/hall'
import { useSourceName } from './useSourceName'

function names(locale: 'zh-CN' | 'en') {
  const pinia = createPinia()
  let name!: ReturnType<typeof useSourceName>
  const app = createApp({ setup: () => ((name = useSourceName()), () => null) })
  app.use(pinia).use(buildI18n(locale))
  setActivePinia(pinia)
  const hall = useHall()
  hall.cameras.set('gate', { id: 'gate', name: '大门' } as Camera)
  hall.cameras.set('recording', { id: 'recording', name: '录音室' } as Camera)
  hall.sensors.set('gate', { id: 'gate', name: '水位' } as Sensor)
  app.mount(document.createElement('div'))
  return name
}

describe('the name of a source', () => {
  const [zh, en] = [names('zh-CN'), names('en')]
  it('is that of the camera or the sensor', () => expect([zh({ source: 'gate', source_type: 'camera' }), zh({ source: 'gate', source_type: 'sensor' })]).toEqual(['大门', '水位']))
  it('is said of a part of the hall, whatever cameras are called', () => expect([zh, en].map((n) => n({ source: 'recording', source_type: 'hall' }))).toEqual(['录像盘', 'Disk for footage']))
  it('is the id of what is gone', () => expect([zh({ source: 'gone', source_type: 'camera' }), zh({ source: 'gone' }), zh(null)]).toEqual(['gone', 'gone', '']))
  it('is found for an order, which has no type', () => expect([zh({ source: 'gate' }), zh({ source: 'recording' })]).toEqual(['大门', '录音室']))
})
