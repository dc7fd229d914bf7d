import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LedgerAccount, openLedgerAccount } from '../account.ts'
import { connectLedger, type LedgerConnection } from '../connection/connect.ts'
import { createOutbox, type Outbox, type OutboxOptions } from './outbox.ts'

/** A plain EVM node as others run it: gas costs something, and blocks can be taken back. It makes blocks when told to. */
let node: ChildProcess
let folder: string
let connection: LedgerConnection
let account: LedgerAccount
let database: DatabaseSync
let outbox: Outbox
/** By how many seconds the outbox's clock runs ahead of the machine's. */
let ahead = 0
/** A clock that jumps each time it is looked at, so that no pause is waited for. */
const hurrying = (seconds: number) => () => {
  ahead += seconds
  return Math.floor(Date.now() / 1000) + ahead
}

const send = <Result = string>(method: string, params: readonly unknown[] = []): Promise<Result> =>
  connection.provider.send(method, [...params])
const fund = (ether: bigint) => send('anvil_setBalance', [account.address, `0x${(ether * 10n ** 18n).toString(16)}`])
const mine = (count = 1) => send('anvil_mine', [`0x${count.toString(16)}`])
const entry = (key: string) => ({ key, to: account.address, data: '0x', purpose: 'test', gasLimit: 100_000 })
const soon = { timeout: 20_000, interval: 50 }
const open = (options: Partial<OutboxOptions> = {}) =>
  createOutbox({ database, connection, account, clock: () => Math.floor(Date.now() / 1000) + ahead, ...options })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guildhall-foreign-'))
  node = spawn(findAnvil(), ['--port', '0', '--hardfork', 'osaka', '--no-mining', '--accounts', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  connection = await connectLedger({ rpcUrl: `http://127.0.0.1:${await listeningPort(node)}/`, pollMs: 50 })
  account = await openLedgerAccount({ path: join(folder, 'a.key') })
  database = new DatabaseSync(join(folder, 'a.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  ahead = 0
})
afterEach(async () => {
  await outbox.stop()
  connection.close()
  database.close()
  node.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const row = () => outbox.find('a')
const pooled = async (): Promise<{ nonce: string; maxFeePerGas: string }[]> => {
  const { pending, queued } = await send<Record<string, Record<string, Record<string, never>>>>('txpool_content')
  return [pending, queued].flatMap((part) => Object.values(part ?? {}).flatMap((byNonce) => Object.values(byNonce)))
}

describe('the outbox on a ledger with fees', () => {
  it('replaces what the price has left behind by the same nonce with a higher fee, and carries it out once', async () => {
    await fund(10n)
    outbox = open({ confirmations: 1 })
    outbox.enqueue(entry('a'))
    outbox.start()
    await vi.waitFor(() => expect(row()?.state).toBe('sent'), soon)
    const [first] = await pooled()
    await send('anvil_setNextBlockBaseFeePerGas', [`0x${(BigInt(first?.maxFeePerGas ?? 0) * 2n).toString(16)}`])
    await mine()
    expect(await send('eth_getTransactionCount', [account.address, 'latest'])).toBe('0x0')
    ahead = 60
    await vi.waitFor(
      async () => expect(BigInt((await pooled())[0]?.maxFeePerGas ?? 0)).toBeGreaterThan(BigInt(first?.maxFeePerGas ?? 0) * 2n),
      soon,
    )
    expect((await pooled()).map(({ nonce }) => nonce)).toEqual(['0x0'])
    await mine()
    await vi.waitFor(() => expect(row()).toMatchObject({ state: 'final', outcome: 'succeeded', nonce: 0 }), soon)
    expect(await send('eth_getTransactionCount', [account.address, 'latest'])).toBe('0x1')
  })

  it('does not outbid itself for ever where no block comes', async () => {
    await fund(10n)
    let wake = () => {}
    const followHeads: LedgerConnection['followHeads'] = (listener) => {
      wake = () => listener({ number: 0, hash: '', parentHash: '', timestamp: 0 })
      return () => {}
    }
    outbox = open({ confirmations: 1, connection: { ...connection, followHeads } })
    outbox.enqueue(entry('a'))
    outbox.start()
    await vi.waitFor(() => expect(row()?.state).toBe('sent'), soon)
    const first = BigInt((await pooled())[0]?.maxFeePerGas ?? 0)
    for (let minute = 0; minute < 60; minute += 1) {
      ahead += 60
      wake()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const last = BigInt((await pooled())[0]?.maxFeePerGas ?? 0)
    expect([last > first * 4n, last < first * 13n]).toEqual([true, true])
  })

  it('sends again what a reorganisation has dropped, and calls nothing final before it is deep enough', async () => {
    await fund(10n)
    outbox = open()
    const finals: string[] = []
    outbox.onFinal('test', ({ key }) => void finals.push(key))
    const before = await send('evm_snapshot')
    outbox.enqueue(entry('a'))
    outbox.start()
    await vi.waitFor(() => expect(row()?.state).toBe('sent'), soon)
    await mine()
    await vi.waitFor(() => expect(row()?.state).toBe('included'), soon)
    const dropped = row()?.blockHash
    await send('evm_revert', [before])
    await fund(10n)
    await mine(2)
    await vi.waitFor(() => expect(['signed', 'sent']).toContain(row()?.state), soon)
    await vi.waitFor(async () => expect(await pooled()).toHaveLength(1), soon)
    await mine()
    await vi.waitFor(() => expect(row()?.state).toBe('included'), soon)
    expect([row()?.blockHash === dropped, finals]).toEqual([false, []])
    await mine(5)
    await vi.waitFor(() => expect([row()?.state, row()?.outcome, finals]).toEqual(['final', 'succeeded', ['a']]), soon)
  })

  it('takes a block as final after a while where blocks are only made for transactions', async () => {
    await fund(10n)
    outbox = open()
    outbox.enqueue(entry('a'))
    outbox.start()
    await vi.waitFor(() => expect(row()?.state).toBe('sent'), soon)
    await mine()
    await vi.waitFor(() => expect(row()?.state).toBe('included'), soon)
    ahead = 120
    await vi.waitFor(() => expect(row()?.state).toBe('final'), soon)
  })

  it('says that its account has run dry, gives nothing up for it, and goes on when it has been paid', async () => {
    outbox = open({ confirmations: 1, clock: hurrying(10) })
    outbox.enqueue(entry('a'))
    outbox.start()
    await vi.waitFor(() => expect(row()?.error).toMatch(new RegExp(`${account.address} cannot pay.*Send it some`)), soon)
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    expect([row()?.state, row()?.rejections, await pooled()]).toEqual(['signed', 0, []])
    await fund(10n)
    await vi.waitFor(() => expect(row()).toMatchObject({ state: 'sent', error: null }), soon)
    await mine()
    await vi.waitFor(() => expect(row()?.outcome).toBe('succeeded'), soon)
  })

  it('does not give up for a fee that has become too low before it was sent', async () => {
    await fund(10n)
    let isRaised = false
    outbox = open({
      confirmations: 1,
      clock: hurrying(40),
      onStep: async (step) => {
        if (step !== 'transaction-signed' || isRaised) return
        isRaised = true
        await send('anvil_setNextBlockBaseFeePerGas', ['0x4a817c80000'])
        await mine()
      },
    })
    outbox.enqueue(entry('a'))
    outbox.start()
    await vi.waitFor(async () => {
      await mine()
      expect(row()?.outcome).toBe('succeeded')
    }, soon)
    const empty = database.prepare('SELECT count(*) AS count FROM outbox_attempt WHERE is_empty = 1').get()
    expect([empty, await send('eth_getTransactionCount', [account.address, 'latest'])]).toEqual([{ count: 0 }, '0x1'])
  })
})

describe('a plain node of other rules or another chain', () => {
  it('is refused by name', async () => {
    outbox = open()
    const older = spawn(findAnvil(), ['--port', '0', '--hardfork', 'prague', '--accounts', '0'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const rpcUrl = `http://127.0.0.1:${await listeningPort(older)}/`
    await expect(connectLedger({ rpcUrl })).rejects.toMatchObject({
      code: 'LEDGER_RULES_MISMATCH',
      message: expect.stringContaining('Osaka'),
    })
    await expect(connectLedger({ rpcUrl, expected: { chainId: 5 } })).rejects.toMatchObject({ code: 'LEDGER_CHAIN_MISMATCH' })
    older.kill('SIGKILL')
  })
})

function findAnvil(): string {
  const require = createRequire(import.meta.resolve('@foundry-rs/anvil/package.json'))
  return require.resolve(`@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`)
}

async function listeningPort({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error('nothing to read')
  for await (const line of createInterface({ input: stdout })) {
    const port = /Listening on [\d.]+:(\d+)/.exec(line)?.[1]
    if (port !== undefined) {
      stdout.resume()
      return Number(port)
    }
  }
  throw new Error('the node did not start')
}
