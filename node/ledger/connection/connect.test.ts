import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLedgerAccount } from '../account.ts'
import { type Ledger, startLedger } from '../start-ledger.ts'
import { connectLedger } from './connect.ts'

let folder: string
let ledger: Ledger
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guildhall-connect-'))
  ledger = await startLedger({ dataDir: join(folder, 'ledger'), chainId: 1_800_000_004 })
})
afterAll(async () => {
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
})

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  )

async function write(nonce: number): Promise<void> {
  const account = await openLedgerAccount({ path: join(folder, 'a.key') })
  const { raw } = account.sign({
    type: 2,
    chainId: ledger.chainId,
    nonce,
    gasLimit: 100_000,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    data: '0x60205fa000',
  })
  const connection = await connectLedger({ rpcUrl: ledger.rpcUrl })
  await connection.provider.send('eth_sendRawTransaction', [raw])
  connection.close()
}

const until = async (isThere: () => boolean) => {
  for (let attempt = 0; attempt < 500 && !isThere(); attempt += 1) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Something that answers JSON-RPC like a ledger with other rules: every call gives nothing back. */
function serveOtherRules(): Promise<{ server: Server; url: string }> {
  const answers: Record<string, unknown> = { eth_chainId: '0x1', eth_call: '0x', eth_blockNumber: '0x0', eth_getBlockByNumber: null }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const answer = async ({ id, method }: { id: number; method: string }) => {
      const genesis = await (
        await fetch(ledger.rpcUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_getBlockByNumber', params: ['0x0', false] }),
        })
      ).json()
      return { jsonrpc: '2.0', id, result: method === 'eth_getBlockByNumber' ? (genesis as { result: unknown }).result : answers[method] }
    }
    const body = JSON.parse(text)
    response.end(JSON.stringify(Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body)))
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}/` })),
  )
}

describe('connecting to a ledger', () => {
  it('takes the one that is expected', async () => {
    const { chainId, genesisHash } = ledger
    const connection = await connectLedger({ rpcUrl: ledger.rpcUrl, expected: { chainId, genesisHash } })
    expect([connection.chainId, connection.genesisHash]).toEqual([chainId, genesisHash])
    connection.close()
  })

  it('refuses another chain, another first block, other rules, silence, and what is no address', async () => {
    const { rpcUrl } = ledger
    const other = await serveOtherRules()
    expect(await codeOf(connectLedger({ rpcUrl, expected: { chainId: 1 } }))).toBe('LEDGER_CHAIN_MISMATCH')
    expect(await codeOf(connectLedger({ rpcUrl, expected: { genesisHash: `0x${'11'.repeat(32)}` } }))).toBe('LEDGER_GENESIS_MISMATCH')
    expect(await codeOf(connectLedger({ rpcUrl: other.url }))).toBe('LEDGER_RULES_MISMATCH')
    other.server.close()
    expect(await codeOf(connectLedger({ rpcUrl: 'http://127.0.0.1:1/' }))).toBe('LEDGER_UNREACHABLE')
    expect(await codeOf(connectLedger({ rpcUrl: 'ftp://127.0.0.1/' }))).toBe('LEDGER_OPTION_INVALID')
  })

  it('tells of new heads by WebSocket, and by asking where there is none', async () => {
    const subscribed = await connectLedger({ rpcUrl: ledger.rpcUrl, pollMs: 60_000 })
    const asking = await connectLedger({ rpcUrl: ledger.rpcUrl, wsUrl: 'ws://127.0.0.1:1/', pollMs: 20 })
    const heads: [number[], number[]] = [[], []]
    subscribed.followHeads(({ number }) => heads[0].push(number))
    asking.followHeads(({ number }) => heads[1].push(number))
    await until(() => heads.every((one) => one.length > 0))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await write(0)
    await until(() => heads.every((one) => one.at(-1) === 1))
    expect(heads).toEqual([
      [0, 1],
      [0, 1],
    ])
    subscribed.close()
    asking.close()
  })

  it('gives all logs from a block on, in order', async () => {
    const connection = await connectLedger({ rpcUrl: ledger.rpcUrl })
    const blocks: number[] = []
    connection.followLogs({ fromBlock: 0 }, (logs) => void blocks.push(...logs.map((entry) => entry.blockNumber)))
    await write(1)
    await write(2)
    await until(() => blocks.length === 3)
    expect(blocks).toEqual([1, 2, 3])
    connection.close()
  })
})
