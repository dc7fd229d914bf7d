import type { Libp2p, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { NodeError } from '../errors.ts'

/** A base that should be connected: its peer id and where it may be found (multiaddrs, with or without `/p2p/…`). */
export interface KnownPeer {
  peerId: string
  addresses: string[]
}

/** How things stand with one known base. Times are milliseconds of the machine's clock. */
export interface PeerState {
  peerId: string
  state: 'connected' | 'dialling' | 'waiting' | 'not-admitted'
  failedAttempts: number
  lastConnectedAtMs: number | undefined
  nextDialAtMs: number | undefined
  lastProblem: string | undefined
}

/** Keeps known bases connected, for as long as it runs. */
export interface Dialler {
  start(): void
  stop(): void
  setKnown(peers: KnownPeer[]): void
  states(): PeerState[]
}

/** Pause after the nth failed attempt: 1, 2, 4 … s, at most 60 s, each ± a quarter so that bases do not dial in step. */
export function backoffMs(failedAttempts: number, random: number): number {
  const full = Math.min(60_000, 1_000 * 2 ** Math.max(0, failedAttempts - 1))
  return Math.round(full * (0.75 + random / 2))
}

const TICK_MS = 500
const DIAL_TIMEOUT_MS = 15_000
/** Libp2p's own monitor is off, because its ping waits behind bulk data and then ends the transfer; this one waits longer than that. */
const PING_EVERY_MS = 30_000
const PING_TIMEOUT_MS = 120_000

type Entry = { peer: PeerId; addresses: Multiaddr[]; state: PeerState; isBusy: boolean; nextPingAtMs: number }
type Environment = {
  libp2p: Libp2p
  isAdmitted: (peerId: string) => boolean
  ping: (peer: PeerId, signal: AbortSignal) => Promise<unknown>
  nowMs: () => number
  random: () => number
}

/** Makes a dialler for a node. `ping` ends a connection that is open in name only. */
export function createDialler(environment: Environment): Dialler {
  const entries = new Map<string, Entry>()
  let stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined

  function tick(): void {
    for (const entry of entries.values()) {
      const isConnected = environment.libp2p.getConnections(entry.peer).length > 0
      if (!entry.isBusy) void attend(entry, isConnected)
    }
  }

  async function attend(entry: Entry, isConnected: boolean): Promise<void> {
    const { state } = entry
    const now = environment.nowMs()
    if (isConnected) {
      Object.assign(state, {
        state: 'connected',
        failedAttempts: 0,
        lastConnectedAtMs: now,
        nextDialAtMs: undefined,
        lastProblem: undefined,
      })
      if (now >= entry.nextPingAtMs) await busy(entry, () => checkAlive(entry, environment, stopping.signal))
      return
    }
    if (!environment.isAdmitted(state.peerId)) {
      state.state = 'not-admitted'
      return
    }
    if (state.state !== 'waiting') Object.assign(state, { state: 'waiting', nextDialAtMs: now })
    if (now >= (state.nextDialAtMs ?? 0)) await busy(entry, () => dial(entry, environment, stopping.signal))
  }

  return {
    start() {
      stopping = new AbortController()
      timer = setInterval(tick, TICK_MS)
      timer.unref()
      tick()
    },
    stop() {
      clearInterval(timer)
      stopping.abort()
    },
    setKnown(peers) {
      const ids = new Set(peers.map((peer) => peer.peerId))
      for (const id of entries.keys()) if (!ids.has(id)) entries.delete(id)
      for (const peer of peers)
        if (peer.peerId !== environment.libp2p.peerId.toString()) entries.set(peer.peerId, toEntry(peer, entries.get(peer.peerId)))
    },
    states: () => [...entries.values()].map((entry) => ({ ...entry.state })),
  }
}

async function dial({ state, addresses, peer }: Entry, { libp2p, nowMs, random }: Environment, stopping: AbortSignal): Promise<void> {
  state.state = 'dialling'
  // Counted before it succeeds, because a base that does not admit us lets the dial succeed and hangs up then.
  state.failedAttempts += 1
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(DIAL_TIMEOUT_MS)])
    await libp2p.dial(addresses.length > 0 ? addresses : peer, { signal })
    state.lastProblem = 'the other base ended the connection'
  } catch (error) {
    state.lastProblem = describe(error)
  }
  Object.assign(state, { state: 'waiting', nextDialAtMs: nowMs() + backoffMs(state.failedAttempts, random()) })
}

async function checkAlive(entry: Entry, { libp2p, ping, nowMs }: Environment, stopping: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(PING_TIMEOUT_MS)])
  await ping(entry.peer, signal).catch(async (error: unknown) => {
    if (stopping.aborted) return
    entry.state.lastProblem = describe(error)
    await libp2p.hangUp(entry.peer, { signal: AbortSignal.timeout(5_000) }).catch(() => {})
  })
  entry.nextPingAtMs = nowMs() + PING_EVERY_MS
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Reads `…/p2p/<peer id>` into a known peer. Throws `NODE_PEER_ADDRESS_INVALID`. */
export function parsePeerAddress(text: string): KnownPeer {
  try {
    const parts = multiaddr(text).getComponents()
    const peerId = parts.findLast((part) => part.name === 'p2p')?.value
    if (peerId !== undefined) return { peerId: peerIdFromString(peerId).toString(), addresses: [text] }
  } catch (cause) {
    throw new NodeError('NODE_PEER_ADDRESS_INVALID', `"${text.slice(0, 200)}" is not an address of a base.`, { cause })
  }
  throw new NodeError(
    'NODE_PEER_ADDRESS_INVALID',
    `The address ${text.slice(0, 200)} does not say whose it is: it must end in /p2p/<peer id>.`,
  )
}

function toEntry({ peerId, addresses }: KnownPeer, before: Entry | undefined): Entry {
  const state = before?.state ?? {
    peerId,
    state: 'waiting',
    failedAttempts: 0,
    lastConnectedAtMs: undefined,
    nextDialAtMs: undefined,
    lastProblem: undefined,
  }
  const entry = before ?? { peer: peerIdFromString(peerId), addresses: [], state, isBusy: false, nextPingAtMs: 0 }
  entry.addresses = addresses.map((address) => toMultiaddr(address, peerId))
  return entry
}

function toMultiaddr(address: string, peerId: string): Multiaddr {
  try {
    const parsed = multiaddr(address)
    return parsed.getComponents().some((part) => part.name === 'p2p' && part.value === peerId)
      ? parsed
      : parsed.encapsulate(`/p2p/${peerId}`)
  } catch (cause) {
    throw new NodeError('NODE_PEER_ADDRESS_INVALID', `"${address.slice(0, 200)}" is not a multiaddr.`, { cause })
  }
}

async function busy(entry: Entry, work: () => Promise<void>): Promise<void> {
  entry.isBusy = true
  await work().finally(() => {
    entry.isBusy = false
  })
}
