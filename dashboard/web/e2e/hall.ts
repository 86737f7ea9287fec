// The whole product on free ports in a folder of its own: bin/sitesim, bin/zhihui (with bin/zhihui-vision as its child).
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../../..')
export const password = 'zhihui-demo'

const accounts = ['admin', 'integrator', 'dispatcher', 'operator', 'grid', 'viewer']
const bin = (name: string) => join(root, 'bin', name)

export class Hall {
  readonly dir = mkdtempSync(join(tmpdir(), 'zhihui-e2e-'))
  url = ''
  private core?: ChildProcess
  private sim?: ChildProcess

  /** Seeds a store from the demo's files, moved to free ports, and starts everything; resolves when it is ready. */
  async start(): Promise<void> {
    const [http, rtsp, mqtt] = await Promise.all([freePort(), freePort(), freePort()])
    const moved = (file: string) => {
      const text = readFileSync(join(root, 'configs/demo', file), 'utf8')
        .replaceAll('127.0.0.1:8080', `127.0.0.1:${http}`)
        .replaceAll('127.0.0.1:8554', `127.0.0.1:${rtsp}`)
        .replaceAll('127.0.0.1:1883', `127.0.0.1:${mqtt}`)
        .replaceAll('.cache/demo', join(this.dir, 'data'))
      const path = join(this.dir, file)
      writeFileSync(path, text)
      return path
    }
    mkdirSync(join(this.dir, 'data'))
    const [site, script] = [moved('site.yml'), moved('sim.yml')]
    moved('zhihui.yml')
    this.tool('zhihui', ['site', 'apply', '--config', this.config, site])
    for (const who of accounts) {
      this.tool('zhihui', ['user', 'add', '--config', this.config, who, '--role', who, '--password-stdin'], password)
    }
    const clips = ['--script', script, '--cache', join(root, '.cache/clips')]
    this.tool('sitesim', ['prepare', ...clips])
    this.url = `http://127.0.0.1:${http}`
    this.sim = this.spawn('sitesim', ['run', ...clips])
    await this.startCore()
  }

  async startCore(): Promise<void> {
    this.core = this.spawn('zhihui', ['serve', '--config', this.config])
    for (let tries = 0; tries < 300; tries++) {
      const ready = await fetch(`${this.url}/readyz`).then((r) => r.ok, () => false)
      if (ready) return
      if (this.core.exitCode !== null) break
      await new Promise((r) => setTimeout(r, 100))
    }
    throw new Error(`not ready:\n${this.log('zhihui')}`)
  }

  /** Kills the core as a loss of power would. */
  async killCore(): Promise<void> {
    await ended(this.core, 'SIGKILL')
  }

  async stop(): Promise<void> {
    await Promise.all([ended(this.core, 'SIGTERM'), ended(this.sim, 'SIGTERM')])
    rmSync(this.dir, { recursive: true, force: true })
  }

  log(name: string): string {
    return readFileSync(join(this.dir, `${name}.log`), 'utf8').split('\n').slice(-40).join('\n')
  }

  private get config(): string {
    return join(this.dir, 'zhihui.yml')
  }

  private tool(name: string, args: string[], input = ''): void {
    const r = spawnSync(bin(name), args, { cwd: root, input, encoding: 'utf8' })
    if (r.status !== 0) throw new Error(`${name} ${args.join(' ')}: ${r.stdout}${r.stderr}${r.error ?? ''}`)
  }

  private spawn(name: string, args: string[]): ChildProcess {
    const log = openSync(join(this.dir, `${name}.log`), 'a')
    const child = spawn(bin(name), args, { cwd: root, stdio: ['ignore', log, log] })
    closeSync(log)
    return child
  }
}

function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((done) => {
    child.once('exit', () => done())
    child.kill(signal)
  })
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
}
