import { setTimeout as sleep } from 'node:timers/promises'
import { checkLedgerRules } from '@guildhall/contracts'
import { FetchRequest, isCallException, isError, JsonRpcProvider, Network } from 'ethers'
import { LedgerError } from '../errors.ts'

/** What a base expects of the ledger it is pointed at. */
export interface ExpectedLedger {
  readonly chainId?: number | undefined
  /** `0x` and 64 hex digits. */
  readonly genesisHash?: string | undefined
}

/** Which ledger answers. */
export interface LedgerIdentity {
  readonly chainId: number
  /** `0x` and 64 hex digits. */
  readonly genesisHash: string
}

/** How a ledger is looked at: what it must be, and how long all of the looking may take, in milliseconds. */
interface CheckOptions {
  readonly expected: ExpectedLedger
  readonly limitMs: number
}

/**
 * Asks a ledger which one it is and tries its rules (Osaka: EIP-7951's P-256 precompile, EIP-7939's CLZ), on connections of its own. One that
 * takes the connection and says nothing is given up when the time is over, at whichever question it fell silent.
 * @throws LedgerError LEDGER_UNREACHABLE, LEDGER_CHAIN_MISMATCH, LEDGER_GENESIS_MISMATCH or LEDGER_RULES_MISMATCH.
 */
export async function checkLedger(rpcUrl: string, { expected, limitMs }: CheckOptions): Promise<LedgerIdentity> {
  const over = new AbortController()
  const silence = sleep(limitMs, undefined, { signal: over.signal }).then(() => {
    throw unreachable(rpcUrl, `it did not answer within ${limitMs / 1_000} s`)
  })
  const parts: { provider?: JsonRpcProvider } = {}
  try {
    return await Promise.race([silence, look(rpcUrl, { expected, limitMs, signal: over.signal }, parts)])
  } finally {
    over.abort()
    parts.provider?.destroy()
  }
}

/** A provider that asks for no network, sends batches, and answers nothing from a cache. */
export function providerOptions(rpcUrl: string, { chainId, timeoutMs }: { chainId: number; timeoutMs: number }) {
  const request = new FetchRequest(rpcUrl)
  request.timeout = timeoutMs
  return [request, Network.from(chainId), { cacheTimeout: -1, staticNetwork: true, batchMaxCount: 50, batchStallTime: 0 }] as const
}

type Looking = CheckOptions & { readonly signal: AbortSignal }

async function look(
  rpcUrl: string,
  { expected, limitMs, signal }: Looking,
  parts: { provider?: JsonRpcProvider },
): Promise<LedgerIdentity> {
  const chainId = await askChainId(rpcUrl, signal).catch((cause: unknown) => {
    throw unreachable(rpcUrl, 'nothing there speaks JSON-RPC', cause)
  })
  if (expected.chainId !== undefined && expected.chainId !== chainId) throw wrongChain(expected.chainId, chainId)
  const provider = new JsonRpcProvider(...providerOptions(rpcUrl, { chainId, timeoutMs: limitMs }))
  parts.provider = provider
  const block = await provider.getBlock(0).catch((cause: unknown) => {
    throw unreachable(rpcUrl, 'it broke off while it was asked for its first block', cause)
  })
  if (!block?.hash) throw unreachable(rpcUrl, 'it does not give its first block; use one that keeps its history')
  if (expected.genesisHash !== undefined && expected.genesisHash.toLowerCase() !== block.hash)
    throw wrongGenesis(expected.genesisHash, block.hash)
  await checkLedgerRules(provider).catch((cause: unknown) => refuseRules(rpcUrl, cause))
  return { chainId, genesisHash: block.hash }
}

/** Asked without the provider, which would try again for ever. */
async function askChainId(rpcUrl: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    signal,
  })
  const answer = (await response.json()) as { result?: unknown }
  const chainId = Number(answer.result)
  if (typeof answer.result !== 'string' || !Number.isSafeInteger(chainId) || chainId < 1) throw new Error('the answer is not a chain id')
  return chainId
}

/** Nobody answers as a ledger does; with what to do about it. */
export function unreachable(rpcUrl: string, why: string, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_UNREACHABLE', `No ledger answers at ${rpcUrl}: ${why}. Start it, or correct LEDGER_RPC_URL.`, { cause })
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

/** A rule is missing when the call was carried out and came to something else, not when the line broke. */
function refuseRules(rpcUrl: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.cause : undefined
  if (reason !== undefined && !isCallException(reason) && !isError(reason, 'UNKNOWN_ERROR'))
    throw unreachable(rpcUrl, 'it broke off while its rules were tried', cause)
  throw new LedgerError(
    'LEDGER_RULES_MISMATCH',
    `The ledger does not follow the Osaka rules. ${cause instanceof Error ? cause.message : ''}`.trim(),
    { cause },
  )
}
