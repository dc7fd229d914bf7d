import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { removeTestBase, startTestBase, type TestBase } from '../routes/test-base.ts'
import { completionScript, completionShells } from './completion.ts'
import { createProgram } from './program.ts'

type Found = { words: string; command: Command }

const program = createProgram()
const walk = (command: Command, path: string[]): Found[] =>
  command.commands.flatMap((one) => {
    const words = [...path, one.name()]
    return [{ words: words.join(' '), command: one }, ...walk(one, words)]
  })
const all = walk(program, [])
const leaves = all.filter(({ command }) => command.commands.length === 0)

describe('every command', () => {
  test('is found: those that the first path needs, and those of a network', () => {
    const needed = [
      'start',
      'ledger',
      'verify',
      'demo',
      'audit verify',
      'erase',
      'roster import',
      'award',
      'bundle',
      'invite',
      'network show',
    ]
    expect(leaves.map(({ words }) => words)).toEqual(expect.arrayContaining(needed))
  })

  test.each(all)('$words says in Chinese and in English what it is for', ({ command }) => {
    expect(command.description()).toMatch(/[\u4e00-\u9fff]{2,}$/)
    expect(command.description()).toMatch(/^[a-zA-Z][^\u4e00-\u9fff]{5,}/)
  })

  test.each(leaves)('$words has help that names each of its options, and --json', ({ command }) => {
    const help = command.helpInformation()
    for (const { long, description } of command.options) {
      expect(help).toContain(long)
      expect(description.length).toBeGreaterThan(3)
    }
    expect(help).toContain('--json')
  })

  test.each(completionShells)('is completed in %s, with its options', (shell) => {
    const script = completionScript(program, shell)
    for (const { command } of all) {
      expect(script).toContain(command.name())
      for (const { long } of command.options) expect(script).toContain(long)
    }
    expect(script).toContain('--json')
  })
})

/** Runs the command as a person does. */
const run = (args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'guildhall.js'), ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })

/** What only reads, with what it is given; the rest changes something and has its own tests. */
const reading: Record<string, string[]> = {
  config: [],
  'completion bash': [],
  link: [],
  status: [],
  entitlement: [],
  'network show': [],
  'learner list': [],
  'programme list': [],
  'machine list': [],
  'session list': [],
  'certificate list': [],
}

describe('with a running base', () => {
  let base: TestBase
  beforeAll(async () => {
    base = await startTestBase()
    writeFileSync(join(base.dataDir, 'base.origin'), base.running.addresses.local)
  })
  afterAll(async () => {
    await base.stop()
    removeTestBase(base.dataDir)
  })
  const dataOf = (words: string) => (words === 'config' || words.startsWith('completion') ? [] : ['--data', base.dataDir])

  test.each(Object.keys(reading))('%s prints one JSON document with --json, before or after its words', async (words) => {
    const { code, stdout, stderr } = await run([...words.split(' '), ...dataOf(words), '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(typeof JSON.parse(stdout)).toBe('object')
  })

  test('a trial says so, and how a network that counts is founded', async () => {
    const { stdout } = await run(['network', 'show', '--data', base.dataDir])
    expect(stdout).toContain('[trial 试用]')
    expect(stdout).toContain('PUBLIC_ORIGIN=https://')
    const json = JSON.parse((await run(['--json', 'network', 'show', '--data', base.dataDir])).stdout)
    expect(json).toMatchObject({ trial: true, fingerprint: expect.stringMatching(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/) })
  })

  test('names are changed by hand, and the trial stays one', async () => {
    const { code, stdout } = await run(['--json', 'network', 'name', '--name', '城东实践网络', '--en', 'East base', '--data', base.dataDir])
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { trial: true, network: { name: '城东实践网络' } }])
    expect(base.running.base.config.baseName.en).toBe('East base')
  })
})

test('without a base, every command for one ends with 4 and a code, in JSON when asked', async () => {
  const needBase = ['status', 'network show', 'machine list', 'link', 'audit verify']
  const ends = await Promise.all(needBase.map((words) => run(['--json', ...words.split(' '), '--data', '/nowhere/base'])))
  expect(ends.map(({ code, stdout }) => [code, /^CLI_(BASE_OFF|DATA_MISSING)$/.test(JSON.parse(stdout).error.code)])).toEqual(
    needBase.map(() => [4, true]),
  )
})
