import {
  baseRegistryReaderAbi,
  type ContractName,
  credentialAnchorsReaderAbi,
  directoryReaderAbi,
  entitlementsReaderAbi,
  statusListsReaderAbi,
} from '@guildhall/contracts/abi'
import type { Hex, LookupOptions, NetworkDescriptor, Provenance, UnixSeconds } from '@guildhall/credentials'
import { type AbiItem, type AbiValue, bytes32Of, decodeLog, decodeResult, encodeCall, encodeWord, itemOf, topicOf } from './abi.ts'

type ReadableContract = Extract<ContractName, 'Directory' | 'BaseRegistry' | 'Entitlements' | 'CredentialAnchors' | 'StatusLists'>

const abis: Readonly<Record<ReadableContract, readonly AbiItem[]>> = {
  Directory: directoryReaderAbi,
  BaseRegistry: baseRegistryReaderAbi,
  Entitlements: entitlementsReaderAbi,
  CredentialAnchors: credentialAnchorsReaderAbi,
  StatusLists: statusListsReaderAbi,
}

/** Nobody answered, or not in a way that can be used; an adapter turns it into `unreachable`. */
export class LedgerOutage extends Error {
  override readonly name = 'LedgerOutage'
}

/** One log, decoded, and where it stands. */
interface LedgerLog {
  values: { [name: string]: AbiValue }
  blockNumber: number
  blockHash: Hex
  blockTime: UnixSeconds
  transactionHash: Hex
}

/** Where a network is read: the base that answers, and how it is reached. */
export interface LedgerSource {
  /** Origin of the base; the page's own is the empty text. */
  origin: string
  /** Its name, shown with every answer. */
  name: string
  network: NetworkDescriptor
  fetch: typeof globalThis.fetch
  /** Puts a call to the ledger otherwise than to the base's own door, and gives the members of JSON-RPC 2.0 §5. @throws LedgerOutage */
  ask?: (call: RpcCall, signal?: AbortSignal) => Promise<unknown>
}

interface RpcCall {
  method: string
  params: readonly unknown[]
}

/** Reads one network's contracts through one base's read-only JSON-RPC (EIP-1474). Equal questions are asked once. */
export interface LedgerReader {
  call(contract: ReadableContract, name: string, values: readonly (number | string)[], options?: LookupOptions): Promise<AbiValue>
  logs(contract: ReadableContract, name: string, filter: LogFilter, options?: LookupOptions): Promise<readonly LedgerLog[]>
  /** Who answers, as of the newest block when the reader was first asked. */
  provenance(options?: LookupOptions): Promise<Provenance>
}

/** Values of indexed parameters by name; one block, or all of them. */
interface LogFilter {
  indexed: Readonly<Record<string, number | string>>
  blockNumber?: number
}

interface Block {
  number: Hex
  hash: Hex
  timestamp: Hex
}

interface RawLog {
  topics: readonly string[]
  data: string
  blockNumber: Hex
  blockHash: Hex
  transactionHash: Hex
  blockTimestamp?: Hex
}

/** Makes the reader of one network at one base. It refuses a base that reads another ledger than the network's. */
export function createLedgerReader(source: LedgerSource): LedgerReader {
  const kept = new Map<string, Promise<unknown>>()

  function ask<T>(method: string, params: readonly unknown[], options: LookupOptions = {}): Promise<T> {
    const key = JSON.stringify([method, params])
    const known = kept.get(key)
    if (known) return known as Promise<T>
    const answer = callRpc<T>(source, { method, params }, options.signal)
    kept.set(key, answer)
    answer.catch(() => kept.delete(key))
    return answer
  }

  async function head(options?: LookupOptions): Promise<Block> {
    const { chainId, genesisHash } = source.network
    const [chain, genesis, latest] = await Promise.all([
      ask<Hex>('eth_chainId', [], options),
      ask<Block | null>('eth_getBlockByNumber', ['0x0', false], options),
      ask<Block>('eth_getBlockByNumber', ['latest', false], options),
    ])
    if (Number(chain) !== chainId || genesis?.hash.toLowerCase() !== genesisHash.toLowerCase()) {
      throw new LedgerOutage(`${source.name} reads another ledger than that of ${source.network.name}`)
    }
    return latest
  }

  async function addressOf(contract: ReadableContract, options?: LookupOptions): Promise<string> {
    if (contract === 'Directory') return source.network.directory
    const data = encodeCall(itemOf(directoryReaderAbi, 'addressOf'), [bytes32Of(contract)])
    const answer = await ask<string>('eth_call', [{ to: source.network.directory, data }, 'latest'], options)
    return String(decodeResult(itemOf(directoryReaderAbi, 'addressOf'), answer))
  }

  async function timeOf(log: RawLog, options?: LookupOptions): Promise<number> {
    if (log.blockTimestamp) return Number(log.blockTimestamp)
    return Number((await ask<Block>('eth_getBlockByNumber', [log.blockNumber, false], options)).timestamp)
  }

  return {
    async call(contract, name, values, options) {
      await head(options)
      const item = itemOf(abis[contract], name)
      const to = await addressOf(contract, options)
      return decodeResult(item, await ask<string>('eth_call', [{ to, data: encodeCall(item, values) }, 'latest'], options))
    },
    async logs(contract, name, filter, options) {
      await head(options)
      const item = itemOf(abis[contract], name)
      const block = filter.blockNumber === undefined ? undefined : (`0x${filter.blockNumber.toString(16)}` as const)
      const range = { fromBlock: block ?? '0x0', toBlock: block ?? 'latest' }
      const query = { address: await addressOf(contract, options), topics: topicsOf(item, filter.indexed), ...range }
      const found = await ask<RawLog[]>('eth_getLogs', [query], options)
      return Promise.all(found.map(async (log) => readLog(item, log, await timeOf(log, options))))
    },
    async provenance(options) {
      const { number, timestamp } = await head(options)
      return { source: source.name, asOf: Number(timestamp), blockNumber: Number(number), seenAt: Math.floor(Date.now() / 1000) }
    },
  }
}

function topicsOf(item: AbiItem, indexed: LogFilter['indexed']): (string | null)[] {
  const wanted = item.inputs
    .filter((input) => input.indexed)
    .map(({ name, type }) => (indexed[name] === undefined ? null : `0x${encodeWord(type, indexed[name])}`))
  return [topicOf(item), ...wanted]
}

function readLog(item: AbiItem, log: RawLog, blockTime: number): LedgerLog {
  const { blockHash, transactionHash } = log
  return { values: decodeLog(item, log), blockNumber: Number(log.blockNumber), blockHash, transactionHash, blockTime }
}

async function callRpc<T>(source: LedgerSource, call: RpcCall, signal?: AbortSignal): Promise<T> {
  const told = await (source.ask ? source.ask(call, signal) : askAtDoor(source, call, signal))
  const answer = (told ?? {}) as { result?: T; error?: { message?: string } }
  if (answer.error || answer.result === undefined) throw new LedgerOutage(answer.error?.message ?? `${source.name} gave no answer`)
  return answer.result
}

async function askAtDoor(source: LedgerSource, call: RpcCall, signal?: AbortSignal): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...call })
  const response = await patientFetch(source, { path: '/rpc', body }, signal)
  return response.json().catch(() => ({}))
}

/**
 * Fetches from a base, and waits as it asks to when there were too many questions at once (RFC 6585 §4).
 * @throws LedgerOutage when nobody answers in 10 s, or with another status than success
 */
export async function patientFetch(
  { origin, name, fetch }: Pick<LedgerSource, 'origin' | 'name' | 'fetch'>,
  request: { path: string; body?: string },
  signal?: AbortSignal,
): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const limit = AbortSignal.any([AbortSignal.timeout(10_000), ...(signal ? [signal] : [])])
    const init = request.body === undefined ? {} : { method: 'POST', body: request.body, headers: { 'content-type': 'application/json' } }
    const response = await fetch(origin + request.path, { ...init, credentials: 'omit', signal: limit }).catch((cause: unknown) => {
      signal?.throwIfAborted()
      throw new LedgerOutage(`${name} did not answer`, { cause })
    })
    if (response.ok) return response
    if (response.status !== 429 || attempt >= 8) throw new LedgerOutage(`${name} answered with status ${response.status}`)
    const seconds = Math.min(30, Number(response.headers.get('retry-after') ?? 1) || 1)
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }
}
