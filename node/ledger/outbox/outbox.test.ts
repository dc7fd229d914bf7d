import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LedgerAccount, openLedgerAccount } from '../account.ts'
import { connectLedger, type LedgerConnection } from '../connection/connect.ts'
import { type Ledger, startLedger } from '../start-ledger.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import { OUTBOX_STEPS, type OutboxStep } from './outbox-row.ts'

/** Runs `LOG0(0, 0)` when called with data, reverts with Panic(1) when called without. */
const RUNTIME = '36601057634e487b715f526004601cfd5b5f5fa000'
const CODE = `0x60${(RUNTIME.length / 2).toString(16)}8060095f395ff3${RUNTIME}`

let folder: string
let ledger: Ledger
let connection: LedgerConnection
let account: LedgerAccount
let database: DatabaseSync
let target: string
let round = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guildhall-outbox-'))
  ledger = await startLedger({ dataDir: join(folder, 'ledger') })
  connection = await connectLedger({ rpcUrl: ledger.rpcUrl })
  const first = await openLedgerAccount({ path: join(folder, 'first.key') })
  const { raw, hash } = first.sign({
    type: 2,
    chainId: ledger.chainId,
    nonce: 0,
    gasLimit: 200_000,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    data: CODE,
  })
  await connection.provider.send('eth_sendRawTransaction', [raw])
  target = (await connection.provider.send('eth_getTransactionReceipt', [hash])).contractAddress
})
afterAll(async () => {
  connection.close()
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  round += 1
  account = await openLedgerAccount({ path: join(folder, `${round}.key`) })
  database = new DatabaseSync(join(folder, `${round}.db`))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE done (key TEXT)')
})

const clock = () => Math.floor(Date.now() / 1000)
const open = (options: Partial<OutboxOptions> = {}) => createOutbox({ database, connection, account, clock, ...options })
const entry = (key: string, data = '0x01') => ({ key, to: target, data, purpose: 'test' })
const countOnLedger = async () => Number(await connection.provider.send('eth_getTransactionCount', [account.address, 'latest']))

describe('the outbox', () => {
  it('carries out what was enqueued once, in order of priority, and tells its handler with the block', async () => {
    const outbox = open()
    const told: unknown[] = []
    outbox.onFinal('test', (row, receipt) => void told.push([row.key, row.outcome, row.nonce, receipt?.logs.length]))
    outbox.enqueue(entry('a'))
    outbox.enqueue({ ...entry('b'), priority: 5 })
    expect(outbox.enqueue(entry('a')).id).toBe(outbox.find('a')?.id)
    outbox.start()
    expect(await outbox.settled(20_000)).toBe(true)
    await outbox.stop()
    expect(told.sort()).toEqual([
      ['a', 'succeeded', 1, 1],
      ['b', 'succeeded', 0, 1],
    ])
    expect(await countOnLedger()).toBe(2)
  })

  it('refuses a key that was used for another write', () => {
    const outbox = open()
    outbox.enqueue(entry('a'))
    expect(() => outbox.enqueue(entry('a', '0x02'))).toThrow(expect.objectContaining({ code: 'LEDGER_OUTBOX_CONFLICT' }))
  })

  it('forgets a row whose transaction was rolled back', async () => {
    const outbox = open()
    outbox.start()
    database.exec('BEGIN')
    outbox.enqueue(entry('a'))
    database.exec('ROLLBACK')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await outbox.stop()
    expect([outbox.find('a'), await countOnLedger()]).toEqual([undefined, 0])
  })

  it('records why a write was refused or reverted, and goes on with the next', async () => {
    const outbox = open({ describeRevert: (data) => `described ${data}` })
    outbox.enqueue(entry('refused', '0x'))
    outbox.enqueue({ ...entry('reverted', '0x'), gasLimit: 100_000 })
    outbox.enqueue({ ...entry('good'), gasLimit: 100_000 })
    outbox.start()
    expect(await outbox.settled(20_000)).toBe(true)
    await outbox.stop()
    expect(['refused', 'reverted', 'good'].map((key) => outbox.find(key)?.outcome)).toEqual(['refused', 'reverted', 'succeeded'])
    expect(outbox.find('refused')?.error).toMatch(/Custom error|described|Panic|reverted/)
    expect(await countOnLedger()).toBe(2)
  })

  it('calls a handler that threw again, and settles with the change that the handler commits', async () => {
    const outbox = open()
    let calls = 0
    outbox.onFinal('test', (row, _receipt, settle) => {
      calls += 1
      if (calls === 1) throw new Error('not yet')
      database.exec('BEGIN')
      database.prepare('INSERT INTO done VALUES (?)').run(row.key)
      settle()
      database.exec('COMMIT')
    })
    outbox.enqueue(entry('a'))
    outbox.start()
    expect(await outbox.settled(20_000)).toBe(true)
    await outbox.stop()
    expect([calls, database.prepare('SELECT key FROM done').all().length]).toEqual([2, 1])
  })

  it('sends a row again with another nonce only when a transaction from elsewhere used its nonce up', async () => {
    const fees = { type: 2, chainId: ledger.chainId, gasLimit: 100_000, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
    const foreign = account.sign({ ...fees, nonce: 0, to: account.address })
    const outbox = open({
      onStep: async (step) => {
        if (step === 'transaction-stored' && (await countOnLedger()) === 0)
          await connection.provider.send('eth_sendRawTransaction', [foreign.raw])
      },
    })
    outbox.enqueue(entry('a'))
    outbox.start()
    expect(await outbox.settled(20_000)).toBe(true)
    await outbox.stop()
    expect([outbox.find('a')?.nonce, outbox.find('a')?.outcome, await countOnLedger()]).toEqual([1, 'succeeded', 2])
  })

  it.each(OUTBOX_STEPS.filter((step) => step !== 'row-enqueued'))(
    'goes on after it was cut off at %s, without losing or doubling the write',
    async (cut: OutboxStep) => {
      // A step that never comes back is what a kill leaves behind: nothing after it happens.
      const reached = Promise.withResolvers<void>()
      const first = open({
        onStep(step) {
          if (step !== cut) return undefined
          reached.resolve()
          return new Promise(() => undefined)
        },
      })
      first.onFinal('test', handler)
      first.enqueue(entry('a'))
      first.start()
      await reached.promise
      const second = open()
      second.onFinal('test', handler)
      second.start()
      expect(await second.settled(20_000)).toBe(true)
      await second.stop()
      expect([second.find('a')?.outcome, await countOnLedger()]).toEqual(['succeeded', 1])
      expect(database.prepare('SELECT count(*) AS count FROM done').get()).toEqual({ count: 1 })

      function handler(row: { key: string }, _receipt: unknown, settle: () => void): void {
        database.exec('BEGIN')
        database.prepare('INSERT INTO done VALUES (?)').run(row.key)
        settle()
        database.exec('COMMIT')
      }
    },
  )
})
