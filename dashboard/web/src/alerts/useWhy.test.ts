// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { useHall } from '@/live/hall'
import { buildPage } from '@/testing/page'
import { aCamera, anAlert } from '@/testing/things'
import { useWhy } from './useWhy'

describe('why, with what the hall knows of a camera', () => {
  let page: ReturnType<typeof buildPage>
  afterEach(() => page.leave())

  it.each([
    ['camera_offline', { reason: '没有应答' }, 'refused', 'nothing listens on its port'],
    ['camera_moved', { measured: 1, limit: 0.02, reason: 'another_view' }, '', 'the camera looks elsewhere'],
    ['camera_moved', { measured: 1, limit: 0.02, reason: 'another_view' }, 'lossy', 'the camera looks elsewhere'],
  ])('says of %s %j, of a camera %s: %s', async (kind, facts, code, want) => {
    page = buildPage('en')
    const hall = useHall()
    hall.cameras.set('cam-1', aCamera({ state: code ? 'degraded' : 'online', code }))
    const root = await page.show(defineComponent(() => { const why = useWhy(); return () => h('p', why(anAlert({ kind, facts }))) })) // prettier-ignore
    expect(root.textContent).toContain(want)
  })
})
