import { setTimeout as sleep } from 'node:timers/promises'
import { withBitswap } from '@helia/bitswap'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { createHeliaLight } from 'helia'
import type { CID } from 'multiformats/cid'
import { NodeError } from '../errors.ts'
import { blockName, type DiskBlocks } from './disk-blocks.ts'

const KIB = 1_024
/** Two of our leaves fit in a message; a block beyond it would make bitswap's splitter turn for ever, so none is stored. */
export const MAX_BLOCK_BYTES = 2_048 * KIB
/** Bitswap's own limits are 10 s for a whole batch, which on a slow link means never. Ours is the stall limit below. */
const WHOLE_MESSAGE_MS = 600_000
/** The server forgets "already sent" after 5 s, and only after answering one more request: so ask, wait, and ask again. */
const ASK_AGAIN_MS = [6_000, 250]

/** What came and went over the block exchange since the start, in bytes and blocks. */
export interface ExchangeTotals {
  receivedBytes: number
  fetchedBlocks: number
  stalls: number
}

/** Fetches single blocks from the connected bases, and answers theirs, by Helia's bitswap. */
export interface BlockExchange {
  start(): Promise<void>
  stop(): Promise<void>
  /**
   * Gets one block from any connected base, stores it and returns it. As long as bytes arrive it waits; when none came for
   * `stallTimeoutMs` it asks again, and at last throws `CONTENT_NOT_FOUND` or, if something had come, `CONTENT_STALLED`.
   */
  fetch(cid: CID, options?: { signal?: AbortSignal | undefined; stallTimeoutMs?: number | undefined }): Promise<Uint8Array>
  totals(): ExchangeTotals
}

/**
 * Helia without its public defaults: no bootstrap, no mDNS, no gateways, no delegated routers. It is given our libp2p and our disk.
 * Wants go to every connected base that speaks bitswap; sessions are not used (they hang), nor Helia's pins and gc (they lose data).
 */
export function createBlockExchange(init: { blocks: DiskBlocks; libp2p: Libp2p; stallTimeoutMs: number }): BlockExchange {
  const { blocks, libp2p } = init
  const totals: ExchangeTotals = { receivedBytes: 0, fetchedBlocks: 0, stalls: 0 }
  let lastByteAt = 0
  const counted = countReceived(libp2p, (bytes) => {
    totals.receivedBytes += bytes
    lastByteAt = performance.now()
  })
  const helia = withBitswap(Object.assign(createHeliaLight({ blockstore: blocks }), { libp2p: counted }), {
    messageSendTimeout: WHOLE_MESSAGE_MS,
    messageReceiveTimeout: WHOLE_MESSAGE_MS,
    maxOutgoingMessageSize: MAX_BLOCK_BYTES + 64 * KIB,
    maxIncomingMessageSize: 4_096 * KIB,
  })
  const running = new Map<string, { block: Promise<Uint8Array>; waiting: number; stop: AbortController }>()

  async function ask(cid: CID, stop: AbortSignal, stallMs: number): Promise<Uint8Array | 'stalled'> {
    const stalled = new AbortController()
    const began = performance.now()
    const watch = setInterval(
      () => {
        if (performance.now() - Math.max(began, lastByteAt) >= stallMs) stalled.abort()
      },
      Math.min(1_000, stallMs / 4),
    )
    try {
      const parts: Uint8Array[] = []
      for await (const part of helia.blockstore.get(cid, { signal: AbortSignal.any([stop, stalled.signal]) })) parts.push(part)
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    } catch (error) {
      stop.throwIfAborted()
      if (stalled.signal.aborted) return 'stalled'
      throw error
    } finally {
      clearInterval(watch)
    }
  }

  async function insist(cid: CID, stop: AbortSignal, stallMs: number): Promise<Uint8Array> {
    const receivedBefore = totals.receivedBytes
    for (const pauseMs of [...ASK_AGAIN_MS, undefined]) {
      const answer = await ask(cid, stop, stallMs)
      if (answer !== 'stalled') {
        totals.fetchedBlocks += 1
        return answer
      }
      totals.stalls += 1
      if (pauseMs !== undefined) await sleep(Math.min(pauseMs, stallMs), undefined, { signal: stop })
    }
    const connected = counted.getPeers().length
    if (totals.receivedBytes > receivedBefore) {
      throw new NodeError(
        'CONTENT_STALLED',
        `The block ${cid} stopped coming from ${connected} connected bases. Try again: what has arrived is kept.`,
      )
    }
    throw new NodeError(
      'CONTENT_NOT_FOUND',
      `No connected base (of ${connected}) gave the block ${cid}. Try again when more bases are reachable.`,
    )
  }

  /** One request on the wire for a block, however many wait: bitswap drops a want for all when one of two gives up. */
  async function fetch(
    cid: CID,
    options: { signal?: AbortSignal | undefined; stallTimeoutMs?: number | undefined } = {},
  ): Promise<Uint8Array> {
    const { signal, stallTimeoutMs = init.stallTimeoutMs } = options
    signal?.throwIfAborted()
    const name = blockName(cid)
    let request = running.get(name)
    if (request === undefined) {
      const stop = new AbortController()
      const block = insist(cid, stop.signal, stallTimeoutMs).finally(() => running.delete(name))
      block.catch(() => {})
      request = { block, waiting: 0, stop }
      running.set(name, request)
    }
    request.waiting += 1
    try {
      return await orAborted(request.block, signal)
    } finally {
      request.waiting -= 1
      if (request.waiting === 0) request.stop.abort()
    }
  }

  return {
    async start() {
      await helia.start()
    },
    async stop() {
      for (const request of running.values()) request.stop.abort()
      await helia.stop()
    },
    fetch,
    totals: () => ({ ...totals }),
  }
}

/** Rejects with the signal's reason as soon as it is aborted, without waiting for `promise`. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  const settled = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    settled.abort()
  }
}

/** The same node, telling how many bytes each incoming bitswap stream brings while a message is still on its way. */
function countReceived(libp2p: Libp2p, onBytes: (bytes: number) => void): Libp2p {
  const handle: Libp2p['handle'] = (protocol, handler, options) =>
    libp2p.handle(
      protocol,
      (stream: Stream, connection: Connection) => {
        stream.addEventListener('message', (event) => onBytes(event.data.byteLength))
        return handler(stream, connection)
      },
      options,
    )
  return new Proxy(libp2p, {
    get(target, property) {
      if (property === 'handle') return handle
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
