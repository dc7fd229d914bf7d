import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type LedgerAccount, openLedgerAccount } from './account.ts'
import type { LedgerLog } from './engines/engine.ts'
import { type Ledger, type LedgerOptions, publishNetworkDescriptor, startLedger } from './start-ledger.ts'

const CHAIN_ID = 1_800_000_001
/** Stores BLOCKHASH(number - 3) in slot `number`; logs 32 zero bytes. Init code in front. */
const CODE = '0x600f8060095f395ff3600343034043555f60205fa000'.replace('5f60205fa000', '60205fa000')
const folders: string[] = []
const running: Ledger[] = []

afterEach(async () => {
  for (const ledger of running.splice(0)) await ledger.stop()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-ledger-'))
  folders.push(folder)
  return join(folder, 'ledger')
}

async function start(dataDir: string, options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const ledger = await startLedger({ dataDir, chainId: CHAIN_ID, ...options })
  running.push(ledger)
  return ledger
}

async function stop(ledger: Ledger): Promise<void> {
  running.splice(running.indexOf(ledger), 1)
  await ledger.stop()
}

async function rpc(ledger: Ledger, method: string, params: readonly unknown[] = []) {
  const response = await fetch(ledger.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return (await response.json()) as { result: never; error?: { code: number; message: string; data?: { code: string } } }
}

async function newAccount(dataDir: string): Promise<LedgerAccount> {
  return openLedgerAccount({ path: join(dataDir, 'test.key') })
}

const sign = (account: LedgerAccount, nonce: number, call: { to?: string; data?: string; gasLimit?: number } = {}) =>
  account.sign({ type: 2, chainId: CHAIN_ID, nonce, gasLimit: 200_000, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, ...call })

async function sendMany(ledger: Ledger, account: LedgerAccount, range: { from: number; count: number; to?: string }): Promise<string[]> {
  const hashes: string[] = []
  for (let nonce = range.from; nonce < range.from + range.count; nonce += 1) {
    const { raw } = sign(account, nonce, { to: range.to ?? account.address })
    hashes.push((await rpc(ledger, 'eth_sendRawTransaction', [raw])).result)
  }
  return hashes
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  )

describe('the embedded ledger', () => {
  it('has the receipt when it answers a transaction, and everything after a restart', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir)
    const account = await newAccount(dataDir)
    const [hash] = await sendMany(first, account, { from: 0, count: 3 })
    const receipt = (await rpc(first, 'eth_getTransactionReceipt', [hash])).result
    expect(receipt).toMatchObject({ status: '0x1', blockNumber: '0x1' })
    await stop(first)
    const second = await start(dataDir)
    expect((await rpc(second, 'eth_getTransactionReceipt', [hash])).result).toEqual(receipt)
    expect((await rpc(second, 'eth_blockNumber')).result).toBe('0x3')
    expect(second.genesisHash).toBe(first.genesisHash)
  })

  it('goes on after its engine is killed, without losing or repeating anything', async () => {
    const dataDir = newFolder()
    const ledger = await start(dataDir)
    const account = await newAccount(dataDir)
    const sending = Promise.all(
      Array.from({ length: 30 }, (_, nonce) => rpc(ledger, 'eth_sendRawTransaction', [sign(account, nonce, { to: account.address }).raw])),
    )
    process.kill(ledger.enginePid() ?? 0, 'SIGKILL')
    const answers = await sending
    expect(answers.map((answer) => answer.error)).toEqual(answers.map(() => undefined))
    expect((await rpc(ledger, 'eth_getTransactionCount', [account.address, 'latest'])).result).toBe('0x1e')
  })

  it('gives contracts the same block hashes after a snapshot was loaded, and so replays to the same blocks', async () => {
    const dataDir = newFolder()
    const limits = { replayMs: 40 }
    const first = await start(dataDir, { limits })
    const account = await newAccount(dataDir)
    const deployment = sign(account, 0, { data: CODE })
    await rpc(first, 'eth_sendRawTransaction', [deployment.raw])
    const { contractAddress } = (await rpc(first, 'eth_getTransactionReceipt', [deployment.hash])).result as { contractAddress: string }
    await sendMany(first, account, { from: 1, count: 40, to: contractAddress })
    await stop(first)
    const second = await start(dataDir, { limits })
    expect(readdirSync(dataDir).some((name) => name.startsWith('snapshot-'))).toBe(true)
    await sendMany(second, account, { from: 41, count: 5, to: contractAddress })
    const head = Number((await rpc(second, 'eth_blockNumber')).result)
    const block = (await rpc(second, 'eth_getBlockByNumber', [`0x${(head - 3).toString(16)}`, false])).result as { hash: string }
    expect((await rpc(second, 'eth_getStorageAt', [contractAddress, `0x${head.toString(16)}`, 'latest'])).result).toBe(block.hash)
    process.kill(second.enginePid() ?? 0, 'SIGKILL')
    await sendMany(second, account, { from: 46, count: 1, to: contractAddress })
    expect(Number((await rpc(second, 'eth_blockNumber')).result)).toBe(head + 1)
  })

  it('replaces an engine that has grown, and keeps its history', async () => {
    const dataDir = newFolder()
    const events: string[] = []
    const log: LedgerLog = (_level, event) => events.push(event)
    const ledger = await start(dataDir, { log, limits: { engineMegabytes: 1, growthMegabytes: 0 } })
    const account = await newAccount(dataDir)
    const [hash] = await sendMany(ledger, account, { from: 0, count: 1 })
    for (let nonce = 1; !events.includes('ledger.engine-replaced'); nonce += 1) await sendMany(ledger, account, { from: nonce, count: 1 })
    expect((await rpc(ledger, 'eth_getTransactionReceipt', [hash])).result).toMatchObject({ blockNumber: '0x1' })
  })

  it('never runs two big engines at once: it ends the one before it tries whether its snapshots load', async () => {
    const dataDir = newFolder()
    const events: string[] = []
    const engines = () => readdirSync(dataDir).filter((name) => name.startsWith('engine-')).length
    const limits = { replayMs: 20, togetherMegabytes: 0, unprovenSnapshots: 3 }
    const ledger = await start(dataDir, { limits, log: (_level, event) => events.push(event) })
    const account = await newAccount(dataDir)
    const counted: number[] = []
    const watching = setInterval(() => counted.push(engines()), 5)
    const hashes: string[] = []
    while (!events.includes('ledger.engine-replaced')) hashes.push(...(await sendMany(ledger, account, { from: hashes.length, count: 1 })))
    clearInterval(watching)
    expect([Math.max(...counted), events.includes('ledger.snapshot-proven')]).toEqual([1, false])
    expect(readdirSync(dataDir).filter((name) => /^(journal|snapshot)-/.test(name))).toHaveLength(2)
    const receipts = await Promise.all(hashes.map((hash) => rpc(ledger, 'eth_getTransactionReceipt', [hash])))
    expect(receipts.map(({ result }: { result: { status: string } }) => result.status)).toEqual(hashes.map(() => '0x1'))
  })

  it('falls back on the last snapshot that has loaded, and all blocks behind it, when newer ones do not load', async () => {
    const dataDir = newFolder()
    const events: string[] = []
    const limits = { replayMs: 20, togetherMegabytes: 0, unprovenSnapshots: 1_000 }
    const first = await start(dataDir, { limits, log: (_level, event) => events.push(event) })
    const account = await newAccount(dataDir)
    await sendMany(first, account, { from: 0, count: 60 })
    await stop(first)
    const [snapshot = '', ...others] = readdirSync(dataDir).filter((name) => name.startsWith('snapshot-'))
    expect([snapshot === '', others]).toEqual([false, []])
    writeFileSync(join(dataDir, snapshot), 'torn')
    const second = await start(dataDir, { limits, log: (_level, event) => events.push(event) })
    expect(events).toContain('ledger.snapshot-not-loaded')
    expect((await rpc(second, 'eth_getTransactionCount', [account.address, 'latest'])).result).toBe('0x3c')
  })

  it('makes a snapshot of a long replay before it is ready, so that the next start is short however soon it is killed', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir, { limits: { replayMs: 1e9 } })
    const account = await newAccount(dataDir)
    await sendMany(first, account, { from: 0, count: 40 })
    await stop(first)
    expect(readdirSync(dataDir).filter((name) => name.startsWith('snapshot-'))).toEqual([])
    const second = await start(dataDir, { limits: { replayMs: 1 } })
    expect(second.status()).toMatchObject({ blocksSinceSnapshot: 0, head: { number: 40 } })
  })

  it('waits for a transaction whose nonce comes first, and refuses one that never gets its turn', async () => {
    const dataDir = newFolder()
    const ledger = await start(dataDir)
    const account = await newAccount(dataDir)
    const second = rpc(ledger, 'eth_sendRawTransaction', [sign(account, 1).raw])
    await new Promise((resolve) => setTimeout(resolve, 100))
    const first = sign(account, 0, { to: account.address })
    expect((await rpc(ledger, 'eth_sendRawTransaction', [first.raw])).result).toBe(first.hash)
    expect((await second).error).toBeUndefined()
    expect((await rpc(ledger, 'eth_sendRawTransaction', [sign(account, 7).raw])).error?.message).toMatch(/nonce too high/)
    expect((await rpc(ledger, 'eth_sendRawTransaction', [first.raw])).result).toBe(first.hash)
  })

  it('keeps its time: it follows the clock, never goes back, and refuses to write when the clock does', async () => {
    const dataDir = newFolder()
    let now = 1_790_000_000
    const ledger = await start(dataDir, { clock: () => now })
    const account = await newAccount(dataDir)
    const timeOf = async () =>
      Number(((await rpc(ledger, 'eth_getBlockByNumber', ['latest', false])).result as { timestamp: string }).timestamp)
    now += 100
    await sendMany(ledger, account, { from: 0, count: 1 })
    expect(await timeOf()).toBe(1_790_000_100)
    now -= 30
    await sendMany(ledger, account, { from: 1, count: 1 })
    expect(await timeOf()).toBe(1_790_000_100)
    now -= 1_000
    const refused = await rpc(ledger, 'eth_sendRawTransaction', [sign(account, 2).raw])
    expect(refused.error?.data).toEqual({ code: 'LEDGER_CLOCK_BACK' })
    await stop(ledger)
    expect(await codeOf(startLedger({ dataDir, clock: () => now }))).toBe('LEDGER_CLOCK_BACK')
  })

  it('shows reads of the present the present time, although its last block may be old', async () => {
    let now = 1_790_000_000
    const ledger = await start(newFolder(), { clock: () => now })
    now += 5_000
    const timestamp = '0x425f5260205ff3'
    expect(Number((await rpc(ledger, 'eth_call', [{ data: timestamp }, 'latest'])).result)).toBe(1_790_005_000)
  })
})

describe('starting the embedded ledger', () => {
  it('refuses a second start on the same folder', async () => {
    const dataDir = newFolder()
    await start(dataDir)
    expect(await codeOf(startLedger({ dataDir }))).toBe('LEDGER_FOLDER_IN_USE')
  })

  it('refuses a port that is taken, an address that is not loopback, and another chain id', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const dataDir = newFolder()
    expect(await codeOf(startLedger({ dataDir, port }))).toBe('LEDGER_PORT_TAKEN')
    server.close()
    expect(await codeOf(startLedger({ dataDir, host: '0.0.0.0' }))).toBe('LEDGER_OPTION_INVALID')
    expect(await codeOf(startLedger({ dataDir, chainId: 5 }))).toBe('LEDGER_CHAIN_MISMATCH')
  })

  it('refuses a journal that was cut or changed, and leaves it as it is', async () => {
    const dataDir = newFolder()
    const ledger = await start(dataDir)
    await sendMany(ledger, await newAccount(dataDir), { from: 0, count: 3 })
    await stop(ledger)
    const name = readdirSync(dataDir).find((entry) => entry.startsWith('journal-')) ?? ''
    const path = join(dataDir, name)
    const whole = readFileSync(path)
    const changed = Buffer.from(whole)
    changed.writeUInt8(changed.readUInt8(40) ^ 1, 40)
    writeFileSync(path, changed)
    expect(await codeOf(startLedger({ dataDir }))).toBe('LEDGER_JOURNAL_DAMAGED')
    expect(readFileSync(path).equals(changed)).toBe(true)
    writeFileSync(path, whole)
    truncateSync(path, whole.length - 10)
    expect(await codeOf(startLedger({ dataDir }))).toBe('LEDGER_JOURNAL_DAMAGED')
    writeFileSync(path, whole)
    rmSync(path)
    expect(await codeOf(startLedger({ dataDir }))).toBe('LEDGER_JOURNAL_DAMAGED')
    writeFileSync(path, whole)
    writeFileSync(join(dataDir, 'ledger.json'), `${readFileSync(join(dataDir, 'ledger.json'), 'utf8')} `)
    expect(await codeOf(startLedger({ dataDir }))).toBe('LEDGER_MANIFEST_DAMAGED')
  })

  it('serves the descriptor of the network once it is published, and its health', async () => {
    const dataDir = newFolder()
    const ledger = await start(dataDir)
    const path = `${ledger.rpcUrl}.well-known/guildhall-network`
    expect((await fetch(path)).status).toBe(404)
    await publishNetworkDescriptor(dataDir, { name: 'trial' })
    expect(await (await fetch(path)).json()).toEqual({ name: 'trial' })
    expect(await (await fetch(`${ledger.rpcUrl}health`)).json()).toMatchObject({ status: 'ready', chainId: CHAIN_ID })
  })
})
