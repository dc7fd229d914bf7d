import { checkLedgerRules } from '@guildhall/contracts'
import { FetchRequest, JsonRpcProvider, type Log, Network } from 'ethers'
import type { LedgerLog } from './engines/engine.ts'
import { LedgerError } from './errors.ts'
import { followHeads, type LedgerHead } from './follow-heads.ts'

/** What a base expects of the ledger it is pointed at. */
export interface ExpectedLedger {
  readonly chainId?: number | undefined
  /** `0x` and 64 hex digits. */
  readonly genesisHash?: string | undefined
}

/** What {@link connectLedger} needs; only `rpcUrl` must be given. */
export interface ConnectOptions {
  /** `http:` or `https:` address of any EVM JSON-RPC. */
  readonly rpcUrl: string
  /** WebSocket address; the same with `ws:` when left out. */
  readonly wsUrl?: string
  readonly expected?: ExpectedLedger
  /** For each request, in milliseconds. */
  readonly timeoutMs?: number
  /** How often heads are asked for while no WebSocket is open, in milliseconds. */
  readonly pollMs?: number
  readonly log?: LedgerLog
}

/** A checked connection to a ledger. */
export interface LedgerConnection {
  readonly provider: JsonRpcProvider
  readonly rpcUrl: string
  readonly chainId: number
  readonly genesisHash: string
  /**
   * Calls the listener with the present head and then with every new one that is heard of, by WebSocket, or by asking while that is not open.
   * Heads may be skipped (the newest matters) and, on a ledger that reorganises, may go back. Returns how to stop.
   */
  followHeads(listener: (head: LedgerHead) => void): () => void
  /**
   * Calls the listener with all matching logs from a block on, in order, in whole blocks, without gaps over reconnections; the next call waits
   * for the promise of the one before. Returns how to stop.
   */
  followLogs(
    query: { readonly fromBlock: number; readonly address?: string | string[] },
    listener: (logs: readonly Log[], toBlock: number) => void | Promise<void>,
  ): () => void
  close(): void
}

/**
 * Connects to a ledger and checks that it is the right one with the right rules (Osaka: EIP-7951's P-256 precompile, EIP-7939's CLZ).
 * @throws LedgerError LEDGER_UNREACHABLE, LEDGER_CHAIN_MISMATCH, LEDGER_GENESIS_MISMATCH or LEDGER_RULES_MISMATCH.
 */
export async function connectLedger(options: ConnectOptions): Promise<LedgerConnection> {
  const { rpcUrl, expected = {}, timeoutMs = 30_000, pollMs = 1_000, log = () => undefined } = options
  const provider = await openProvider(rpcUrl, timeoutMs)
  try {
    const chainId = Number((await provider.getNetwork()).chainId)
    if (expected.chainId !== undefined && expected.chainId !== chainId) throw wrongChain(expected.chainId, chainId)
    const genesisHash = await readGenesis(provider, rpcUrl)
    if (expected.genesisHash !== undefined && expected.genesisHash.toLowerCase() !== genesisHash)
      throw wrongGenesis(expected.genesisHash, genesisHash)
    await checkLedgerRules(provider).catch((cause: unknown) => refuseRules(cause))
    const wsUrl = options.wsUrl ?? rpcUrl.replace(/^http/, 'ws')
    const heads = followHeads({ provider, wsUrl, pollMs, log })
    return {
      provider,
      rpcUrl,
      chainId,
      genesisHash,
      followHeads: (listener) => heads.follow(listener),
      followLogs: (query, listener) => followLogs({ provider, follow: heads.follow, log }, query, listener),
      close() {
        heads.close()
        provider.destroy()
      },
    }
  } catch (error) {
    provider.destroy()
    throw error
  }
}

/** A provider that asks for the network once, sends batches, and answers nothing from a cache. */
async function openProvider(rpcUrl: string, timeoutMs: number): Promise<JsonRpcProvider> {
  if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
    throw new LedgerError('LEDGER_OPTION_INVALID', 'The ledger address must begin with http:// or https://.')
  }
  const request = new FetchRequest(rpcUrl)
  request.timeout = timeoutMs
  try {
    const chainId = await askChainId(rpcUrl, Math.min(timeoutMs, 10_000))
    return new JsonRpcProvider(request, Network.from(chainId), {
      cacheTimeout: -1,
      staticNetwork: true,
      batchMaxCount: 50,
      batchStallTime: 0,
    })
  } catch (cause) {
    throw new LedgerError('LEDGER_UNREACHABLE', `No ledger answers at ${rpcUrl}. Start it, or correct LEDGER_RPC_URL.`, { cause })
  }
}

/** Asked without the provider, which would try again for ever. */
async function askChainId(rpcUrl: string, timeoutMs: number): Promise<number> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const answer = (await response.json()) as { result?: unknown }
  const chainId = Number(answer.result)
  if (typeof answer.result !== 'string' || !Number.isSafeInteger(chainId) || chainId < 1) throw new Error('the answer is not a chain id')
  return chainId
}

async function readGenesis(provider: JsonRpcProvider, rpcUrl: string): Promise<string> {
  const block = await provider.getBlock(0)
  if (!block?.hash)
    throw new LedgerError('LEDGER_UNREACHABLE', `The ledger at ${rpcUrl} does not give its first block. Use one that keeps its history.`)
  return block.hash
}

interface LogParts {
  readonly provider: JsonRpcProvider
  readonly follow: (listener: (head: LedgerHead) => void) => () => void
  readonly log: LedgerLog
}

const LOG_BLOCKS = 1_000
const RETRY_LOGS_MS = 1_000

function followLogs(
  parts: LogParts,
  query: { readonly fromBlock: number; readonly address?: string | string[] },
  listener: (logs: readonly Log[], toBlock: number) => void | Promise<void>,
): () => void {
  let next = query.fromBlock
  let target = -1
  let isRunning = false
  let isStopped = false

  async function catchUp(): Promise<void> {
    while (!isStopped && next <= target) {
      const toBlock = Math.min(target, next + LOG_BLOCKS - 1)
      const address = query.address === undefined ? {} : { address: query.address }
      const logs = await parts.provider.getLogs({ ...address, fromBlock: next, toBlock })
      if (isStopped) return
      await listener(logs, toBlock)
      next = toBlock + 1
    }
  }

  function run(): void {
    if (isRunning || isStopped) return
    isRunning = true
    void catchUp()
      .catch((error: unknown) => {
        parts.log('warn', 'ledger.logs-delayed', { reason: error instanceof Error ? error.name : 'unknown' })
        setTimeout(run, RETRY_LOGS_MS)
      })
      .finally(() => {
        isRunning = false
      })
  }

  const unfollow = parts.follow((head) => {
    target = Math.max(target, head.number)
    run()
  })
  return () => {
    isStopped = true
    unfollow()
  }
}

function wrongChain(expected: number, found: number): LedgerError {
  return new LedgerError(
    'LEDGER_CHAIN_MISMATCH',
    `The ledger has chain id ${found}, but this base belongs to ${expected}. Correct LEDGER_RPC_URL.`,
  )
}

function wrongGenesis(expected: string, found: string): LedgerError {
  return new LedgerError(
    'LEDGER_GENESIS_MISMATCH',
    `The ledger's first block is ${found}, but this base belongs to the ledger that begins with ${expected}. Correct LEDGER_RPC_URL.`,
  )
}

function refuseRules(cause: unknown): never {
  throw new LedgerError(
    'LEDGER_RULES_MISMATCH',
    `The ledger does not follow the Osaka rules. ${cause instanceof Error ? cause.message : ''}`.trim(),
    { cause },
  )
}
