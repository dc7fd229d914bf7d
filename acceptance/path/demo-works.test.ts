import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** How long the whole demo may take, in seconds. */
const longestSeconds = 90
let demo: { code: number | null; said: string; seconds: number }

beforeAll(async () => {
  demo = await runDemo()
})

describe('the demo of works', () => {
  it('holds at every step, from the registration to the books', () => {
    expect(demo.code, demo.said).toBe(0)
    expect(demo.said).not.toContain('✗')
    expect(demo.said).toMatch(/\d+ steps held in/)
  })

  it('tells of what it is to show: levels, panels, sealed reading, receipts, a ruling, a withdrawal and the books', () => {
    for (const words of [
      'five works stand in three levels',
      'is listed with both, none with one',
      'reads bridge.webm under its licence all the same',
      '10,000 times a class opens a work',
      'the committee rules',
      'withdraws what was earned',
      'the books balance to the unit',
    ])
      expect(demo.said).toContain(words)
  })

  it(`takes at most ${longestSeconds} seconds`, () => {
    expect(demo.seconds).toBeLessThan(longestSeconds)
  })

  it('exits non-zero when a step does not hold', async () => {
    const broken = await runDemo({ LEDGER_CHAIN_ID: '1' })
    expect(broken.code).toBe(1)
    expect(broken.said).toContain('✗ a base founds a network')
  })
})

function runDemo(settings: Record<string, string> = {}): Promise<typeof demo> {
  const began = Date.now()
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'demo/works/path.ts')], { cwd: root, env: { ...process.env, ...settings } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
    }
    child.on('close', (code) => resolve({ code, said, seconds: (Date.now() - began) / 1000 }))
  })
}
