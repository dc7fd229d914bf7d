import { WebSocket } from 'ws'
import { LedgerError, RpcError } from '../errors.ts'

/** One WebSocket to the engine, over which calls go in the order they are made. */
export interface EngineConnection {
  /**
   * One JSON-RPC call.
   * @throws RpcError with the engine's own error; LedgerError LEDGER_ENGINE_FAILED when the connection ends or the time is over.
   */
  call(method: string, params: readonly unknown[], timeoutMs?: number): Promise<unknown>
  /** How many calls wait for their answer. */
  countOpen(): number
  isOpen(): boolean
  close(): void
}

const CALL_TIMEOUT_MS = 30_000
const MAX_ANSWER_BYTES = 1_073_741_824

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** Opens the connection. @throws Error when nobody listens on the loopback port. */
export async function connectEngine(port: number): Promise<EngineConnection> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false, maxPayload: MAX_ANSWER_BYTES })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => socket.terminate())
  socket.on('message', (data) => settle(waiting, String(data)))
  socket.on('close', () => {
    for (const id of [...waiting.keys()]) take(waiting, id)?.reject(lost('the engine ended'))
  })

  function call(method: string, params: readonly unknown[], timeoutMs = CALL_TIMEOUT_MS): Promise<unknown> {
    if (socket.readyState !== WebSocket.OPEN) return Promise.reject(lost('the engine is not running'))
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => take(waiting, id)?.reject(lost(`${method} was not answered within ${timeoutMs} ms`)), timeoutMs)
      waiting.set(id, { resolve, reject, timer })
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    })
  }

  return { call, countOpen: () => waiting.size, isOpen: () => socket.readyState === WebSocket.OPEN, close: () => socket.terminate() }
}

function settle(waiting: Map<number, Waiting>, text: string): void {
  const answer = JSON.parse(text) as { id?: number; result?: unknown; error?: { code: number; message: string; data?: unknown } }
  const entry = answer.id === undefined ? undefined : take(waiting, answer.id)
  if (entry === undefined) return
  if (answer.error === undefined) entry.resolve(answer.result)
  else entry.reject(new RpcError(answer.error.code, answer.error.message, answer.error.data))
}

function take(waiting: Map<number, Waiting>, id: number): Waiting | undefined {
  const entry = waiting.get(id)
  if (entry === undefined) return undefined
  clearTimeout(entry.timer)
  waiting.delete(id)
  return entry
}

function lost(reason: string): LedgerError {
  return new LedgerError('LEDGER_ENGINE_FAILED', `The ledger's engine did not answer: ${reason}. It is restarted by itself; try again.`)
}
