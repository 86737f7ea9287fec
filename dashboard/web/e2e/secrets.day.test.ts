// A day on which every secret is used once, rightly and wrongly. Then all that was written and said is searched for each.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Hall, password } from './hall'
import { until } from './until'

const hall = new Hall()
const secrets = {
  'password of a person': 'Lantern-Osmanthus-7719',
  'next password of a person': 'Magpie-Bridge-5510',
  'password typed as a name': 'Heron-Typed-Wrong-3307',
  'wrong password': 'Teapot-Wrong-8841',
  'password of a camera': 'Cam-Kiln-Glaze-2290',
  'next password of a camera': 'Cam-Jade-Sluice-6672',
  'password of a probe': 'Probe-Reed-Flute-4418',
  'password in an address': 'Url-Moon-Gate-9035',
  'password of the sensors': 'Mqtt-Salt-Well-1186',
  'wrong password of a sensor': 'Mqtt-Wrong-Oar-5543',
  'secret of the provider': 'Oidc-Copper-Bell-7764',
  'token in an address of a webhook': 'Hook-Silk-Road-3329',
  'key of a webhook': 'Hmac-Plum-Rain-Key-9912',
  'token in the address of the dead-man': 'Dead-Night-Watch-6651',
}
type Shown = { from: string; text: string }
/** All that anybody could read: answers with their headers, outputs of commands, files. */
const shown: Shown[] = []
/** Whoever is asked from inside; it repeats what it was sent, as bad neighbours do. */
let outside: Server
let hooked = false
let address: string
let cookie = ''

beforeAll(async () => {
  outside = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      const at = request.url ?? ''
      if (at.includes('openid-configuration')) {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ issuer: address, authorization_endpoint: `${address}/auth`, token_endpoint: `${address}/token`, jwks_uri: `${address}/keys` }))
        return
      }
      hooked ||= at.includes('/hook')
      response.statusCode = 500
      response.end(`no: ${at} ${body} ${JSON.stringify(request.headers)}`)
    })
  })
  await new Promise<void>((done) => outside.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  const file = join(hall.dir, 'oidc.secret')
  writeFileSync(file, secrets['secret of the provider'], { mode: 0o600 })
  await hall.start(undefined, (settings) => settings
    .replace('password: zhihui-demo', `password: ${secrets['password of the sensors']}`)
    .replace('wall_guest: true', 'wall_guest: true, oidc: ' +
      `{issuer: "${address}", client_id: hall, client_secret_file: "${file}", redirect_url: "${address.replace(/:\d+$/, '')}/api/v1/session/oidc/callback"}`)
    + `
log: {level: debug}
alerting:
  notify:
    webhooks: [{name: duty, url: "${address}/hook?token=${secrets['token in an address of a webhook']}", secret: ${secrets['key of a webhook']}, timeout: 2s}]
    deadman: {url: "${address}/ping/${secrets['token in the address of the dead-man']}", every: 2s, timeout: 1s}
`)
})
afterAll(async () => {
  await hall.stop()
  outside.close()
})

/** Asks the hall and keeps its answer; `once` marks the one answer that may hold a secret. */
async function ask(method: string, path: string, body?: object, once = false, headers: Record<string, string> = {}): Promise<Response> {
  const r = await fetch(hall.url + path, {
    method, redirect: 'manual',
    headers: { ...(cookie ? { cookie } : {}), ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    body: body && JSON.stringify(body),
  })
  const text = await r.clone().text()
  const head = [...r.headers].filter(([name]) => name !== 'set-cookie').map(([name, value]) => `${name}: ${value}`).join('\n')
  if (!once) shown.push({ from: `${method} ${path}`, text: `${head}\n${text}` })
  return r
}

async function logIn(username: string, word: string): Promise<number> {
  const r = await ask('POST', '/api/v1/session', { username, password: word })
  const own = r.headers.getSetCookie()[0]?.split(';')[0]
  if (r.ok && own) cookie = own
  return r.status
}

/** What the stream of changes says from its beginning. */
async function stream(): Promise<void> {
  const stop = AbortSignal.timeout(3000)
  let text = ''
  try {
    const r = await fetch(`${hall.url}/api/v1/changes/stream?since=0`, { headers: { cookie }, signal: stop })
    const reader = r.body!.pipeThrough(new TextDecoderStream()).getReader()
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
  } catch {
    expect(stop.aborted).toBe(true)
  }
  expect(text).toContain('event: ')
  shown.push({ from: 'the stream of changes', text })
}

/** A device that knows the name and not the password. */
function knock(port: number): Promise<void> {
  const field = (s: string) => [Buffer.from([s.length >> 8, s.length & 255]), Buffer.from(s)]
  const rest = Buffer.concat([...field('MQTT'), Buffer.from([4, 0xc2, 0, 60]), ...field('dev'), ...field('site'), ...field(secrets['wrong password of a sensor'])])
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([Buffer.from([0x10, rest.length]), rest])))
    socket.on('data', () => undefined).on('error', () => undefined).on('close', () => done())
    setTimeout(() => socket.destroy(), 3000)
  })
}

it('uses every secret, rightly and wrongly', async () => {
  expect(await logIn('admin', secrets['wrong password'])).toBe(401)
  expect(await logIn(secrets['password typed as a name'], 'x')).toBe(401)
  expect(await logIn('admin', password)).toBe(200)
  Object.assign(secrets, { 'session of the administrator': cookie.split('=')[1] })

  expect((await ask('POST', '/api/v1/users', { username: 'luxun', name: '陆', role: 'operator', password: secrets['password of a person'] })).status).toBe(201)
  const area = ((await (await ask('GET', '/api/v1/cameras')).json()) as { items: { area: string }[] }).items[0]!.area
  const camera = { id: 'hidden', name: '密', area, url: 'rtsp://127.0.0.1:9/x', username: 'root', password: secrets['password of a camera'] }
  expect((await ask('POST', '/api/v1/cameras', camera)).status).toBe(201)
  expect((await ask('PATCH', '/api/v1/cameras/hidden', { password: secrets['next password of a camera'] })).status).toBe(200)
  await ask('PATCH', '/api/v1/cameras/hidden', { url: `rtsp://root:${secrets['password in an address']}@127.0.0.1/x` })
  await ask('PATCH', '/api/v1/cameras/hidden', { heading: 999, password: secrets['password of a camera'] })
  for (const url of ['rtsp://127.0.0.1:9/x', `${address.replace('http', 'rtsp')}/x`, `rtsp://u:${secrets['password in an address']}@127.0.0.1/`]) {
    await ask('POST', '/api/v1/probes', { url, username: 'root', password: secrets['password of a probe'] })
  }
  await ask('POST', '/api/v1/probes', { camera: 'hidden' })
  await ask('GET', '/api/v1/topics')

  const made = (await (await ask('POST', '/api/v1/wall-tokens', { name: '东屏' }, true)).json()) as { secret?: string; token?: string }
  const token = Object.values(made).find((v) => typeof v === 'string' && v.length === 43) ?? ''
  expect(token, JSON.stringify(Object.keys(made))).not.toBe('')
  Object.assign(secrets, { 'token of a wall': token })
  await ask('POST', '/api/v1/session/wall', { token: `${token.slice(0, -4)}AAAA` })
  const wall = await ask('POST', '/api/v1/session/wall', { token }, false, { cookie: '' })
  expect(wall.status).toBe(200)
  Object.assign(secrets, { 'session of a wall': wall.headers.getSetCookie()[0]!.split(';')[0]!.split('=')[1] })

  const away = await ask('GET', '/api/v1/session/oidc?to=/wall', undefined, true) // state and challenge are the journey's own
  expect(away.status).toBe(302)
  const journey = away.headers.getSetCookie()[0]!.split(';')[0]!
  const state = new URL(away.headers.get('location')!).searchParams.get('state')
  await ask('GET', `/api/v1/session/oidc/callback?code=c0de&state=${state}`, undefined, false, { cookie: journey })
  await ask('GET', `/api/v1/session/oidc/callback?code=c0de&state=other`, undefined, false, { cookie: journey, accept: 'text/html' })

  const admin = cookie
  cookie = '' // a login ends what its browser had before
  expect(await logIn('luxun', secrets['password of a person'])).toBe(200)
  await ask('POST', '/api/v1/session/password', { current: secrets['wrong password'], new: 'x' })
  expect((await ask('POST', '/api/v1/session/password', { current: secrets['password of a person'], new: secrets['next password of a person'] })).status).toBe(204)
  cookie = admin

  await knock(hall.ports[1]!)
  const site = readFileSync(join(hall.dir, 'site.yml'), 'utf8')
  writeFileSync(join(hall.dir, 'broken.yml'), site.replaceAll('password: zhihui-demo', `password: {a: ${secrets['password of a camera']}}`))
  for (const args of [['site', 'apply', '--config', hall.config, '--dry-run', join(hall.dir, 'site.yml')], ['site', 'apply', '--config', hall.config, join(hall.dir, 'broken.yml')],
    ['check', join(hall.dir, 'broken.yml')], ['backup', '--config', hall.config, join(hall.dir, 'backup.tar')], ['user', 'list', '--config', hall.config]]) {
    try {
      shown.push({ from: args.join(' '), text: hall.tool('zhihui', args) })
    } catch (e) {
      shown.push({ from: args.join(' '), text: String(e) })
    }
  }
})

it('finds none of them in what it wrote and said', async () => {
  await until('the webhook was tried', 60_000, () => hooked)
  await pause(1000)
  for (const path of ['/cameras', '/cameras/hidden', '/users', '/wall-tokens', '/ledger?limit=200', '/changes?since=0&limit=1000', '/sessions', '/health', '/overview', '/search?q=hidden', '/nothing', '/measures']) {
    await ask('GET', `/api/v1${path}`)
  }
  for (const path of ['/metrics', '/readyz', '/', '/nothing.js']) await ask('GET', path)
  await stream()
  expect(shown.filter(({ from, text }) => from.includes('/ledger') && text.includes('luxun')), 'the ledger was read').toHaveLength(1)
  for (const name of ['zhihui', 'sitesim']) shown.push({ from: `${name}.log`, text: log(name) })
  expect(log('zhihui')).toContain('level=DEBUG')
  expect(log('zhihui').length).toBeGreaterThan(5000)
  const key = readFileSync(join(hall.dir, 'data/key'))
  const found = [...Object.entries(secrets).map(([name, value]) => [name, Buffer.from(value)] as const), ['the key of the store', key] as const]
    .flatMap(([name, value]) => shown.filter(({ text }) => spellings(value).some((s) => text.includes(s))).map(({ from }) => `${name}: ${from}`))
  expect(found).toEqual([])
})

it('keeps none of them readable on the disk', () => {
  const files = ['backup.tar', ...readdirSync(join(hall.dir, 'data'), { recursive: true, encoding: 'utf8' }).map((f) => join('data', f))]
    .map((f) => join(hall.dir, f)).filter((f) => statSync(f).isFile())
  expect(files.length).toBeGreaterThan(3)
  const found = files.flatMap((f) => {
    const text = readFileSync(f).toString('latin1')
    return Object.entries(secrets).filter(([, value]) => spellings(Buffer.from(value)).some((s) => text.includes(s))).map(([name]) => `${name}: ${f}`)
  })
  expect(found).toEqual([])
  const open = readdirSync(join(hall.dir, 'data')).filter((f) => statSync(join(hall.dir, 'data', f)).mode & 0o007)
  expect(open, 'what everybody on this machine may look into').toEqual([])
})

/** The ways in which bytes are written down by accident. */
function spellings(value: Buffer): string[] {
  const base64 = value.toString('base64').replace(/=+$/, '')
  return [value.toString('latin1'), value.toString('utf8'), encodeURIComponent(value.toString('utf8')), value.toString('hex'), base64.slice(0, -1), base64.slice(0, -1).replaceAll('+', '-').replaceAll('/', '_')]
    .filter((s) => s.length > 7)
}

function log(name: string): string {
  return readFileSync(join(hall.dir, `${name}.log`), 'utf8')
}
