import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENTITLEMENT_REASONS } from '@guildhall/contracts/abi'
import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '../paraglide/runtime.js'
import { problemMessages } from './problem-messages.ts'
import { sentenceOfTrouble } from './trouble.ts'

const gateway = join(import.meta.dirname, '../../gateway')

/** These end a start: there is no page yet that could show them. */
const beforeAnyScreen = ['CONFIGURATION_INVALID', 'DATA_IN_USE', 'PORT_TAKEN', 'KEY_WRONG', 'DATA_TOO_NEW']

/** The codes of one of the gateway's tables, with the values that its sentences name. */
function codesOf(file: string, table: string): [code: string, params: Record<string, string>][] {
  const source = readFileSync(join(gateway, file), 'utf8')
  const body = new RegExp(`export const ${table} = \\{\\n(.*?)\\n\\} as const`, 's').exec(source)?.[1] ?? ''
  return body.split(/^ {2}(?=[A-Z])/m).flatMap((entry) => {
    const code = /^([A-Z][A-Z_]+):/.exec(entry)?.[1]
    return code ? [[code, Object.fromEntries([...entry.matchAll(/\{(\w+)\}/g)].map(([, name]) => [String(name), `<${name}>`]))]] : []
  })
}

/** Every table of problems of the gateway: found, so that the next one is held to the same. */
const tables = readdirSync(gateway, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('node_modules'))
  .flatMap((file) => {
    const [, table] = /^export const (\w*problems) = \{$/im.exec(readFileSync(join(gateway, file), 'utf8')) ?? []
    return table === undefined ? [] : [[file, table] as const]
  })
const codes = tables.flatMap(([file, table]) => codesOf(file, table))
const told = (code: string, params: Record<string, string>) =>
  sentenceOfTrouble({ code, params, sentence: 'the base in its own words', nextStep: '', status: 409 })

describe.each(['zh-CN', 'en'] as const)('a problem that the base reports, in %s', (locale) => {
  const inLocale = <T>(use: () => T): T => {
    overwriteGetLocale(() => locale)
    return use()
  }

  it('has a sentence for every code that a screen can meet', () => {
    expect(tables.length).toBeGreaterThan(5)
    expect(codes.length).toBeGreaterThan(60)
    expect(codes.map(([code]) => code).filter((code) => !(code in problemMessages) && !beforeAnyScreen.includes(code))).toEqual([])
  })

  it('fills every value that its sentence names from what the base sends', () => {
    const sentences = codes.filter(([code]) => code in problemMessages).map(([code, params]) => inLocale(() => told(code, params)))
    expect(sentences.filter(({ sentence }) => /undefined|\{/.test(sentence))).toEqual([])
    expect(new Set(sentences.map(({ lang }) => lang))).toEqual(new Set([locale]))
  })

  it('says of every code what happened and what to do next', () => {
    const sentences = codes.filter(([code]) => code in problemMessages).map(([code, params]) => inLocale(() => told(code, params).sentence))
    // A next step that the base sends is one of its values, which is a sentence of its own.
    const parts = (said: string) =>
      said
        .replace('<next>', 'X. X')
        .split(/[。；，]|[.;,] /)
        .filter((part) => part.trim() !== '')
    expect(sentences.filter((sentence) => parts(sentence).length < 2)).toEqual([])
  })

  it('says what to do next where only the base knows it', () => {
    const next = 'To found a network that is not for trial, start a new base with PUBLIC_ORIGIN and NETWORK_NAME set, on an empty DATA_DIR.'
    const { sentence } = inLocale(() => told('STATE_REFUSED', { thing: 'network', state: 'founded as a.example already', next }))
    expect(sentence).toMatch(
      locale === 'en' ? /already\. To found a network/ : /已用 a\.example 的名称创建。要创建正式的网络，请设好 PUBLIC_ORIGIN/,
    )
    expect(/[a-z]{5}/.test(sentence.replace('a.example', ''))).toBe(locale === 'en')
  })

  it('names in words what a draft still lacks', () => {
    const [, list = ''] = /draftGaps = \[([^\]]+)\]/.exec(readFileSync(join(gateway, 'api/works/drafts.ts'), 'utf8')) ?? []
    const { sentence } = inLocale(() => told('DRAFT_INCOMPLETE', { gaps: list.replaceAll("'", '') }))
    expect(/[a-z]/.test(sentence)).toBe(locale === 'en')
    expect(sentence).toContain(locale === 'en' ? 'creators' : '许可条款')
  })

  it('says in words why the gate is closed', () => {
    const refusals = [...ENTITLEMENT_REASONS.filter((reason) => reason !== 'Entitled'), 'LedgerNotRead']
    const sentences = refusals.map((refusal) => inLocale(() => told('GATE_REFUSED', { programmeId: '3', refusal }).sentence))
    expect(sentences.filter((sentence, index) => sentence.includes(refusals[index] ?? ''))).toEqual([])
    expect(new Set(sentences).size).toBe(refusals.length)
  })
})
