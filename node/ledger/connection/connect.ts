import type { JsonRpcProvider } from 'ethers'
import type { LedgerLog } from '../engines/engine.ts'
import { LedgerError } from '../errors.ts'
import { checkLedger, type ExpectedLedger, type LedgerIdentity } from './check-ledger.ts'
import { followHeads, type LedgerHead } from './follow-heads.ts'
import { followLogs, type LogListener, type LogQuery } from './follow-logs.ts'
import { awaitLedger, GatedProvider, type LedgerGate, openGate } from './gate.ts'

/** What {@link connectLedger} needs; only `rpcUrl` must be given. */
export interface ConnectOptions {
  /** `http:` or `https:` address of any EVM JSON-RPC. */
  readonly rpcUrl: string
  /** WebSocket address; the same with `ws:` when left out. */
  readonly wsUrl?: string
  readonly expected?: ExpectedLedger
  /** For each request, in milliseconds. */
  readonly timeoutMs?: number
  /** For the whole check that it is the right ledger, in milliseconds. */
  readonly checkMs?: number
  /**
   * Goes on without a ledger that does not answer, when chain id and first block are expected: it is looked for in the background, and nothing
   * is asked or sent before it has been seen to be the right one. A ledger that answers and is another one is refused all the same.
   */
  readonly mayBeAway?: boolean
  /** How often heads are asked for while no WebSocket is open, in milliseconds. */
  readonly pollMs?: number
  readonly log?: LedgerLog
}

/** A checked connection to a ledger, or one that checks it as soon as it answers. */
export interface LedgerConnection {
  readonly provider: JsonRpcProvider
  readonly rpcUrl: string
  readonly chainId: number
  readonly genesisHash: string
  /** Why the ledger cannot be used now: undefined unless it was away at the start and has not been checked since. */
  problem(): LedgerError | undefined
  /** Whether it is a ledger of this program, which never takes a block back; asked once. */
  isFinalAtOnce(): Promise<boolean>
  /**
   * Calls the listener with the present head and then with every new one that is heard of, by WebSocket, or by asking while that is not open.
   * Heads may be skipped (the newest matters) and, on a ledger that reorganises, may go back. Returns how to stop.
   */
  followHeads(listener: (head: LedgerHead) => void): () => void
  /**
   * Calls the listener with all matching logs from a block on, in order, in whole blocks, without gaps over reconnections; the next call waits
   * for the promise of the one before. Returns how to stop.
   */
  followLogs(query: LogQuery, listener: LogListener): () => void
  close(): void
}

/**
 * Connects to a ledger and checks that it is the right one with the right rules (Osaka: EIP-7951's P-256 precompile, EIP-7939's CLZ).
 * @throws LedgerError LEDGER_UNREACHABLE, LEDGER_CHAIN_MISMATCH, LEDGER_GENESIS_MISMATCH or LEDGER_RULES_MISMATCH.
 */
export async function connectLedger(options: ConnectOptions): Promise<LedgerConnection> {
  const { rpcUrl, timeoutMs = 30_000, pollMs = 1_000, log = () => undefined } = options
  if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
    throw new LedgerError('LEDGER_OPTION_INVALID', 'The ledger address must begin with http:// or https://.')
  }
  const { identity, gate } = await findLedger({ ...options, log })
  const provider = new GatedProvider(gate, { rpcUrl, chainId: identity.chainId, timeoutMs })
  const heads = followHeads({ provider, wsUrl: options.wsUrl ?? rpcUrl.replace(/^http/, 'ws'), pollMs, log })
  return {
    provider,
    rpcUrl,
    ...identity,
    problem: gate.problem,
    isFinalAtOnce: askOnce(async () => /^Guildhall\//.test(String(await provider.send('web3_clientVersion', [])))),
    followHeads: (listener) => heads.follow(listener),
    followLogs: (query, listener) => followLogs({ provider, follow: heads.follow, log }, query, listener),
    close() {
      gate.close()
      heads.close()
      provider.destroy()
    },
  }
}

async function findLedger(options: ConnectOptions & { log: LedgerLog }): Promise<{ identity: LedgerIdentity; gate: LedgerGate }> {
  const { rpcUrl, expected = {}, checkMs: limitMs = 10_000, mayBeAway = false, log } = options
  try {
    return { identity: await checkLedger(rpcUrl, { expected, limitMs }), gate: openGate }
  } catch (error) {
    const { chainId, genesisHash } = expected
    const isAway = error instanceof LedgerError && error.code === 'LEDGER_UNREACHABLE'
    if (!mayBeAway || !isAway || chainId === undefined || genesisHash === undefined) throw error
    const identity = { chainId, genesisHash: genesisHash.toLowerCase() }
    return { identity, gate: awaitLedger({ rpcUrl, expected: identity, limitMs, log }) }
  }
}

/** Remembers the first answer; a question that failed is asked again. */
function askOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: { value: T } | undefined
  return async () => {
    answer ??= { value: await ask() }
    return answer.value
  }
}
