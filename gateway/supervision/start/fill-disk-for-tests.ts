/**
 * Fills a disk under the parts of a base that acknowledge what they keep, lets it go again, and prints as JSON what each of them said and still had.
 * Arguments: a folder, and how it is filled: `disk` (a small file system of its own, by a file that takes the rest) or `limit` (the largest size
 * that the files of this process may have).
 */
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { connectLedger, createOutbox, openLedgerAccount, startLedger } from '@guildhall/node/ledger'
import { openLog } from '../../labs/telemetry/append-log.ts'
import type { LogEntry } from '../../labs/telemetry/log-record.ts'
import { createTransaction, openDatabase } from '../../records/database.ts'

/** What one part did: how often it acknowledged before it refused, what it said then, whether all of that is there after a new start. */
export type Filled = { acknowledged: number; refusal: { code: string; message: string }; later: number; found: number }

const [folder = '', mode = 'disk'] = process.argv.slice(2)
const filler = join(folder, 'filler')
const most = 4_000

function fill(): void {
  if (mode === 'limit') {
    limit('1048576')
    return
  }
  const file = openSync(filler, 'w')
  try {
    for (let size = 65_536; size >= 1; size = size > 4_096 ? 4_096 : size / 2) takeAll(file, Buffer.alloc(size, 1))
  } finally {
    closeSync(file)
  }
}

function takeAll(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error
  }
}

function release(): void {
  if (mode === 'limit') limit('unlimited')
  else rmSync(filler)
}

function limit(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`])
}

/** Does the work a few times, then until it is refused because the disk is full, and some more once it has room. */
async function until(work: (index: number) => Promise<void>): Promise<Omit<Filled, 'found'>> {
  let acknowledged = 0
  try {
    for (; acknowledged < most; acknowledged += 1) {
      if (acknowledged === 5) fill()
      await work(acknowledged)
    }
    throw new Error(`nothing was refused in ${most} turns`)
  } catch (error) {
    const refusal = { code: codeOf(error), message: (error as Error).message }
    release()
    let later = 0
    for (; later < 3; later += 1) await work(acknowledged + later)
    return { acknowledged, refusal, later }
  }
}

const codeOf = (error: unknown): string => {
  const { code, errcode, data } = error as { code?: string; errcode?: number; data?: { code?: string } }
  return data?.code ?? (errcode === undefined ? String(code) : `sqlite ${errcode}`)
}

async function fillLedger(): Promise<Filled> {
  const dataDir = join(folder, 'ledger')
  const account = await openLedgerAccount({ path: join(folder, 'account.key') })
  const first = await startLedger({ dataDir, chainId: 1_800_000_021 })
  const sign = (nonce: number) =>
    account.sign({
      type: 2,
      chainId: 1_800_000_021,
      nonce,
      gasLimit: 2_000_000,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      to: account.address,
      data: `0x${'00'.repeat(60_000)}`,
    })
  const done = await until(async (nonce) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: [sign(nonce).raw] })
    const response = await fetch(first.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const { error } = (await response.json()) as { error?: { message: string; data?: unknown } }
    if (error !== undefined) throw Object.assign(new Error(error.message), { data: error.data })
  })
  await first.stop()
  const second = await startLedger({ dataDir })
  const connection = await connectLedger({ rpcUrl: second.rpcUrl })
  let found = 0
  for (let nonce = 0; nonce < done.acknowledged + done.later; nonce += 1) {
    const receipt = await connection.provider.getTransactionReceipt(sign(nonce).hash)
    if (receipt?.status === 1) found += 1
  }
  connection.close()
  await second.stop()
  return { ...done, found }
}

async function fillTelemetry(): Promise<Filled> {
  const settings = { folder: join(folder, 'telemetry') }
  const entry = (seq: number): LogEntry => ({
    deviceId: '6f1c2c1e-0a1b-4000-8000-000000000001',
    epoch: 1,
    seq,
    receivedMs: 1_790_000_000_000 + seq,
    readings: 25,
    quarantined: 0,
    frame: new Uint8Array(10_000).fill(seq),
  })
  const log = await openLog({ ...settings, onFound: () => undefined })
  // Two at a time: neither of a refused pair may be there afterwards.
  const done = await until(async (index) => void (await log.append([entry(2 * index + 1), entry(2 * index + 2)])))
  await log.close()
  const seen: number[] = []
  const again = await openLog({ ...settings, onFound: ({ seq }) => seen.push(seq) })
  await again.close()
  const isWhole = seen.every((seq, index) => seq === index + 1)
  return { ...done, found: isWhole ? seen.length / 2 : -1 }
}

async function fillRecords(): Promise<Filled & { integrity: unknown }> {
  const path = join(folder, 'base.db')
  let db = openDatabase(path)
  db.exec('CREATE TABLE change (id INTEGER PRIMARY KEY, text TEXT)')
  const account = await openLedgerAccount({ path: join(folder, 'outbox.key') })
  const connection = { chainId: 1, provider: undefined as never, followHeads: () => () => undefined, isFinalAtOnce: async () => true }
  const outbox = createOutbox({ database: db, connection, account, clock: () => 1_790_000_000 })
  const transaction = createTransaction(db)
  const done = await until(async (index) => {
    transaction(() => {
      db.prepare('INSERT INTO change (id, text) VALUES (?, ?)').run(index, 'x'.repeat(9_000))
      outbox.enqueue({ key: `change/${index}`, to: account.address, data: `0x${'11'.repeat(4_000)}`, purpose: 'test' })
    })
  })
  db.close()
  db = openDatabase(path)
  const count = (sql: string) => Number(db.prepare(sql).get()?.['count'])
  const both = count("SELECT count(*) AS count FROM change JOIN outbox ON outbox.key = 'change/' || change.id")
  const isEven = both === count('SELECT count(*) AS count FROM change') && both === count('SELECT count(*) AS count FROM outbox')
  const integrity = db.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  db.close()
  return { ...done, found: isEven ? both : -1, integrity }
}

console.log(JSON.stringify({ ledger: await fillLedger(), telemetry: await fillTelemetry(), records: await fillRecords() }))
process.exit(0)
