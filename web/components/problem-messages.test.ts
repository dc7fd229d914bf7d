import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENTITLEMENT_REASONS } from '@guildhall/contracts/abi'
import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '../paraglide/runtime.js'
import { problemMessages } from './problem-messages.ts'
import { sentenceOfTrouble } from './trouble.ts'

/** These end a start: there is no page yet that could show them. */
const beforeAnyScreen = ['CONFIGURATION_INVALID', 'DATA_IN_USE', 'PORT_TAKEN', 'KEY_WRONG', 'DATA_TOO_NEW']

/** The codes of one of the gateway's tables, with the values that its sentences name. */
function codesOf(file: string, table: string): [code: string, params: Record<string, string>][] {
  const source = readFileSync(join(import.meta.dirname, '../../gateway', file), 'utf8')
  const body = new RegExp(`export const ${table} = \\{\\n(.*?)\\n\\} as const`, 's').exec(source)?.[1] ?? ''
  return body.split(/^ {2}(?=[A-Z])/m).flatMap((entry) => {
    const code = /^([A-Z][A-Z_]+):/.exec(entry)?.[1]
    return code ? [[code, Object.fromEntries([...entry.matchAll(/\{(\w+)\}/g)].map(([, name]) => [String(name), `<${name}>`]))]] : []
  })
}

const codes = [
  ...codesOf('errors.ts', 'problems'),
  ...codesOf('use-cases/people/entry/problems.ts', 'entryProblems'),
  ...codesOf('use-cases/works/problems.ts', 'workProblems'),
  ...codesOf('use-cases/works/reading/problems.ts', 'readingProblems'),
  ...codesOf('labs/errors.ts', 'LABS_PROBLEMS'),
]
const told = (code: string, params: Record<string, string>) =>
  sentenceOfTrouble({ code, params, sentence: 'the base in its own words', nextStep: '', status: 409 })

describe.each(['zh-CN', 'en'] as const)('a problem that the base reports, in %s', (locale) => {
  const inLocale = <T>(use: () => T): T => {
    overwriteGetLocale(() => locale)
    return use()
  }

  it('has a sentence for every code that a screen can meet', () => {
    expect(codes.length).toBeGreaterThan(60)
    expect(codes.map(([code]) => code).filter((code) => !(code in problemMessages) && !beforeAnyScreen.includes(code))).toEqual([])
  })

  it('fills every value that its sentence names from what the base sends', () => {
    const sentences = codes.filter(([code]) => code in problemMessages).map(([code, params]) => inLocale(() => told(code, params)))
    expect(sentences.filter(({ sentence }) => /undefined|\{/.test(sentence))).toEqual([])
    expect(new Set(sentences.map(({ lang }) => lang))).toEqual(new Set([locale]))
  })

  it('says in words why the gate is closed', () => {
    const refusals = [...ENTITLEMENT_REASONS.filter((reason) => reason !== 'Entitled'), 'LedgerNotRead']
    const sentences = refusals.map((refusal) => inLocale(() => told('GATE_REFUSED', { programmeId: '3', refusal }).sentence))
    expect(sentences.filter((sentence, index) => sentence.includes(refusals[index] ?? ''))).toEqual([])
    expect(new Set(sentences).size).toBe(refusals.length)
  })
})
