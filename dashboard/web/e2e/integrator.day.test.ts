// An integrator's day, in a real browser against the whole product: a camera is probed and added, a zone is drawn on its live
// picture and finds somebody, a sensor is made of a topic that was heard, and the health page says what is wrong.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { components } from '../src/api/schema'
import { Api, json } from './api'
import { Faults, launch, logIn } from './browser'
import { Hall } from './hall'
import { until } from './until'

type Event = components['schemas']['Event']
type Camera = components['schemas']['Camera']
type PTZ = components['schemas']['PTZ']
type Measure = components['schemas']['CameraMeasure']

const hall = new Hall()
const faults = new Faults()
let browser: Browser
let page: Page
let api: Api

beforeAll(async () => {
  await hall.start()
  api = await Api.logIn(hall, 'integrator')
  browser = await launch()
  page = await logIn(browser, faults, hall, 'integrator', '/console/cameras')
})
afterAll(async () => {
  await browser?.close()
  await hall.stop()
})

/** The address of a simulated camera whose people walk all the time, and what it asks for. */
const stream = () => ({ url: /rtsp:\/\/[^\s,}"']+\/cam-02/.exec(readFileSync(join(hall.dir, 'site.yml'), 'utf8'))![0], username: 'zhihui', password: 'zhihui-demo' })

const field = (id: string) => page.getByTestId(id)

describe.sequential('an integrator', () => {
  it('sees each camera with what its stream does now, and its last picture', async () => {
    await expect.poll(() => field('row-cam-02').innerText(), { timeout: 30_000 }).toMatch(/H\.264/)
    await expect.poll(() => field('row-cam-02').innerText(), { timeout: 20_000 }).toMatch(/kbit\/s/)
    await expect.poll(() => page.getByTestId('row-cam-02').locator('video').evaluate((v: HTMLVideoElement) => v.videoWidth), { timeout: 10_000 }).toBeGreaterThan(0)
    await field('camera-find').fill('cam-02')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
    expect(page.url()).toContain('q=cam-02')
    await field('camera-find').fill('')
  })

  it('finds the cameras by ONVIF, and chooses one', async () => {
    const { url, username, password } = stream()
    await field('camera-new').click()
    await field('camera-name').fill('新大门')
    await field('camera-id').fill('new-gate')
    await field('find').locator('summary').click()
    const recorder = /onvif: \{listen: (127\.0\.0\.1:\d+)\}/.exec(readFileSync(join(hall.dir, 'sim.yml'), 'utf8'))![1]!
    await field('find-address').fill(recorder)
    await field('find-go').click()
    await expect.poll(() => field(`found-${recorder}`).innerText(), { timeout: 20_000 }).toMatch(/需要用户名和密码/)
    await field('find-username').fill(username)
    await field('find-password').fill(password)
    await field('find-go').click()
    await field('take-cam-02').click({ timeout: 20_000 })
    const filled = ['camera-url', 'camera-username', 'camera-password', 'camera-name', 'camera-onvif', 'camera-profile']
    expect(await Promise.all(filled.map((f) => field(f).inputValue()))).toEqual([url, username, password, '新大门', recorder, 'cam-02'])
  })

  it('is told why a probe fails, and what one finds', async () => {
    const { password } = stream()
    await field('camera-password').fill('falsch')
    await field('probe-go').click()
    await field('probe-result').waitFor({ timeout: 15_000 })
    expect(await field('probe-result').getAttribute('data-code')).toBe('auth_refused')
    expect(await field('probe-result').innerText()).toMatch(/用户名/)
    await field('camera-password').fill(password)
    await field('probe-go').click()
    await expect.poll(() => field('probe-result').getAttribute('data-code').catch(() => '?'), { timeout: 15_000 }).toBe('')
    expect(await field('probe-result').innerText()).toMatch(/H\.264[\s\S]*640×360/)
    await expect.poll(() => field('probe-result').locator('video').evaluate((v: HTMLVideoElement) => v.videoWidth), { timeout: 10_000 }).toBe(640)
  })

  it('adds it and draws a zone on its live picture', async () => {
    await field('camera-save').click()
    await page.waitForURL('**/console/cameras/new-gate?draw=1')
    await expect.poll(() => field('zone-canvas').getAttribute('data-state'), { timeout: 30_000 }).toBe('live')
    const canvas = (await field('zone-canvas').boundingBox())!
    const at = (x: number, y: number) => [canvas.x + x * canvas.width, canvas.y + y * canvas.height] as const
    for (const [x, y] of [[0.04, 0.1], [0.96, 0.1], [0.96, 0.96], [0.04, 0.96]] as const) await page.mouse.click(...at(x, y))
    await page.mouse.click(...at(0.04, 0.1))
    await expect.poll(() => field('zone-name-0').inputValue()).toBe('区域1')
    await field('zone-name-0').fill('院内')
    await field('zone-name-0').press('Tab')
    await page.mouse.move(...at(0.04, 0.1))
    await page.mouse.down()
    await page.mouse.move(...at(0.2, 0.3), { steps: 5 })
    await page.mouse.up()
    await page.getByText('坐标').click()
    await expect.poll(async () => Number(await field('point-0-0').inputValue())).toBeCloseTo(0.2, 1)
    await page.keyboard.press('Escape')
    await field('undo').click()
    await expect.poll(async () => Number(await field('point-0-0').inputValue())).toBeCloseTo(0.04, 1)
    await field('zone-save').click()
    const stored = await until('the zone is stored', 5000, async () => (await api.cameras()).find((c) => c.id === 'new-gate')?.zones?.['院内'])
    expect(stored).toHaveLength(4)
  })

  it('sees what the zone finds', async () => {
    const event = await until('an event of the zone', 60_000, async () => (await api.get<{ items: Event[] }>('/events?source=new-gate')).items.find((e) => e.rule === 'intrusion.院内'))
    await field(`event-${event.id}`).waitFor({ timeout: 15_000 })
    const measure = (await api.get<{ items: Measure[] }>('/measures')).items.find((m) => m.camera === 'new-gate')
    expect(measure?.analysis?.pictures).toBeGreaterThan(0)
    await expect.poll(() => page.locator('.analysed').first().innerText(), { timeout: 10_000 }).toMatch(/静候|盯守|活动|降速/)
  })

  it('turns it beside its picture, keeps the view, and others see who does', async () => {
    const ptz = () => api.get<PTZ>('/cameras/new-gate/ptz')
    await field('turn-who').getByText('无人控制').waitFor({ timeout: 15_000 })
    const right = (await field('turn-right').boundingBox())!
    await page.mouse.move(right.x + 5, right.y + 5)
    await page.mouse.down()
    await expect.poll(() => field('turn-who').innerText(), { timeout: 10_000 }).toMatch(/由你控制/)
    await page.mouse.up()
    await field('turn-closer').press('ArrowUp')
    expect((await ptz()).lock).toMatchObject({ username: 'integrator' })
    const operator = await Api.logIn(hall, 'operator')
    expect((await operator.post('/cameras/new-gate/ptz', { action: 'move', pan: -1 })).status).toBe(200) // a higher role
    faults.expected.push(/409.*ptz/)
    await field('turn-home').click()
    await expect.poll(() => field('turn-fault').innerText(), { timeout: 10_000 }).toMatch(/正在控制这台摄像机/)
    expect((await operator.fetch('/cameras/new-gate/ptz/release', { method: 'POST' })).status).toBe(204)
    await field('preset-name').fill('大门口')
    await field('preset-save').click()
    await expect.poll(() => field('preset-said').innerText(), { timeout: 10_000 }).toBe('已保存：大门口')
    const kept = (await ptz()).presets
    expect(kept.map((p) => p.name)).toEqual(['大门口'])
    await field(`preset-${kept[0]!.token}`).getByTestId('preset-go').click()
    await expect.poll(async () => (await ptz()).code).toBe('')
    const rows = (await (await Api.logIn(hall, 'admin')).get<{ items: { by: string; action: string }[] }>('/ledger?entity=new-gate&action=camera.')).items
    const told = rows.map((r) => `${r.by} ${r.action}`).reverse()
    expect(told.slice(-5)).toEqual(['integrator camera.take', 'operator camera.take', 'integrator camera.take', 'integrator camera.set_preset', 'integrator camera.goto'])
  })

  it('edits the camera while its stream goes on', async () => {
    const since = (await api.cameras()).find((c) => c.id === 'new-gate')!.since
    await field('part-settings').click()
    await field('camera-name').fill('新大门（东）')
    await field('settings-save').click()
    await expect.poll(async () => (await api.cameras()).find((c) => c.id === 'new-gate')!.name).toBe('新大门（东）')
    expect((await api.cameras()).find((c) => c.id === 'new-gate')).toMatchObject({ state: 'online', since })
  })

  it('has it recorded while its stream goes on, and sees that it is', async () => {
    const line = field('camera-recording')
    await expect.poll(() => line.getAttribute('data-state'), { timeout: 20_000 }).toMatch(/^(ready|running)$/) // it is analysed: a clip of each event
    const units = async () => (await api.get<{ items: Measure[] }>('/measures')).items.find((m) => m.camera === 'new-gate')!.units
    const before = await units()
    await field('record-mode').selectOption('hours')
    expect(await field('stretch-0').locator('.day[aria-pressed=true]').count()).toBe(7)
    for (const time of await field('stretch-0').locator('input').all()) await time.fill('00:00') // from midnight to midnight
    await field('record-days').fill('2')
    await field('settings-save').click()
    await page.getByText('已保存', { exact: true }).waitFor()
    expect((await api.get<Camera>('/cameras/new-gate')).record).toEqual({ mode: 'hours', schedule: ['00:00-24:00'], keep_days: 2 })
    await expect.poll(() => line.getAttribute('data-state'), { timeout: 20_000 }).toBe('running')
    expect(await units(), 'the stream went on').toBeGreaterThanOrEqual(before)
  })

  it('makes a sensor of a topic that was heard', async () => {
    expect((await api.fetch('/sensors/wind-tower', { method: 'DELETE' })).status).toBe(204) // then nobody is on its topic
    await page.goto(`${hall.url}/console/sensors`)
    await field('topics-open').click()
    await field('take-hean/wind/tower').click({ timeout: 20_000 })
    await field('path-speed').click({ timeout: 10_000 })
    await field('mapping-scale').fill('3.6')
    await expect.poll(() => field('mapping-result').getAttribute('data-ok')).toBe('true')
    await field('sensor-name').fill('通信塔风速')
    await field('sensor-kind').selectOption('wind')
    await field('sensor-unit').fill('km/h')
    await field('threshold-add').click()
    await field('limit-above').fill('150')
    await field('sensor-save').click()
    await page.waitForURL('**/console/sensors/wind-tower')
    const value = await until('a reading', 10_000, async () => (await api.get<{ value: number | null }>('/sensors/wind-tower')).value)
    expect(value).toBeGreaterThan(3)
    await until('its curve', 15_000, () => field('chart').isVisible())
  })

  it('reads on the health page what is wrong, and gets to it', async () => {
    const broken = { ...stream(), url: 'rtsp://127.0.0.1:1/none', id: 'broken', name: '坏的', area: (await api.cameras())[0]!.area }
    expect((await api.fetch('/cameras', json(broken))).status).toBe(201)
    await page.goto(`${hall.url}/console/health`)
    await field('check-cameras_down').waitFor({ timeout: 30_000 })
    await expect.poll(() => field('check-cameras_down').innerText(), { timeout: 15_000 }).toMatch(/离线/)
    await field('goto-cameras_down').click()
    await expect.poll(() => field('camera-broken').getAttribute('data-state')).toBe('offline')
    expect(await field('row-broken').innerText()).toContain('端口')
  })

  it('takes the camera off the site again', async () => {
    await page.goto(`${hall.url}/console/cameras/new-gate?part=settings`)
    await field('camera-delete').click()
    await field('camera-delete').click()
    await page.waitForURL('**/console/cameras')
    expect((await api.fetch('/cameras/new-gate')).status).toBe(404)
    expect(faults.take().filter((f) => !/picture/.test(f))).toEqual([])
  })
})
