import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openLedgerAccount } from '../account.ts'
import { type Ledger, startLedger } from '../start-ledger.ts'
import { answerText, MAX_BATCH } from './json-rpc.ts'
import { methods } from './methods.ts'

const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_122)
console.info(`JSON-RPC property tests: seed ${seed}, 1000 runs each`)

let folder: string
let ledger: Ledger

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guildhall-door-'))
  ledger = await startLedger({ dataDir: join(folder, 'ledger'), chainId: 1_800_000_003 })
})
afterAll(async () => {
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
})

const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(ledger.rpcUrl, { method: 'POST', headers, body })
const ask = async (method: string, params: unknown = []) =>
  (await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))).json() as Promise<{
    result?: unknown
    error?: { code: number; message: string }
  }>

describe('the JSON-RPC door', () => {
  it('refuses every method that changes time, state, accounts or mining, in words that clients know', async () => {
    const refused = [
      'anvil_setTime',
      'anvil_mine',
      'anvil_dumpState',
      'anvil_setBalance',
      'evm_mine',
      'evm_increaseTime',
      'evm_setNextBlockTimestamp',
    ]
    const more = [
      'evm_revert',
      'debug_traceTransaction',
      'trace_block',
      'txpool_content',
      'hardhat_reset',
      'eth_sendTransaction',
      'eth_sign',
      'admin_peers',
      '__proto__',
    ]
    for (const method of [...refused, ...more]) {
      expect((await ask(method)).error, method).toEqual({ code: -32601, message: `the method ${method} does not exist/is not available` })
    }
    expect(Object.keys(methods).filter((method) => !/^(eth|net|web3)_/.test(method))).toEqual([])
  })

  it('answers batches in their order and refuses ones that are empty or too long', async () => {
    const batch = ['eth_chainId', 'eth_blockNumber', 'nonsense'].map((method, id) => ({ jsonrpc: '2.0', id, method, params: [] }))
    const answers = (await (await post(JSON.stringify(batch))).json()) as { id: number; result?: string }[]
    expect(answers.map(({ id, result }) => [id, result])).toEqual([
      [0, '0x6b49d203'],
      [1, '0x0'],
      [2, undefined],
    ])
    expect(await (await post('[]')).json()).toMatchObject({ error: { code: -32600 } })
    expect(await (await post(JSON.stringify(Array(MAX_BATCH + 1).fill(batch[0])))).json()).toMatchObject({ error: { code: -32600 } })
  })

  it('refuses what comes from elsewhere, is too large, or is no JSON-RPC', async () => {
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post('{}', { 'content-type': 'application/json', origin: 'https://example.org' })).status).toBe(403)
    expect((await fetch(ledger.rpcUrl)).status).toBe(405)
    expect((await fetch(`${ledger.rpcUrl}admin`)).status).toBe(404)
    expect((await post(`"${'x'.repeat(3_000_000)}"`)).status).toBe(413)
    expect(await statusForHost('example.org')).toBe(403)
  })

  it('refuses transactions that the ledger can never take', async () => {
    const account = await openLedgerAccount({ path: join(folder, 'a.key') })
    const terms = { type: 2, nonce: 0, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
    const send = async (raw: unknown) => (await ask('eth_sendRawTransaction', [raw])).error?.message
    expect(await send(account.sign({ ...terms, chainId: 1, gasLimit: 21_000 }).raw)).toMatch(/invalid chain id: have 1/)
    expect(await send(account.sign({ ...terms, chainId: 1_800_000_003, gasLimit: 16_777_217 }).raw)).toMatch(/EIP-7825/)
    expect(await send(`0x${'00'.repeat(140_000)}`)).toMatch(/oversized/)
    expect(await send(5)).toMatch(/expected a signed transaction/)
  })

  it('answers any text with JSON-RPC and never with an internal error', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ jsonrpc: fc.constant('2.0'), id: fc.jsonValue(), method: fc.string(), params: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        const answer = await answerText(body, async ({ method }) => method.length)
        if (answer !== undefined) expect(answer).not.toContain('-32603')
        if (answer !== undefined) JSON.parse(answer)
      }),
      { numRuns: 1_000, seed },
    )
  })

  it('stays up and answers plainly whatever parameters its methods get', async () => {
    const method = fc.constantFrom(...Object.keys(methods))
    const param = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('0x', '0x0', 'latest', `0x${'11'.repeat(20)}`, `0x${'22'.repeat(32)}`),
      fc.dictionary(fc.constantFrom('to', 'data', 'gas', 'from', 'value', 'address', 'topics', 'fromBlock'), fc.jsonValue({ maxDepth: 1 })),
    )
    await fc.assert(
      fc.asyncProperty(method, fc.array(param, { maxLength: 4 }), async (name, params) => {
        const response = await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: name, params }))
        expect(response.status).toBe(200)
        const answer = (await response.json()) as { error?: { code: number } }
        expect(answer.error?.code, `${name} ${JSON.stringify(params)}`).not.toBe(-32603)
      }),
      { numRuns: 1_000, seed },
    )
    expect((await ask('eth_blockNumber')).error).toBeUndefined()
  })

  it('tells subscribers of new heads and of the logs they asked for', async () => {
    const account = await openLedgerAccount({ path: join(folder, 'b.key') })
    const socket = new WebSocket(ledger.wsUrl)
    const messages: { id?: number; result?: string; params?: { subscription: string; result: { number?: string; data?: string } } }[] = []
    socket.on('message', (data) => messages.push(JSON.parse(String(data))))
    await new Promise((resolve) => socket.once('open', resolve))
    const say = (id: number, method: string, params: unknown[]) => socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    const until = async (isThere: () => boolean) => {
      for (let attempt = 0; attempt < 500 && !isThere(); attempt += 1) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    say(1, 'eth_subscribe', ['newHeads'])
    say(2, 'eth_subscribe', ['logs', { topics: [] }])
    say(3, 'eth_subscribe', ['logs', { address: `0x${'11'.repeat(20)}` }])
    await until(() => messages.length === 3)
    // Creation code that logs 32 zero bytes.
    const { raw, hash } = account.sign({
      type: 2,
      chainId: 1_800_000_003,
      nonce: 0,
      gasLimit: 100_000,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      data: '0x60205fa000',
    })
    await ask('eth_sendRawTransaction', [raw])
    await until(() => messages.length === 5)
    const told = messages.filter((message) => message.params !== undefined).map((message) => message.params)
    const [heads, logs] = [1, 2].map((id) => messages.find((message) => message.id === id)?.result)
    expect(told).toMatchObject([
      { subscription: heads, result: { number: '0x1' } },
      { subscription: logs, result: { transactionHash: hash, data: `0x${'00'.repeat(32)}` } },
    ])
    say(4, 'eth_unsubscribe', [heads])
    await until(() => messages.length === 6)
    expect(messages.at(-1)).toMatchObject({ id: 4, result: true })
    socket.close()
  })
})

/** `fetch` does not let a caller name another host. */
function statusForHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(ledger.rpcUrl, { method: 'POST', headers: { host, 'content-type': 'application/json' } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.once('error', reject)
    asked.end('{}')
  })
}
