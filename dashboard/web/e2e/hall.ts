// The whole product on free ports in a folder of its own: bin/sitesim, bin/zhihui (with bin/zhihui-vision as its child).
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const root = resolve(import.meta.dirname, '../../..')
export const password = 'command-hall-demo'

const accounts = ['admin', 'integrator', 'dispatcher', 'operator', 'grid', 'viewer']
const binaries = process.env.ZHIHUI_BIN ?? join(root, 'bin')
const bin = (name: string) => join(binaries, name)

export class Hall {
  readonly dir = mkdtempSync(join(tmpdir(), 'zhihui-e2e-'))
  url = ''
  /** Where the core listens: for browsers and for sensors. */
  ports: number[] = []
  /** When the round of the storm that is played now began, ms. */
  began = NaN
  private core?: ChildProcess
  private sim?: ChildProcess

  constructor() {
    // A run that is cut short leaves nothing behind either.
    process.once('exit', () => [this.core, this.sim].forEach((child) => child?.kill('SIGKILL')))
  }

  /**
   * Seeds a store from the demo's files, moved to free ports, and starts everything; resolves when it is ready. The storm
   * is then at this point of its round, in seconds: by default the underpass fills in half a minute, and in 75 s a block
   * loses its power. `edit` changes the settings.
   */
  async start(at = '105s', edit = (settings: string) => settings): Promise<void> {
    const [http, rtsp, mqtt, onvif] = await freePorts(4)
    const moved = (file: string) => {
      const text = readFileSync(join(root, 'configs/demo', file), 'utf8')
        .replaceAll('127.0.0.1:8080', `127.0.0.1:${http}`)
        .replaceAll('127.0.0.1:8554', `127.0.0.1:${rtsp}`)
        .replaceAll('127.0.0.1:8700', `127.0.0.1:${onvif}`)
        .replaceAll('127.0.0.1:1883', `127.0.0.1:${mqtt}`)
        .replaceAll('.cache/demo', join(this.dir, 'data'))
      const path = join(this.dir, file)
      writeFileSync(path, text)
      return path
    }
    mkdirSync(join(this.dir, 'data'))
    const [site, script] = [moved('site.yml'), moved('sim.yml')]
    writeFileSync(moved('zhihui.yml'), edit(readFileSync(this.config, 'utf8')))
    this.tool('zhihui', ['site', 'apply', '--config', this.config, site])
    for (const who of accounts) {
      this.tool('zhihui', ['user', 'add', '--config', this.config, who, '--role', who, '--password-stdin', '--permanent'], password)
    }
    const clips = ['--script', script, '--cache', join(root, '.cache/clips')]
    this.tool('sitesim', ['prepare', ...clips])
    this.url = `http://127.0.0.1:${http}`
    this.ports = [http!, mqtt!]
    this.sim = this.spawn('sitesim', ['run', ...clips, '--at', at])
    this.began = Date.now() - parseFloat(at) * 1000
    // The cameras are there first, as in life: else the first tries find nobody.
    for (let tries = 0; tries < 200 && !(await listens(rtsp!)); tries++) await pause(100)
    await this.startCore()
  }

  async startCore(): Promise<void> {
    this.core = this.spawn('zhihui', ['serve', '--config', this.config])
    for (let tries = 0; tries < 300; tries++) {
      const ready = await fetch(`${this.url}/readyz`).then((r) => r.ok, () => false)
      if (ready) return
      if (this.core.exitCode !== null) break
      await pause(100)
    }
    throw new Error(`not ready:\n${this.log('zhihui')}`)
  }

  /** Kills the core as a loss of power would. */
  async killCore(): Promise<void> {
    await ended(this.core, 'SIGKILL')
  }

  /** Asks the core to stop; its exit code (null when a signal ended it) and how long it took, in ms. */
  async stopCore(): Promise<{ code: number | null; took: number }> {
    const asked = performance.now()
    await ended(this.core, 'SIGTERM')
    return { code: this.core?.exitCode ?? null, took: performance.now() - asked }
  }

  async stop(): Promise<void> {
    await Promise.all([ended(this.core, 'SIGTERM'), ended(this.sim, 'SIGTERM')])
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** The pixel workers that the core has now, by process id. */
  workers(): number[] {
    return readdirSync('/proc').filter((p) => /^\d+$/.test(p)).map(Number).filter((pid) => {
      const stat = readOr(`/proc/${pid}/stat`) // "pid (name) state parent …"
      return stat.includes('(zhihui-vision)') && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === this.core?.pid
    })
  }

  /** When the script did this to the camera for the first time, ms; NaN while it has not. */
  done(mode: string, camera: string): number {
    const line = this.lines('sitesim').find((l) => l.includes(`camera=${camera} mode=${mode}`))
    return Date.parse(/time=(\S+)/.exec(line ?? '')?.[1] ?? '')
  }

  /** The end of a log. */
  log(name: string): string {
    return `--- ${name}\n${this.lines(name).slice(-40).join('\n')}`
  }

  private lines(name: string): string[] {
    return readOr(join(this.dir, `${name}.log`)).split('\n')
  }

  get config(): string {
    return join(this.dir, 'zhihui.yml')
  }

  /** Runs a command of the product to its end; what it said. */
  tool(name: string, args: string[], input = ''): string {
    const r = spawnSync(bin(name), args, { cwd: root, input, encoding: 'utf8' })
    if (r.status !== 0) throw new Error(`${name} ${args.join(' ')}: ${r.stdout}${r.stderr}${r.error ?? ''}`)
    return r.stdout + r.stderr
  }

  private spawn(name: string, args: string[]): ChildProcess {
    const log = openSync(join(this.dir, `${name}.log`), 'a')
    const child = spawn(bin(name), args, { cwd: root, stdio: ['ignore', log, log] })
    closeSync(log)
    return child
  }
}

/** Whether there is such a process, one that has ended and waits to be buried aside. */
export function alive(pid: number): boolean {
  return /\) [^ZX] /.test(readOr(`/proc/${pid}/stat`))
}

/** Whether anything listens on the port of this machine. */
export function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((done) => {
    child.once('exit', () => done())
    child.kill(signal)
  })
}

/** Ports that differ: all are held before the first is let go. */
async function freePorts(n: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: n }, () => new Promise<Server>((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => done(server))
  })))
  const ports = servers.map((s) => (s.address() as AddressInfo).port)
  await Promise.all(servers.map((s) => new Promise((done) => s.close(done))))
  return ports
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
