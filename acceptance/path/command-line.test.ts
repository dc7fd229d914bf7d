import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BaseProcess, runCommand, startBase } from '../base-process.ts'

const done = 0
const failed = 1
const notUnderstood = 2
const outOfReach = 4

let folder: string
let data: string
let base: BaseProcess

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guildhall-cli-'))
  data = join(folder, 'base')
  base = await startBase({ DATA_DIR: data })
})
afterAll(async () => {
  await base.end('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

describe('the command line', () => {
  it('says what it can do, for people and for shells', async () => {
    const help = await runCommand(['--help'])
    expect(help.code).toBe(done)
    for (const command of ['start', 'ledger', 'verify', 'demo', 'audit', 'erase', 'completion']) expect(help.stdout).toContain(command)
    expect((await runCommand(['completion', 'bash'])).stdout).toContain('complete -o default')
    expect((await runCommand(['completion', 'tcsh'])).code).toBe(notUnderstood)
  })

  it('ends with 2 for what it does not understand', async () => {
    expect((await runCommand(['frobnicate'])).code).toBe(notUnderstood)
    expect((await runCommand(['verify'])).code).toBe(notUnderstood)
  })

  it('asks before it erases, and names what is missing', async () => {
    const refused = await runCommand(['--json', 'erase', '00000000-0000-4000-8000-000000000000', '--data', data])
    expect(refused.code).toBe(notUnderstood)
    expect(JSON.parse(refused.stdout).error.code).toBe('CLI_CONFIRM')
  })

  it('works as the operator of the base whose folder it can read', async () => {
    const status = await runCommand(['status', '--data', data])
    expect(status.code, status.stderr).toBe(done)
    const defined = await runCommand(['--json', 'programme', 'define', 'digital-manufacturing', '--data', data])
    expect(defined.code, defined.stderr).toBe(done)
    expect(JSON.parse(defined.stdout)).toMatchObject({ programmeId: 1, entitled: true })
  })

  it('ends with 1 for a file that is no certificate, and with 4 for one that is not there', async () => {
    const file = join(folder, 'nothing.json')
    writeFileSync(file, 'not a certificate')
    expect((await runCommand(['verify', file])).code).toBe(failed)
    expect((await runCommand(['verify', join(folder, 'absent.json')])).code).toBe(outOfReach)
  })

  it('tells plainly that a base is running already on the same data', async () => {
    const second = await runCommand(['start', '--data', data, '--port', '0'])
    expect(second.code).toBe(outOfReach)
    expect(second.stderr).toMatch(/Another process \(pid \d+\) uses this data folder/)
  })

  it('finds a row of the audit log that was changed while the base was off', async () => {
    const before = await runCommand(['--json', 'audit', 'verify', '--data', data])
    expect(JSON.parse(before.stdout).whole).toBe(true)
    await base.end('SIGTERM')
    const db = new DatabaseSync(join(data, 'base.db'))
    db.exec("UPDATE audit SET actor = 'somebody' WHERE number = 2")
    db.close()
    const after = await runCommand(['--json', 'audit', 'verify', '--data', data])
    expect(after.code).toBe(failed)
    expect(JSON.parse(after.stdout).findings[0]).toMatchObject({ number: 2, problem: 'changed' })
  })

  it('says that a base is off, and how to start it', async () => {
    const off = await runCommand(['status', '--data', data])
    expect(off.code).toBe(outOfReach)
    expect(off.stderr).toContain('guildhall start')
  })
})
