import type { JsonRpcProvider } from 'ethers'
import { WebSocket } from 'ws'
import type { LedgerLog } from '../engines/engine.ts'

/** The newest block that was heard of. */
export interface LedgerHead {
  readonly number: number
  readonly hash: string
  readonly parentHash: string
  /** UnixSeconds. */
  readonly timestamp: number
}

/** What follows a ledger's heads for any number of listeners. */
export interface HeadFollower {
  follow(listener: (head: LedgerHead) => void): () => void
  close(): void
}

interface FollowOptions {
  readonly provider: JsonRpcProvider
  readonly wsUrl: string
  readonly pollMs: number
  readonly log: LedgerLog
}

interface FollowState extends FollowOptions {
  readonly listeners: Set<(head: LedgerHead) => void>
  last: LedgerHead | undefined
  socket: WebSocket | undefined
  isOpen: boolean
  isClosed: boolean
  attempts: number
  reconnect: NodeJS.Timeout | undefined
}

const MAX_RECONNECT_MS = 15_000

/** Follows heads over one WebSocket, opened with the first listener and again whenever it ends; asks over HTTP while it is not open. */
export function followHeads(options: FollowOptions): HeadFollower {
  const state: FollowState = {
    ...options,
    listeners: new Set(),
    last: undefined,
    socket: undefined,
    isOpen: false,
    isClosed: false,
    attempts: 0,
    reconnect: undefined,
  }
  let timer: NodeJS.Timeout | undefined

  function start(): void {
    if (timer !== undefined || state.isClosed) return
    openSocket(state)
    timer = setInterval(() => {
      if (!state.isOpen) void askHead(state)
    }, state.pollMs)
    void askHead(state)
  }

  function close(): void {
    state.isClosed = true
    state.listeners.clear()
    clearInterval(timer)
    clearTimeout(state.reconnect)
    state.socket?.terminate()
  }

  return {
    follow(listener) {
      state.listeners.add(listener)
      if (state.last !== undefined) listener(state.last)
      start()
      return () => state.listeners.delete(listener)
    },
    close,
  }
}

function openSocket(state: FollowState): void {
  const socket = new WebSocket(state.wsUrl, { handshakeTimeout: 5_000, perMessageDeflate: false })
  state.socket = socket
  socket.on('open', () => socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] })))
  socket.on('message', (data) => hear(state, String(data)))
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    state.isOpen = false
    if (state.isClosed) return
    state.attempts += 1
    if (state.attempts === 1) state.log('info', 'ledger.heads-by-asking')
    state.reconnect = setTimeout(() => openSocket(state), Math.min(250 * 2 ** state.attempts, MAX_RECONNECT_MS))
  })
}

function hear(state: FollowState, text: string): void {
  const message = parseMessage(text)
  if (message?.id === 1 && message.result !== undefined) {
    state.isOpen = true
    state.attempts = 0
    // What happened between the last head and the subscription is found by asking once.
    void askHead(state)
    return
  }
  if (message?.method === 'eth_subscription' && isHeader(message.params?.result)) announce(state, message.params.result)
}

async function askHead(state: FollowState): Promise<void> {
  try {
    const block: unknown = await state.provider.send('eth_getBlockByNumber', ['latest', false])
    if (isHeader(block)) announce(state, block)
  } catch {
    // The ledger is away; the next turn asks again.
  }
}

interface Header {
  readonly number: string
  readonly hash: string
  readonly parentHash: string
  readonly timestamp: string
}

function announce(state: FollowState, header: Header): void {
  const head = { number: Number(header.number), hash: header.hash, parentHash: header.parentHash, timestamp: Number(header.timestamp) }
  if (state.isClosed || head.hash === state.last?.hash) return
  state.last = head
  for (const listener of [...state.listeners]) listener(head)
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false
  const header = value as Record<string, unknown>
  return ['number', 'hash', 'parentHash', 'timestamp'].every((name) => typeof header[name] === 'string')
}

function parseMessage(text: string): { id?: unknown; result?: unknown; method?: unknown; params?: { result?: unknown } } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
