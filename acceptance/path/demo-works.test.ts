import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
let demo: { code: number | null; said: string }

beforeAll(async () => {
  demo = await runDemo()
})

describe('the demo of works', () => {
  it('holds at every step, from the registration to the books', () => {
    expect(demo.code, demo.said).toBe(0)
    expect(demo.said).not.toContain('✗')
    expect(demo.said).toMatch(/\d+ steps held in/)
  })

  it('shows levels, panels, sealed reading, receipts, a ruling, a withdrawal by passkey and the books', () => {
    for (const words of [
      'five works stand in three levels',
      'is listed with both, none with one',
      'reads bridge.webm under its licence all the same',
      '10,000 times a class opens a work',
      'the committee rules',
      'withdraws what was earned by passkey',
      'the books balance to the unit',
    ])
      expect(demo.said).toContain(words)
  })

  it('exits non-zero when a step does not hold', async () => {
    const broken = await runDemo({ LEDGER_CHAIN_ID: '1' })
    expect(broken.code).toBe(1)
    expect(broken.said).toContain('✗ a base founds a network')
  })
})

function runDemo(settings: Record<string, string> = {}): Promise<typeof demo> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'demo/works/path.ts')], { cwd: root, env: { ...process.env, ...settings } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
    }
    child.on('close', (code) => resolve({ code, said }))
  })
}
