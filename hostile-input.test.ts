import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = import.meta.dirname
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** What reads bytes or text from outside is named so (STYLE: a parser turns outside data into ours or throws). */
const parser =
  /^export (?:async )?(?:function|const) ((?:parse|unpack|decode|recognise|unbake)\w*|readBundle|readNetwork|readReceipt|readConfig|readLearningCode)\b/gm

/** Parsers that only ever get what another one hands them, by that other one's name: its property tests reach them. */
const inside: Readonly<Record<string, string>> = {
  decodeStrictly: 'parseAcknowledgement',
  parseCose: 'parseAcknowledgement',
  decodeText: 'parseRoster',
  parseTable: 'parseRoster',
  parseCell: 'parseRoster',
  parseLine: 'parseGcode',
  parseLogFilter: 'openDoor',
  parseTransaction: 'openDoor',
  unpackBundle: 'readBundle',
}

const tested = files
  .filter((file) => file.endsWith('.test.ts'))
  .map(read)
  .filter((text) => text.includes("'fast-check'"))
const names = files
  .filter((file) => /^(?:contracts|credentials|node|gateway)\//.test(file) && !file.endsWith('.test.ts'))
  .flatMap((file) => [...read(file).matchAll(parser)].map(([, name = '']) => name))
const isAttacked = (name: string) => tested.some((text) => new RegExp(`\\b${name}\\b`).test(text))

describe('every parser of outside data', () => {
  it.each([...new Set(names)].sort())('%s meets hostile input in a property test', (name) => {
    expect(isAttacked(inside[name] ?? name), `write a property test (fast-check, 1,000 runs, seed printed) that names ${name}`).toBe(true)
  })

  it('leaves no name in the table that nothing has', () => {
    expect(Object.keys(inside).filter((name) => !names.includes(name))).toEqual([])
  })
})
