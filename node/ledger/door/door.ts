import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { LedgerEngine, LedgerLog } from '../engines/engine.ts'
import { findSystemCode, LedgerError } from '../errors.ts'
import { answerText, MAX_BODY_BYTES, type RpcRequest } from './json-rpc.ts'
import { answerMethod, subscriptionMethods } from './methods.ts'
import { openSubscriptions, type Subscriptions } from './subscriptions.ts'

/** What a door is opened with. */
export interface DoorOptions {
  readonly engine: LedgerEngine
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  /** UnixSeconds. */
  readonly clock: () => number
  readonly log: LedgerLog
  /** JSON text of the network's descriptor, or undefined before the network is founded. */
  readonly findDescriptor: () => Promise<string | undefined>
}

/** An open door: JSON-RPC over HTTP and WebSocket on one loopback port. */
export interface Door {
  readonly port: number
  close(): Promise<void>
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/
const MAX_CONNECTIONS = 256

/**
 * Opens the JSON-RPC door.
 * @throws LedgerError LEDGER_PORT_TAKEN, or LEDGER_OPTION_INVALID for a host that is not loopback.
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  if (!LOOPBACK.test(options.host)) {
    throw new LedgerError(
      'LEDGER_OPTION_INVALID',
      `The embedded ledger listens on loopback only; ${options.host} is not a loopback address.`,
    )
  }
  const server = createServer({ requestTimeout: 60_000 }, (request, response) => {
    void answerHttp(options, request, response).catch(() => response.destroy())
  })
  server.maxConnections = MAX_CONNECTIONS
  // Longer than a busy client may take between two requests: it would find the connection closed while it sends.
  server.keepAliveTimeout = 75_000
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => upgrade(options, sockets, { request, socket, head }))
  await listen(server, options)
  const address = server.address()
  return {
    port: address === null || typeof address === 'string' ? options.port : address.port,
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'the ledger is stopping')
      server.closeIdleConnections()
      const closed = new Promise((resolve) => server.close(resolve))
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
        server.closeAllConnections()
      }, 500)
      await closed
      clearTimeout(timer)
    },
  }
}

function listen(server: Server, { host, port }: DoorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const isTaken = findSystemCode(cause) === 'EADDRINUSE'
      const message = isTaken
        ? `Port ${port} is used by another program. Choose another port, or stop that program.`
        : `Port ${port} cannot be opened.`
      reject(new LedgerError(isTaken ? 'LEDGER_PORT_TAKEN' : 'LEDGER_OPTION_INVALID', message, { cause }))
    })
    server.listen(port, host, resolve)
  })
}

async function answerHttp(options: DoorOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0]
  if (!isLocal(request)) return sendProblem(response, 403, 'Only pages and programs of this machine may ask this ledger.')
  if (request.method === 'GET' && path === '/health') return sendHealth(options, response)
  if (request.method === 'GET' && path === '/.well-known/guildhall-network') return sendDescriptor(options, response)
  if (path !== '/') return sendProblem(response, 404, 'There is nothing at this path; JSON-RPC is at /.')
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST')
    return sendProblem(response, 405, 'JSON-RPC is asked with POST.')
  }
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return sendProblem(response, 415, 'Send application/json.')
  const body = await readBody(request)
  if (body === undefined) return sendProblem(response, 413, `The body has more than ${MAX_BODY_BYTES} bytes.`)
  const answer = await answerText(body, (call) => answerMethod(options.engine, call, options.clock))
  if (answer === undefined) return send(response, 204, '')
  send(response, 200, answer)
}

function sendHealth({ engine }: DoorOptions, response: ServerResponse): void {
  const { ready, head, blocksSinceSnapshot, engineMegabytes } = engine.status()
  const body = {
    status: ready ? 'ready' : 'restarting',
    chainId: engine.chainId,
    genesisHash: engine.genesisHash,
    head,
    blocksSinceSnapshot,
    engineMegabytes,
  }
  send(response, ready ? 200 : 503, JSON.stringify(body))
}

async function sendDescriptor(options: DoorOptions, response: ServerResponse): Promise<void> {
  const descriptor = await options.findDescriptor()
  if (descriptor === undefined) return sendProblem(response, 404, 'No network has been founded on this ledger yet.')
  send(response, 200, descriptor)
}

function upgrade(options: DoorOptions, sockets: WebSocketServer, from: { request: IncomingMessage; socket: Duplex; head: Buffer }): void {
  if (!isLocal(from.request)) {
    from.socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
    return
  }
  sockets.handleUpgrade(from.request, from.socket, from.head, (socket) => serveSocket(options, socket))
}

function serveSocket({ engine, clock, log }: DoorOptions, socket: WebSocket): void {
  const say = (text: string) => {
    if (socket.readyState === socket.OPEN) socket.send(text)
  }
  const subscriptions = openSubscriptions(engine, say, log)
  const answer = async (call: RpcRequest) =>
    subscriptionMethods.includes(call.method) ? answerSubscription(subscriptions, call) : answerMethod(engine, call, clock)
  socket.on('message', (data) => {
    void answerText(String(data), answer).then((text) => (text === undefined ? undefined : say(text)))
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => subscriptions.close())
}

function answerSubscription(subscriptions: Subscriptions, call: RpcRequest): string | boolean {
  return call.method === 'eth_subscribe' ? subscriptions.subscribe(call.params) : subscriptions.unsubscribe(call.params)
}

/** A page from elsewhere may reach loopback by a name that resolves to it: only names of this machine are answered. */
function isLocal(request: IncomingMessage): boolean {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (!LOOPBACK.test(host)) return false
  const { origin } = request.headers
  if (origin === undefined) return true
  return URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname)
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** RFC 9457 problem details. */
function sendProblem(response: ServerResponse, status: number, detail: string): void {
  response.setHeader('connection', 'close')
  send(response, status, JSON.stringify({ type: 'about:blank', status, detail }), 'application/problem+json')
}

function send(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'x-content-type-options': 'nosniff' })
  response.end(body)
}
