import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ReasonCode, reason, reasons, sentenceOf } from './reasons.ts'

const root = new URL('../', import.meta.url)
/** Folders of this package in which reasons are given or seen. */
const folders = ['verify', 'bundle', 'status', 'present', 'wallet']
const files = folders.flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('/reasons.ts') && !name.endsWith('/reasons.test.ts')),
)
const textOf = (names: readonly string[]) => names.map((name) => readFileSync(new URL(name, root), 'utf8')).join('\n')
const isTest = (name: string) => name.endsWith('.test.ts') || name.includes('/faults/')
const codes = Object.keys(reasons) as ReasonCode[]

describe('the reasons', () => {
  it('are all given by some code and seen by some test', () => {
    const [tests, sources] = [textOf(files.filter(isTest)), textOf(files.filter((name) => !isTest(name)))]
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([])
    expect(codes.filter((code) => !tests.includes(`'${code}'`))).toEqual([])
  })

  it('are sentences that end, and say what to do where a reader can do something', () => {
    const unfinished = codes.filter((code) => !reasons[code].sentence.endsWith('.') && reasons[code].sentence !== '{problem}')
    expect(unfinished).toEqual([])
    expect(sentenceOf(reason('DATES_EXPIRED', { validUntil: '2026-01-01T00:00:00Z' }))).toBe(
      'It expired on 2026-01-01T00:00:00Z. Ask the holder for a renewed one.',
    )
    expect(sentenceOf(reason('DATES_EXPIRED'))).toContain('—')
  })
})
