import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
let kept: string
let demo: { code: number | null; said: string }

beforeAll(async () => {
  kept = mkdtempSync(join(tmpdir(), 'guildhall-kept-'))
  demo = await runDemo(kept)
})
afterAll(() => rmSync(kept, { recursive: true, force: true }))

describe('the demo of the whole path', () => {
  it('holds at every step, from the roster to the bundle that verifies after the base is gone', () => {
    expect(demo.code, demo.said).toBe(0)
    expect(demo.said).not.toContain('✗')
  })

  it('would find a name in any of the forms in which it could have been written down', () => {
    const [name = ''] = rosterNames()
    const search = createSearch([Buffer.from(name), Buffer.from(name, 'utf16le'), Buffer.from(escapeJson(name))])
    expect(search(Buffer.from(`x${name}y`))).toBe(1)
    expect(search(Buffer.concat([Buffer.of(0), Buffer.from(name, 'utf16le')]))).toBe(1)
    expect(search(Buffer.from(escapeJson(name)))).toBe(1)
    expect(search(Buffer.from('nobody'))).toBe(0)
  })

  it('leaves no name of its 1,000 learners anywhere: database, blocks, telemetry, logs, ledger, second base', () => {
    const names = rosterNames()
    expect(names.length).toBeGreaterThanOrEqual(1_000)
    expect(readdirSync(kept).sort()).toEqual(['first', 'ledger', 'second'])
    expect(findIn(kept, names)).toEqual([])
  })

  it('prints no name of a learner, not even where something is refused', () => {
    const found = rosterNames().filter((name) => demo.said.includes(name))
    expect(found).toEqual([])
  })
})

function runDemo(keep: string): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'demo/path.ts')], { cwd: root, env: { ...process.env, DEMO_KEEP: keep } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
    }
    child.on('close', (code) => resolve({ code, said }))
  })
}

/** Full names of the roster's learners and parents, as the school wrote them, in the forms in which they could be stored. */
function rosterNames(): string[] {
  const users = new TextDecoder().decode(unzipSync(readFileSync(join(root, 'demo/files/roster.zip')))['users.csv'])
  const rows: Record<string, string>[] = parse(users, { columns: true, bom: true })
  return [
    ...new Set(
      rows.flatMap(({ givenName = '', familyName = '' }) => [
        `${familyName}${givenName}`,
        `${givenName} ${familyName}`,
        `${familyName} ${givenName}`,
      ]),
    ),
  ].filter((name) => name.trim().length > 1)
}

/** Names found in any file below a folder, as UTF-8, UTF-16 or JSON escapes; each with the file, never with what stands around it. */
function findIn(folder: string, names: string[]): string[] {
  const needles = names.flatMap((name) => [Buffer.from(name), Buffer.from(name, 'utf16le'), Buffer.from(escapeJson(name))])
  const search = createSearch(needles)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const file = join(folder, path)
    if (!statSync(file).isFile()) return []
    const found = search(readFileSync(file))
    return found > 0 ? [`${path}: ${found} names`] : []
  })
}

const escapeJson = (text: string): string =>
  [...text].map((one) => (one < '\u0080' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('')

/** Counts places of any of many needles in one pass: two bytes rule most positions out, four find the few needles to compare. */
function createSearch(needles: Buffer[]): (bytes: Buffer) => number {
  const begins = new Uint8Array(65_536)
  const byPrefix = new Map<number, Buffer[]>()
  for (const needle of needles) {
    begins[needle.readUInt16BE(0)] = 1
    const prefix = needle.readUInt32BE(0)
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), needle])
  }
  return (bytes) => {
    let found = 0
    for (let at = 0; at + 4 <= bytes.length; at += 1) {
      if (begins[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] === 0) continue
      const candidates = byPrefix.get(bytes.readUInt32BE(at)) ?? []
      if (candidates.some((needle) => bytes.subarray(at, at + needle.length).equals(needle))) found += 1
    }
    return found
  }
}
