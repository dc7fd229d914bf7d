import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Content, type ContentTotals, createContent } from './content/create-content.ts'
import { createPeer, type Peer, type PeerTotals } from './peer/create-peer.ts'
import { parsePeerAddress } from './peer/dial-bases.ts'
import { loadPeerKey } from './peer/peer-key.ts'

/** What a node writes to: the shape of a Fastify (pino) logger. Nothing personal is ever given to it. */
export interface NodeLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What a base's node is made of. */
export interface BaseNodeInit {
  /** The base's data folder (0700); the node keeps `blocks/`, `peers/` and `keys/peer.key` in it. */
  dataDir: string
  /** The base's one database; the node makes its tables in it and leaves it open. */
  db: DatabaseSync
  /** Multiaddrs to listen on. */
  listen: string[]
  /** Addresses to tell others, when they are not those listened on. */
  announce?: string[]
  /** Addresses of other bases, each ending in `/p2p/<peer id>`. */
  peers?: string[]
  /** Addresses of relays, each ending in `/p2p/<peer id>`. */
  relays?: string[]
  /** UnixSeconds. */
  clock: () => number
  log?: NodeLog
}

/** Numbers for the gateway's metrics, each a gauge or a counter by its name. */
export interface BaseNodeMetrics {
  peer: PeerTotals
  content: ContentTotals
}

/** The node of a base: its peers, its contents, its view of the ledger. */
export interface BaseNode {
  readonly peer: Peer
  readonly content: Content
  start(): Promise<void>
  stop(): Promise<void>
  metrics(): BaseNodeMetrics
}

/** Makes the parts of a node from one list of settings; `start()` begins them in order, `stop()` ends them in reverse. */
export async function createBaseNode(init: BaseNodeInit): Promise<BaseNode> {
  const { dataDir, db, clock, log } = init
  for (const folder of ['keys', 'peers', 'blocks']) await mkdir(join(dataDir, folder), { recursive: true, mode: 0o700 })
  const privateKey = await loadPeerKey(join(dataDir, 'keys', 'peer.key'))
  const peer = await createPeer({
    privateKey,
    listen: init.listen,
    announce: init.announce ?? [],
    relays: init.relays ?? [],
    dir: join(dataDir, 'peers'),
    isMember: () => true,
    speaksFor: () => true,
    now: clock,
  })
  const content = createContent({
    dir: join(dataDir, 'blocks'),
    db,
    libp2p: peer.libp2p,
    now: clock,
    onDamaged: (block) => log?.warn({ block }, 'a stored block was damaged and set aside'),
  })
  peer.setKnownPeers((init.peers ?? []).map(parsePeerAddress))
  return {
    peer,
    content,
    async start() {
      await peer.start()
      await content.start()
    },
    async stop() {
      await content.stop()
      await peer.stop()
    },
    metrics: () => ({ peer: peer.totals(), content: content.totals() }),
  }
}
