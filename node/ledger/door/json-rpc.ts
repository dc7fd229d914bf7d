import { LedgerError, RpcError } from '../errors.ts'

/** A well-formed request (JSON-RPC 2.0 §4). `id` is undefined for a notification, which gets no answer. */
export interface RpcRequest {
  readonly id: string | number | null | undefined
  readonly method: string
  readonly params: readonly unknown[]
}

/** Most requests in one batch. */
export const MAX_BATCH = 100
/** Largest body or message that is read, in bytes. */
export const MAX_BODY_BYTES = 2_097_152

/** Answers one request; what it throws becomes the error of the response. */
export type AnswerRequest = (request: RpcRequest) => Promise<unknown>

/**
 * Answers a JSON-RPC 2.0 text: a single request or a batch. Never throws; what cannot be read is answered with -32700 or -32600.
 * Answers undefined when there is nothing to say (only notifications).
 */
export async function answerText(text: string, answer: AnswerRequest): Promise<string | undefined> {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return JSON.stringify(failure(null, new RpcError(-32700, 'parse error: the body is not JSON')))
  }
  if (!Array.isArray(body)) {
    const one = await answerOne(body, answer)
    return one === undefined ? undefined : JSON.stringify(one)
  }
  if (body.length === 0) return JSON.stringify(failure(null, new RpcError(-32600, 'invalid request: the batch is empty')))
  if (body.length > MAX_BATCH)
    return JSON.stringify(failure(null, new RpcError(-32600, `invalid request: more than ${MAX_BATCH} requests in a batch`)))
  const answers = (await Promise.all(body.map((entry) => answerOne(entry, answer)))).filter((entry) => entry !== undefined)
  return answers.length === 0 ? undefined : JSON.stringify(answers)
}

async function answerOne(value: unknown, answer: AnswerRequest): Promise<object | undefined> {
  const request = parseRequest(value)
  if (request instanceof RpcError) return failure(null, request)
  try {
    const result = await answer(request)
    return request.id === undefined ? undefined : { jsonrpc: '2.0', id: request.id, result: result ?? null }
  } catch (error) {
    return request.id === undefined ? undefined : failure(request.id, error)
  }
}

function parseRequest(value: unknown): RpcRequest | RpcError {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new RpcError(-32600, 'invalid request: expected an object')
  const { jsonrpc, id, method, params } = value as Record<string, unknown>
  if (jsonrpc !== '2.0') return new RpcError(-32600, 'invalid request: "jsonrpc" must be "2.0"')
  if (typeof method !== 'string' || method === '') return new RpcError(-32600, 'invalid request: "method" must be a name')
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') {
    return new RpcError(-32600, 'invalid request: "id" must be a string or a number')
  }
  if (params !== undefined && !Array.isArray(params)) return new RpcError(-32600, 'invalid request: "params" must be an array')
  return { id, method, params: params ?? [] }
}

function failure(id: RpcRequest['id'], error: unknown): object {
  if (error instanceof RpcError) {
    const data = error.data === undefined ? {} : { data: error.data }
    return { jsonrpc: '2.0', id: id ?? null, error: { code: error.code, message: error.message, ...data } }
  }
  const known = error instanceof LedgerError
  const message = known ? error.message : 'internal error'
  return { jsonrpc: '2.0', id: id ?? null, error: { code: -32603, message, ...(known ? { data: { code: error.code } } : {}) } }
}
