import { setTimeout as sleep } from 'node:timers/promises'
import { withBitswap } from '@helia/bitswap'
import type { Libp2p } from '@libp2p/interface'
import { type Blocks, createHeliaLight } from 'helia'
import type { CID } from 'multiformats/cid'
import { NodeError } from '../../errors.ts'
import { blockName, type DiskBlocks, MAX_BLOCK_BYTES } from './disk-blocks.ts'

/** Bitswap's own limits are 10 s for a whole batch, which on a slow link means never. Ours is the stall limit below. */
const WHOLE_MESSAGE_MS = 600_000
/** The server forgets "already sent" after 5 s, and only after answering one more request: so ask, wait, and ask again. */
const ASK_AGAIN_MS = [6_000, 250]

/** "I do not have it" and the like: less than this is no part of a block. */
const SMALL_TALK_BYTES = 16_384

/** What came over the block exchange since the start; a stall is a wait that ended without a byte. */
export interface ExchangeTotals {
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
export function createBlockExchange(init: { blocks: DiskBlocks; libp2p: Libp2p; wire: Wire; stallTimeoutMs: number }): BlockExchange {
  const { wire } = init
  const totals = { fetchedBlocks: 0, stalls: 0 }
  const helia = withBitswap(Object.assign(createHeliaLight({ blockstore: init.blocks }), { libp2p: init.libp2p }), {
    messageSendTimeout: WHOLE_MESSAGE_MS,
    messageReceiveTimeout: WHOLE_MESSAGE_MS,
    maxOutgoingMessageSize: MAX_BLOCK_BYTES + 65_536,
    maxIncomingMessageSize: 4_194_304,
  })
  const ask: Ask = (cid, limits) => askOnce({ blockstore: helia.blockstore, wire }, cid, limits)

  async function insist(cid: CID, stop: AbortSignal, stallTimeoutMs: number): Promise<Uint8Array> {
    const before = wire.receivedBytes()
    for (const pauseMs of [...ASK_AGAIN_MS, undefined]) {
      const answer = await ask(cid, { stop, stallTimeoutMs })
      if (answer !== 'stalled') {
        totals.fetchedBlocks += 1
        return answer
      }
      totals.stalls += 1
      if (pauseMs !== undefined) await sleep(Math.min(pauseMs, stallTimeoutMs), undefined, { signal: stop })
    }
    throw giveUp(cid, { connected: init.libp2p.getPeers().length, hasReceived: wire.receivedBytes() - before > SMALL_TALK_BYTES })
  }

  const requests = createRequests(insist)
  return {
    async start() {
      await helia.start()
    },
    async stop() {
      requests.stop()
      await helia.stop()
    },
    fetch: (cid, { signal, stallTimeoutMs = init.stallTimeoutMs } = {}) => requests.join(cid, stallTimeoutMs, signal),
    totals: () => ({ ...totals }),
  }
}

/** What this needs to know of the wire: see the peer's meter. */
export interface Wire {
  receivedBytes(): number
  lastProgressAtMs(): number
}

type Ask = (cid: CID, limits: { stop: AbortSignal; stallTimeoutMs: number }) => Promise<Uint8Array | 'stalled'>

/** Waits for a block as long as bytes of any block keep arriving. */
async function askOnce(
  { blockstore, wire }: { blockstore: Blocks; wire: Wire },
  ...[cid, { stop, stallTimeoutMs }]: Parameters<Ask>
): ReturnType<Ask> {
  const stalled = new AbortController()
  const beganMs = performance.now()
  const watch = setInterval(
    () => {
      if (performance.now() - Math.max(beganMs, wire.lastProgressAtMs()) >= stallTimeoutMs) stalled.abort()
    },
    Math.min(1_000, stallTimeoutMs / 4),
  )
  try {
    const parts: Uint8Array[] = []
    for await (const part of blockstore.get(cid, { signal: AbortSignal.any([stop, stalled.signal]) })) parts.push(part)
    return Buffer.concat(parts)
  } catch (error) {
    stop.throwIfAborted()
    if (stalled.signal.aborted) return 'stalled'
    throw error
  } finally {
    clearInterval(watch)
  }
}

/** One request on the wire for a block, however many wait for it: bitswap drops a want for all when one of two gives up. */
function createRequests(insist: (cid: CID, stop: AbortSignal, stallTimeoutMs: number) => Promise<Uint8Array>) {
  const running = new Map<string, { block: Promise<Uint8Array>; waiting: number; stop: AbortController }>()

  function begin(cid: CID, stallTimeoutMs: number) {
    const name = blockName(cid)
    const stop = new AbortController()
    const request = { block: insist(cid, stop.signal, stallTimeoutMs).finally(() => running.delete(name)), waiting: 0, stop }
    request.block.catch(() => {})
    running.set(name, request)
    return request
  }

  async function join(cid: CID, stallTimeoutMs: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    signal?.throwIfAborted()
    const request = running.get(blockName(cid)) ?? begin(cid, stallTimeoutMs)
    request.waiting += 1
    try {
      return await orAborted(request.block, signal)
    } finally {
      request.waiting -= 1
      if (request.waiting === 0) request.stop.abort()
    }
  }

  return {
    join,
    stop() {
      for (const request of running.values()) request.stop.abort()
    },
  }
}

function giveUp(cid: CID, { connected, hasReceived }: { connected: number; hasReceived: boolean }): NodeError {
  if (hasReceived)
    return new NodeError(
      'CONTENT_STALLED',
      `The block ${cid} stopped coming from ${connected} connected bases. Try again: what has arrived is kept.`,
    )
  return new NodeError(
    'CONTENT_NOT_FOUND',
    `No connected base (of ${connected}) gave the block ${cid}. Try again when more bases are reachable.`,
  )
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
