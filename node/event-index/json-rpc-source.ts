import type { LedgerBlock, LedgerLog, LedgerSource } from './ledger-source.ts'

/** Where a ledger answers. */
export interface JsonRpcSourceInit {
  /** `http://…` or `https://…`. */
  rpcUrl: string
  /** `ws://…` or `wss://…`, for `newHeads`; without it the index only polls. */
  wsUrl?: string
  /** How long to wait for one answer. Default 30,000 ms. */
  timeoutMs?: number
}

/** A ledger source that can be closed: it keeps a WebSocket open while somebody listens. */
export interface JsonRpcSource extends LedgerSource {
  close(): void
}

/** Reads any EVM ledger by standard JSON-RPC. Nothing is connected before it is asked. */
export function createJsonRpcSource({ rpcUrl, wsUrl, timeoutMs = 30_000 }: JsonRpcSourceInit): JsonRpcSource {
  const call = async (method: string, parameters: readonly unknown[], signal?: AbortSignal): Promise<unknown> => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: parameters }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    const answer: unknown = await response.json()
    return resultOf(answer, method)
  }
  const heads = createHeadListener(wsUrl)
  return {
    chainId: async (signal) => toNumber(await call('eth_chainId', [], signal)),
    async findBlock(number, signal) {
      const block = await call('eth_getBlockByNumber', [number === 'latest' ? number : toHex(number), false], signal)
      return block === null ? undefined : toBlock(block)
    },
    async listLogs({ from, to, addresses }, signal) {
      const logs = await call('eth_getLogs', [{ fromBlock: toHex(from), toBlock: toHex(to), address: addresses }], signal)
      if (!Array.isArray(logs)) throw new TypeError('the ledger answered eth_getLogs with something that is not a list')
      return logs.map(toLog)
    },
    onBlock: heads.listen,
    close: heads.close,
  }
}

const RECONNECT_MS = 2_000
/** A server that takes the connection and says nothing is left after this, and tried again. */
const HANDSHAKE_MS = 5_000

/** Keeps one subscription to `newHeads` while there are listeners; every (re)connection rings too, because blocks may have been missed. */
function createHeadListener(wsUrl: string | undefined) {
  const listeners = new Set<() => void>()
  let socket: WebSocket | undefined
  let again: NodeJS.Timeout | undefined
  const ring = () => {
    for (const listener of listeners) listener()
  }
  function connect(): void {
    if (wsUrl === undefined || listeners.size === 0 || socket !== undefined) return
    const current = new WebSocket(wsUrl)
    socket = current
    const silence = setTimeout(() => current.close(), HANDSHAKE_MS)
    silence.unref()
    current.addEventListener('open', () => {
      clearTimeout(silence)
      current.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }))
    })
    current.addEventListener('message', ring)
    current.addEventListener('error', () => {
      // 'close' follows, and connects again.
    })
    current.addEventListener('close', () => {
      clearTimeout(silence)
      if (socket !== current) return
      socket = undefined
      again = setTimeout(connect, RECONNECT_MS)
      again.unref()
    })
  }
  function close(): void {
    clearTimeout(again)
    const current = socket
    socket = undefined
    current?.close()
  }
  return {
    listen(listener: () => void) {
      listeners.add(listener)
      connect()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) close()
      }
    },
    close,
  }
}

function resultOf(answer: unknown, method: string): unknown {
  if (typeof answer !== 'object' || answer === null)
    throw new TypeError(`the ledger answered ${method} with something that is not JSON-RPC`)
  const { result, error } = answer as { result?: unknown; error?: { message?: unknown } }
  if (error !== undefined && error !== null) throw new Error(`the ledger refused ${method}: ${String(error.message)}`)
  if (result === undefined) throw new TypeError(`the ledger answered ${method} without a result`)
  return result
}

function toBlock(value: unknown): LedgerBlock {
  const { number, hash, parentHash, timestamp } = value as Record<string, unknown>
  return { number: toNumber(number), hash: toText(hash), parentHash: toText(parentHash), time: toNumber(timestamp) }
}

function toLog(value: unknown): LedgerLog {
  const { blockNumber, blockHash, transactionHash, logIndex, address, topics, data, blockTimestamp } = value as Record<string, unknown>
  if (!Array.isArray(topics)) throw new TypeError('the ledger answered with a log without topics')
  return {
    blockNumber: toNumber(blockNumber),
    blockHash: toText(blockHash),
    transactionHash: toText(transactionHash),
    logIndex: toNumber(logIndex),
    address: toText(address),
    topics: topics.map(toText),
    data: toText(data),
    ...(typeof blockTimestamp === 'string' && { blockTime: toNumber(blockTimestamp) }),
  }
}

/** Quantities of the Ethereum JSON-RPC: `0x…`, without leading zeros. */
function toNumber(value: unknown): number {
  const number = typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number)) throw new TypeError(`the ledger answered with ${String(value)} where a number belongs`)
  return number
}

function toText(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('0x'))
    throw new TypeError(`the ledger answered with ${String(value)} where hex belongs`)
  return value.toLowerCase()
}

function toHex(number: number): string {
  return `0x${number.toString(16)}`
}
