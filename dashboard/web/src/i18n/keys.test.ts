import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { spokenKinds, spokenLimits } from '@/alerts/why'
import { refusalCodes, spokenFields } from '@/api/refusal'
import { allActions, columns } from '@/orders/actions'
import { severities } from '@/api/types'
import { needs } from '@/app/pages'
import { rules } from '@/login/rules'
import { things, verbs } from '@/people/abilities'
import { textFiles, texts, type Texts } from './index'

const flat = (tree: Texts, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([k, v]) => (typeof v === 'string' ? [[prefix + k, v] as [string, string]] : flat(v, `${prefix}${k}.`)))

const src = new URL('..', import.meta.url).pathname
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((f) => /\.(vue|ts)$/.test(f) && !/\.(test|d)\.ts$/.test(f))
  .map((f) => readFileSync(join(src, f), 'utf8'))
  .join('\n')

/** Every key that stands whole in the sources, and the beginnings of those that are put together. */
const whole = new Set([...sources.matchAll(/['"`]([a-z][A-Za-z]*(?:\.[A-Za-z0-9_]+)+)['"`]/g)].map((m) => m[1]!))
const beginnings = [...new Set([...sources.matchAll(/`([a-z][A-Za-z]*\.)\$\{[^`]+\}`/g)].map((m) => m[1]!))]

const zhKeys = new Map(flat(texts('zh-CN')))
const enKeys = new Map(flat(texts('en')))
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe('the sentences of the pages', () => {
  it('stand in both languages', () => {
    expect([...enKeys.keys()].sort()).toEqual([...zhKeys.keys()].sort())
  })

  it('have one feature for each first key', () => {
    for (const files of Object.values(textFiles)) {
      const keys = Object.values(files).flatMap((file) => Object.keys(file))
      expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
    }
  })

  it('take the same values in both', () => {
    for (const [key, text] of zhKeys) expect(places(enKeys.get(key) ?? ''), key).toEqual(places(text))
  })

  it('are none of them empty', () => {
    for (const [key, text] of [...zhKeys, ...enKeys]) expect(text.trim(), key).not.toBe('')
  })

  it('exist wherever a page asks for one', () => {
    const asked = [...sources.matchAll(/\bt\(([^()]*)/g)].flatMap((call) => [...call[1]!.matchAll(/['"]([a-z][A-Za-z]*\.[A-Za-z0-9_.]+)['"]/g)].map((m) => m[1]!))
    expect(asked.length).toBeGreaterThan(80)
    expect(asked.filter((key) => !zhKeys.has(key))).toEqual([])
  })

  it('are all asked for by some page', () => {
    const unused = [...zhKeys.keys()].filter((key) => !whole.has(key) && !beginnings.some((b) => key.startsWith(b)))
    expect(unused).toEqual([])
  })

  it('cover every value that a key is put together from', () => {
    const states = ['open', 'acknowledged', 'shelved', 'resolved', 'rejected']
    const wanted = [
      ...severities.flatMap((s) => [`severity.${s}`, `mode.${s}`]),
      ...spokenKinds.map((k) => `kind.${k}`),
      ...spokenLimits.map((l) => `beyond.${l}`),
      ...refusalCodes.map((c) => `refusal.${c}`),
      ...spokenFields.map((f) => `field.${f}`),
      'why.was.above', 'why.was.below', 'why.back.above', 'why.back.below', 'why.above', 'why.below',
      ...allActions.map((a) => `action.${a}`),
      ...columns.map((c) => `orderState.${c}`),
      ...states.map((s) => `alertState.${s}`),
      ...['connecting', 'online', 'degraded', 'auth_refused', 'offline', 'disabled'].map((s) => `cameraState.${s}`),
      ...['frozen', 'waiting', 'unplayable', 'forbidden', 'gone', 'connecting', 'auth_refused', 'offline', 'disabled'].map((s) => `tile.${s}`),
      ...['waiting', 'ok', 'stale'].map((s) => `sensorState.${s}`),
      ...['admin', 'integrator', 'dispatcher', 'operator', 'grid', 'viewer', 'wall'].map((r) => `role.${r}`),
      ...Object.keys(needs).map((page) => `console.${page}`),
      ...rules.map((r) => `passwordRule.${r}`),
      ...things.map((a) => `about.${a}`), ...verbs.map((v) => `verb.${v}`),
      ...['disabled', 'mustChange', 'oidc', 'ok'].map((s) => `personState.${s}`),
      ...['password', 'oidc', 'wall', 'guest'].map((k) => `sessionKind.${k}`),
      ...['entering', 'away', 'revoked'].map((s) => `screen.${s}`),
      'orderState.closed', 'orderState.cancelled', 'action.report', 'mode.calm', 'lamp.green', 'lamp.yellow', 'lamp.red',
    ] // prettier-ignore
    expect(wanted.filter((key) => !zhKeys.has(key))).toEqual([])
  })

  it('are never written into a template instead', () => {
    const templates = [...sources.matchAll(/<template>[\s\S]*<\/template>/g)].join('\n')
    expect([...templates.matchAll(/>[^<{]*[\u4e00-\u9fff]{2,}[^<]*</g)].map((m) => m[0])).toEqual([])
  })
})
