import { type ContractName, interfaces } from '@guildhall/contracts'
import type { Hex, NetworkDescriptor, Provenance } from '@guildhall/credentials'
import { encodeBytes32String, type Result } from 'ethers'

/** Nobody answered, or not in a way that can be used. */
export class LedgerOutage extends Error {
  override readonly name = 'LedgerOutage'
}

/** Where a network's ledger is read: the read-only door of a base (`…/rpc`), or the ledger itself. */
export type LedgerDoor = { rpcUrl: string; name: string; network: Pick<NetworkDescriptor, 'chainId' | 'genesisHash' | 'directory'> }

type Values = Record<string, unknown>
type Block = { number: Hex; hash: Hex; timestamp: Hex }
type RawLog = { topics: string[]; data: string; blockNumber: Hex; blockHash: Hex; transactionHash: Hex }

/** One log, decoded, and where it stands; times are UnixSeconds. */
type ReadLog = { values: Values; blockNumber: number; blockHash: Hex; blockTime: number; transactionHash: Hex }

/** Reads a network's contracts by the six read-only methods that every base answers. Equal questions are asked once. */
export type LedgerReader = {
  /** What a view answers, in the order of its outputs. @throws LedgerOutage */
  call(contract: ContractName, method: string, values: readonly unknown[]): Promise<Result>
  /** Logs with these indexed values, oldest first, of one block or of all. @throws LedgerOutage */
  logs(contract: ContractName, event: string, filter: { indexed: readonly unknown[]; blockNumber?: number }): Promise<ReadLog[]>
  /** Who answers, as of the newest block when first asked. @throws LedgerOutage where the ledger is another than the network's */
  provenance(): Promise<Provenance>
}

/** The longest that one answer is waited for, in milliseconds. */
const timeoutMs = 10_000

/** Makes the reader of one network. `now`: UnixSeconds. */
export function createLedgerReader(door: LedgerDoor, now: () => number): LedgerReader {
  const kept = new Map<string, Promise<unknown>>()
  const ask = <T>(method: string, params: readonly unknown[]): Promise<T> => {
    const key = JSON.stringify([method, params])
    const answer = kept.get(key) ?? askDoor(door, { method, params })
    kept.set(key, answer)
    return answer as Promise<T>
  }
  const blockAt = (tag: string) => ask<Block | null>('eth_getBlockByNumber', [tag, false])
  const head = async (): Promise<Block> => {
    const [chain, genesis, latest] = await Promise.all([ask<Hex>('eth_chainId', []), blockAt('0x0'), blockAt('latest')])
    const { chainId, genesisHash } = door.network
    if (Number(chain) !== chainId || genesis?.hash.toLowerCase() !== genesisHash.toLowerCase())
      throw new LedgerOutage(`${door.name} reads another ledger than that of the network`)
    if (latest === null) throw new LedgerOutage(`${door.name} has no block yet`)
    return latest
  }
  const read = async (contract: ContractName, to: string, [method, values]: [string, readonly unknown[]]): Promise<Result> => {
    const codec = interfaces[contract]
    const data = await ask<string>('eth_call', [{ to, data: codec.encodeFunctionData(method, values) }, 'latest'])
    return decode(() => codec.decodeFunctionResult(method, data))
  }
  const addressOf = async (contract: ContractName): Promise<string> => {
    const { directory } = door.network
    if (contract === 'Directory') return directory
    return String((await read('Directory', directory, ['addressOf', [encodeBytes32String(contract)]]))[0])
  }
  return {
    call: async (contract, method, values) => {
      await head()
      return read(contract, await addressOf(contract), [method, values])
    },
    logs: async (contract, event, { indexed, blockNumber }) => {
      await head()
      const codec = interfaces[contract]
      const at = blockNumber === undefined ? undefined : `0x${blockNumber.toString(16)}`
      const topics = codec.encodeFilterTopics(event, [...indexed])
      const filter = { address: await addressOf(contract), topics, fromBlock: at ?? '0x0', toBlock: at ?? 'latest' }
      const found = await ask<RawLog[]>('eth_getLogs', [filter])
      return Promise.all(
        found.map(async (log) => {
          const block = await blockAt(log.blockNumber)
          if (block === null) throw new LedgerOutage(`${door.name} has lost a block`)
          const values = decode(() => codec.decodeEventLog(event, log.data, log.topics).toObject())
          const { blockHash, transactionHash } = log
          return { values, blockNumber: Number(log.blockNumber), blockHash, blockTime: Number(block.timestamp), transactionHash }
        }),
      )
    },
    provenance: async () => {
      const { number, timestamp } = await head()
      return { source: door.name, asOf: Number(timestamp), blockNumber: Number(number), seenAt: now() }
    },
  }
}

async function askDoor({ rpcUrl, name }: LedgerDoor, call: { method: string; params: readonly unknown[] }): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...call })
  const response = await patientFetch(rpcUrl, name, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const told = (await response.json().catch(() => ({}))) as { result?: unknown; error?: { message?: string } }
  if (told.result === undefined) throw new LedgerOutage(told.error?.message ?? `${name} gave no answer`)
  return told.result
}

/**
 * Fetches from a base, and waits as it asks to when there were too many questions at once (RFC 6585 §4).
 * @throws LedgerOutage when nobody answers in 10 s, or with another status than success
 */
export async function patientFetch(url: string, name: string, init: RequestInit = {}): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch((cause: unknown) => {
      throw new LedgerOutage(`${name} did not answer`, { cause })
    })
    if (response.ok) return response
    if (response.status !== 429 || attempt >= 8) throw new LedgerOutage(`${name} answered with status ${response.status}`)
    const seconds = Math.min(30, Number(response.headers.get('retry-after') ?? 1) || 1)
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }
}

function decode<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new LedgerOutage('the answer is not what the contract gives', { cause })
  }
}
