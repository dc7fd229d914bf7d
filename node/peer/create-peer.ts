import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { type Ping, ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { NodeError } from '../errors.ts'
import { ANNOUNCE_TOPIC, type Announcement, MAX_ANNOUNCEMENT_BYTES, type SignedAnnouncement } from './announcements/announcement.ts'
import { createGossip, type Gossip } from './announcements/gossip.ts'
import type { HeldContents } from './announcements/held-exchange.ts'
import { createQuestions, type Questions } from './ask-bases.ts'
import { createDialler, type KnownPeer, type PeerState } from './dial-bases.ts'
import { createRelayKeeper, type RelayKeeper } from './keep-relays.ts'
import { createMembershipGate, type MembershipPredicate } from './membership-gate.ts'
import { createWireMeter, type WireMeter } from './wire-meter.ts'

/** What a peer is made of. */
export interface PeerInit {
  privateKey: PrivateKey
  /** Multiaddrs to listen on, such as `/ip4/0.0.0.0/tcp/4101`; port 0 takes a free one. */
  listen: string[]
  /** Addresses to tell others instead of those listened on, for a base behind a router. */
  announce?: string[]
  /** Relays to be reachable through, as `…/p2p/<peer id>`; kept reserved for as long as the peer runs. */
  relays?: string[]
  /** How often to look whether a relay still keeps the place; default 5,000 ms. */
  relayCheckMs?: number
  /** Who may connect. Asked for every connection, in both directions. */
  isMember: MembershipPredicate
  /** Whether a peer speaks for a base; asked before an announcement is believed or passed on. */
  speaksFor: (peerId: string, baseId: number) => boolean
  /** Answers a question of another base, whatever it sent; without it, nobody is answered. */
  answer?: ((question: string) => Promise<string>) | undefined
  /** What this base tells others that it holds, and whether it asks them; without it neither. */
  held?: HeldContents | undefined
  /** UnixSeconds. */
  now: () => number
  random?: () => number
}

/** What others may hear of. Every listener returns nothing and must not throw. */
export interface PeerEvents {
  onAnnouncement?: (announcement: SignedAnnouncement) => void
  onConnected?: (peerId: string) => void
  onDisconnected?: (peerId: string) => void
  onRefused?: (peerId: string) => void
}

/** Numbers for the operator's metrics. */
export interface PeerTotals {
  knownPeers: number
  connectedPeers: number
  /** Bytes from all peers, everything included. */
  receivedBytes: number
  refusedConnections: number
  announcementsReceived: number
  announcementsRejected: number
}

/** One base among the others: its connections, and what is announced over them. */
export interface Peer {
  /** The peer id, as text. */
  readonly id: string
  /** The node itself, for the block exchange. */
  readonly libp2p: Libp2p
  /** What arrives over all connections. */
  readonly wire: WireMeter
  start(): Promise<void>
  stop(): Promise<void>
  /** Addresses others can dial, each with `/p2p/<peer id>`. */
  addresses(): string[]
  /** The bases to stay connected with; replaces the former list. */
  setKnownPeers(peers: KnownPeer[]): void
  /** How things stand with each known base, for the sentence "connected with n bases". */
  peerStates(): PeerState[]
  /** Ends connections with peers that are no longer members. Call it when membership changed. */
  applyMembership(): Promise<void>
  /** Signs an announcement, tells everyone who is connected, and remembers it for those who connect later. */
  announce(announcement: Announcement): Promise<SignedAnnouncement>
  /** Puts a question to a connected base. @throws NodeError NODE_QUESTION_UNANSWERED */
  ask: Questions['ask']
  /** Subscribes; returns the way to unsubscribe. */
  on(events: PeerEvents): () => void
  totals(): PeerTotals
}

/**
 * Makes a peer that joins no public network: no bootstrap, no mDNS, no UPnP, no DHT. `start()` listens.
 * What it learns of others it keeps in memory only: after a restart the ledger and the settings say where they are.
 */
export async function createPeer(init: PeerInit): Promise<Peer> {
  const listeners = new Set<PeerEvents>()
  const emit = (tell: (events: PeerEvents) => void) => listeners.forEach(tell)
  const totals = { refusedConnections: 0, announcementsReceived: 0, announcementsRejected: 0 }
  const gate = createMembershipGate(init.isMember, (peerId) => {
    totals.refusedConnections += 1
    emit((events) => events.onRefused?.(peerId))
  })
  const { meter, hooks } = createWireMeter()
  const libp2p = await createLibp2p({ ...transports(init), connectionGater: { ...gate, ...hooks }, start: false })
  const { pubsub, relays } = libp2p.services
  const gossip = createGossip({
    ...init,
    libp2p,
    pubsub,
    totals,
    onAnnouncement: (announcement) => emit((events) => events.onAnnouncement?.(announcement)),
  })
  const questions = createQuestions({ ...init, libp2p })
  const dialler = createDialler({
    libp2p,
    isAdmitted: init.isMember,
    ping: (peer, signal) => libp2p.services.ping.ping(peer, { signal }),
    nowMs: () => performance.timeOrigin + performance.now(),
    random: init.random ?? Math.random,
  })
  libp2p.addEventListener('peer:connect', (event) => emit((events) => events.onConnected?.(event.detail.toString())))
  libp2p.addEventListener('peer:disconnect', (event) => emit((events) => events.onDisconnected?.(event.detail.toString())))
  return {
    id: peerIdFromPrivateKey(init.privateKey).toString(),
    libp2p,
    wire: meter,
    ...lifetime({ init, libp2p, gossip, questions, dialler, relays }),
    addresses: () => libp2p.getMultiaddrs().map(String),
    setKnownPeers: dialler.setKnown,
    peerStates: dialler.states,
    async applyMembership() {
      const leaving = libp2p.getPeers().filter((peer) => !init.isMember(peer.toString()))
      await Promise.all(
        leaving.map((peer) => libp2p.hangUp(peerIdFromString(peer.toString()), { signal: AbortSignal.timeout(5_000) }).catch(() => {})),
      )
    },
    announce: gossip.announce,
    ask: questions.ask,
    on(events) {
      listeners.add(events)
      return () => void listeners.delete(events)
    },
    totals: () => ({
      ...totals,
      knownPeers: dialler.states().length,
      connectedPeers: libp2p.getPeers().length,
      receivedBytes: meter.receivedBytes(),
    }),
  }
}

type Services = { identify: unknown; identifyPush: unknown; ping: Ping; pubsub: GossipSub; relays: RelayKeeper }

function lifetime(parts: {
  init: PeerInit
  libp2p: Libp2p<Services>
  gossip: Gossip
  questions: Questions
  dialler: ReturnType<typeof createDialler>
  relays: RelayKeeper
}) {
  const { init, libp2p, gossip, questions, dialler, relays } = parts
  return {
    async start() {
      try {
        await libp2p.start()
      } catch (cause) {
        await libp2p.stop()
        throw new NodeError(
          'NODE_PEER_LISTEN_FAILED',
          `Other bases cannot be heard at ${init.listen.join(', ')}: the address is taken or not of this machine. Stop the other program or choose another port.`,
          { cause },
        )
      }
      await gossip.start()
      await questions.start()
      dialler.start()
      relays.keep(init.relays ?? [])
    },
    async stop() {
      relays.stop()
      dialler.stop()
      await questions.stop()
      await gossip.stop()
      await libp2p.stop()
    },
  }
}

function transports({ privateKey, listen, announce = [], relayCheckMs }: PeerInit): Libp2pOptions<Services> {
  return {
    privateKey,
    addresses: { listen, announce },
    transports: [tcp(), circuitRelayTransport()],
    // TLS first: 257 MB/s against 159 with noise on one core (2026-11).
    connectionEncrypters: [tls(), noise()],
    // A stream's window is also the size of its frames, and nothing else passes meanwhile: it must not grow beyond 256 KiB on a slow link.
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 262_144 } })],
    connectionMonitor: { enabled: false },
    // The default of five new connections a second from one host is less than one school's bases behind one router.
    connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 100, reconnectRetries: 0 },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      pubsub: gossipsub({
        globalSignaturePolicy: 'StrictSign',
        allowedTopics: [ANNOUNCE_TOPIC],
        maxInboundDataLength: 64 * MAX_ANNOUNCEMENT_BYTES,
        fallbackToFloodsub: false,
        allowPublishToZeroTopicPeers: true,
        emitSelf: false,
        asyncValidation: false,
      }),
      relays: createRelayKeeper(relayCheckMs),
    },
  }
}
