import { execFile } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { removeTestBase, startTestBase, type TestBase } from '../../routes/test-base.ts'
import { anchorAuditHead } from '../../use-cases/base/anchor-heads.ts'

let base: TestBase
const command = join(import.meta.dirname, '../guildhall.js')

beforeAll(async () => {
  base = await startTestBase()
  const { base: parts } = base.running
  anchorAuditHead(parts)
  await vi.waitFor(() => expect(parts.records.auditAnchors.list({})[0]?.blockNumber).toBeGreaterThan(0), { timeout: 60_000 })
})
afterAll(() => removeTestBase(base.dataDir))

const verify = (more: string[] = [], env: Record<string, string> = {}) =>
  new Promise<{ code: number; report: Record<string, unknown> & { ledger: Record<string, unknown> } }>((resolve) => {
    const args = [command, '--json', 'audit', 'verify', '--data', base.dataDir, ...more]
    execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, stdout) =>
      resolve({ code: error ? Number(error.code) : 0, report: JSON.parse(stdout) }),
    )
  })
const change = (sql: string) => {
  const db = new DatabaseSync(join(base.dataDir, 'base.db'))
  db.exec(sql)
  db.close()
}

test('while the base runs its ledger is asked through it', async () => {
  writeFileSync(join(base.dataDir, 'base.origin'), base.running.addresses.local)
  const { code, report } = await verify()
  expect([code, report['whole']]).toEqual([0, true])
  expect(report.ledger).toMatchObject({ checked: true, heads: 1, source: 'the ledger of the running base' })
  await base.stop()
})

test('while the base is off, or was killed, a copy of its own ledger is asked', async () => {
  const { code, report } = await verify()
  expect([code, report['whole']]).toEqual([0, true])
  expect(report.ledger).toMatchObject({ checked: true, heads: 1, source: "a copy of the base's own ledger" })
  expect(Number(report.ledger['rows'])).toBeGreaterThan(0)
})

test('a ledger that is named and does not answer leaves it unchecked, which is no pass', async () => {
  for (const { code, report } of [
    await verify(['--ledger', 'http://127.0.0.1:9']),
    await verify([], { LEDGER_RPC_URL: 'http://127.0.0.1:9' }),
  ]) {
    expect([code, report['whole'], report.ledger['checked']]).toEqual([3, true, false])
  }
})

test('a base without any ledger that can be asked is unchecked', async () => {
  renameSync(join(base.dataDir, 'ledger'), join(base.dataDir, 'elsewhere'))
  const { code, report } = await verify()
  renameSync(join(base.dataDir, 'elsewhere'), join(base.dataDir, 'ledger'))
  expect([code, report.ledger]).toEqual([3, { checked: false, why: 'No ledger is known that could be asked.' }])
})

test('a log that was cut and made whole again, with what the base itself remembers of the ledger, is found out by the ledger', async () => {
  change('DELETE FROM audit WHERE number > 1; DELETE FROM audit_anchors')
  const { code, report } = await verify()
  expect([code, report['whole']]).toEqual([1, false])
  expect(report['findings']).toMatchObject([{ problem: 'dropped', detail: expect.stringContaining('ledger') }])
})
