import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLedgerAccount } from './account.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guildhall-account-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const wrappingKey = new Uint8Array(32).fill(9)
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  )

describe('the ledger account', () => {
  it('is made once, kept for its owner only, and the same afterwards', async () => {
    const path = join(folder, 'keys', 'plain.key')
    const first = await openLedgerAccount({ path })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect((await openLedgerAccount({ path })).address).toBe(first.address)
  })

  it('is sealed by a wrapping key, which alone opens it', async () => {
    const path = join(folder, 'sealed.key')
    const { address, wallet } = await openLedgerAccount({ path, wrappingKey })
    expect(readFileSync(path, 'utf8')).not.toContain(wallet.privateKey.slice(2))
    expect((await openLedgerAccount({ path, wrappingKey })).address).toBe(address)
    expect(await codeOf(openLedgerAccount({ path }))).toBe('LEDGER_KEY_UNREADABLE')
    expect(await codeOf(openLedgerAccount({ path, wrappingKey: new Uint8Array(32) }))).toBe('LEDGER_KEY_UNREADABLE')
    expect(await codeOf(openLedgerAccount({ path, wrappingKey: new Uint8Array(16) }))).toBe('LEDGER_KEY_UNREADABLE')
  })

  it('refuses a file that others may read, and one that holds no key', async () => {
    const path = join(folder, 'wrong.key')
    writeFileSync(path, 'hello', { mode: 0o600 })
    expect(await codeOf(openLedgerAccount({ path }))).toBe('LEDGER_KEY_UNREADABLE')
    writeFileSync(path, `guildhall-ledger-key-1 plain ${'0'.repeat(64)}`)
    expect(await codeOf(openLedgerAccount({ path }))).toBe('LEDGER_KEY_UNREADABLE')
    chmodSync(path, 0o644)
    expect(await codeOf(openLedgerAccount({ path }))).toBe('LEDGER_KEY_UNREADABLE')
  })
})
