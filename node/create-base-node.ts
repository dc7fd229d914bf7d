import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { ContractAddresses } from '@guildhall/contracts'
import { listHeldBy } from './content/content-tables.ts'
import { type Content, type ContentTotals, createContent } from './content/create-content.ts'
import { createMirror, type Mirror } from './content/mirror-contents.ts'
import { createEventIndex, type EventIndex, type IndexStatus } from './event-index/create-event-index.ts'
import type { LedgerSource } from './event-index/ledger-source.ts'
import { listPublishedDocuments } from './event-index/queries/published.ts'
import { type Announcement, type AnnouncementKind, announcementKinds } from './peer/announcements/announcement.ts'
import { createPeer, type Peer, type PeerTotals } from './peer/create-peer.ts'
import { parsePeerAddress } from './peer/dial-bases.ts'
import { createMembership, type Membership } from './peer/membership.ts'
import { loadPeerKey } from './peer/peer-key.ts'

/** What a node writes to: the shape of a Fastify (pino) logger. Nothing personal is ever given to it. */
export interface NodeLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What a base keeps for others; see `BaseNodeInit.mirror`. */
export interface MirrorPolicy {
  kinds: readonly AnnouncementKind[]
  maxBytes: number
  maxTotalBytes: number
}

/** What a base's node is made of. */
export interface BaseNodeInit {
  /** The base's data folder (0700); the node keeps `blocks/` and `keys/peer.key` in it. */
  dataDir: string
  /** The base's one database; the node makes its tables in it and leaves it open. */
  db: DatabaseSync
  /** The ledger and the network on it; without it (before founding) there is no index, and every peer may connect. */
  ledger?: { source: LedgerSource; addresses: ContractAddresses }
  /** Multiaddrs to listen on. */
  listen: string[]
  /** Addresses to tell others, when they are not those listened on. */
  announce?: string[]
  /** Addresses of other bases, each ending in `/p2p/<peer id>`; those that the ledger lists are added by themselves. */
  peers?: string[]
  /** Addresses of relays, each ending in `/p2p/<peer id>`. */
  relays?: string[]
  /** 'members': only peers of bases on the ledger. 'trial': everyone, as long as the ledger lists no peer of another base. Default 'trial'. */
  admission?: 'members' | 'trial'
  /**
   * What to keep for other bases: the kinds of announced contents, each up to `maxBytes`, together up to `maxTotalBytes`; with any kind also what the ledger names (DID logs,
   * status lists, programmes). Default: all kinds, 32 MiB, 2 GiB. `kinds: []` keeps nothing for others.
   */
  mirror?: MirrorPolicy
  /** The contents of this base that others may learn of, however old: those under this name, told as announcements of this kind by the base. */
  ownContents?: { holder: string; kind: AnnouncementKind; baseId: () => number | undefined }
  /** Answers a question of another base, whatever it sent; without it, nobody is answered. */
  answer?: ((question: string) => Promise<string>) | undefined
  /** UnixSeconds. */
  clock: () => number
  log?: NodeLog
}

/** Numbers for the gateway's metrics, each a gauge or a counter by its name. */
export interface BaseNodeMetrics {
  peer: PeerTotals
  content: ContentTotals
  /** Undefined for a node without a ledger. */
  index: IndexStatus | undefined
  /** Contents of other bases that should be here and are not yet. */
  mirrorWaiting: number
}

/** The node of a base: its peers, its contents, its view of the ledger. */
export interface BaseNode {
  readonly peer: Peer
  readonly content: Content
  /** Undefined for a node without a ledger. */
  readonly index: EventIndex | undefined
  /** Begins contents, then peers, then the index. After a failure nothing is left running. */
  start(): Promise<void>
  /** Ends them in reverse. */
  stop(): Promise<void>
  metrics(): BaseNodeMetrics
}

/** Blocks that nothing needs, such as those of an interrupted add, are deleted at a start when they are older than this. */
const SWEEP_AFTER_MS = 86_400_000
/** Others are not asked for more of what they hold while so many wait to be fetched. */
const MOST_WAITING = 2_000
const MIRROR_ALL: MirrorPolicy = { kinds: announcementKinds, maxBytes: 33_554_432, maxTotalBytes: 2_147_483_648 }

/**
 * Makes the parts of a node from one list of settings.
 * Throws `NODE_PEER_KEY_UNREADABLE` and `NODE_PEER_ADDRESS_INVALID`; `start()` throws `NODE_PEER_LISTEN_FAILED` and `INDEX_LEDGER_MISMATCH`.
 *
 * @example
 * const node = await createBaseNode({ dataDir, db, ledger, listen: ['/ip4/0.0.0.0/tcp/4101'], clock: () => Math.floor(Date.now() / 1000) })
 * await node.start()
 */
export async function createBaseNode(init: BaseNodeInit): Promise<BaseNode> {
  const { dataDir, db, clock, log, ledger } = init
  for (const folder of ['keys', 'blocks']) await mkdir(join(dataDir, folder), { recursive: true, mode: 0o700 })
  const named = (init.peers ?? []).map(parsePeerAddress)
  const relays = (init.relays ?? []).map((address) => parsePeerAddress(address).peerId)
  const membership = createMembership({
    db: ledger === undefined ? undefined : db,
    named,
    relays,
    isOpenInTrial: init.admission !== 'members',
  })
  const peer = await createPeer({
    privateKey: await loadPeerKey(join(dataDir, 'keys', 'peer.key')),
    listen: init.listen,
    announce: init.announce ?? [],
    relays: init.relays ?? [],
    isMember: membership.isMember,
    speaksFor: membership.speaksFor,
    answer: init.answer,
    held: { list: (after, limit) => listOwn(init, after, limit), wants: () => life.hasRoom() },
    now: clock,
  })
  const onDamaged = (block: string) => log?.warn({ block }, 'a stored block was damaged and set aside')
  const content = createContent({ dir: join(dataDir, 'blocks'), db, libp2p: peer.libp2p, wire: peer.wire, now: clock, onDamaged })
  const index = ledger === undefined ? undefined : createEventIndex({ db, ...ledger })
  const mirroring = init.mirror ?? MIRROR_ALL
  const parts: Parts = { peer, content, index, membership, db, mirroring, ...(log && { log }) }
  const life = lifetime(parts)
  return {
    peer,
    content,
    index,
    start: life.start,
    stop: life.stop,
    metrics: () => ({ peer: peer.totals(), content: content.totals(), index: index?.status(), mirrorWaiting: life.mirrorWaiting() }),
  }
}

/** A base without a network has no number yet, and tells nothing. */
function listOwn({ db, ownContents }: BaseNodeInit, after: { at: number; cid: string } | undefined, limit: number): Announcement[] {
  const baseId = ownContents?.baseId()
  if (ownContents === undefined || baseId === undefined) return []
  const { holder, kind } = ownContents
  return listHeldBy(db, { holder, after, limit }).map(({ cid, addedAt }) => ({ baseId, kind, cid, at: addedAt }))
}

type Parts = {
  peer: Peer
  content: Content
  index: EventIndex | undefined
  membership: Membership
  db: DatabaseSync
  mirroring: MirrorPolicy
  log?: NodeLog
}

function lifetime(parts: Parts): Pick<BaseNode, 'start' | 'stop'> & { mirrorWaiting(): number; hasRoom(): boolean } {
  const { peer, content, index, membership, log } = parts
  const running: { stop(): Promise<void> }[] = []
  const unsubscribe: (() => void)[] = []
  let mirror: Mirror | undefined

  async function stop(): Promise<void> {
    for (const end of unsubscribe.splice(0)) end()
    for (const part of running.splice(0).reverse()) await part.stop()
  }

  function follow(): void {
    if (index !== undefined) unsubscribe.push(keepMembership({ peer, index, membership }), logIndex(index, log))
    if (log !== undefined)
      unsubscribe.push(peer.on({ onRefused: (peerId) => log.info({ peerId }, 'a peer that is no member was refused') }))
    membership.refresh()
    peer.setKnownPeers(membership.listPeers())
  }

  function keepForOthers(): void {
    if (parts.mirroring.kinds.length === 0) return
    mirror = createMirror({
      content,
      ...parts.mirroring,
      onMirrored: (cid) => log?.info({ cid }, 'a content of another base is kept here now'),
    })
    running.push(mirror)
    unsubscribe.push(...fillMirror(mirror, parts))
  }

  async function start(): Promise<void> {
    try {
      for (const part of [content, peer, ...(index === undefined ? [] : [index])]) {
        if (part === peer) follow()
        running.push(part)
        await part.start()
        if (part === peer) keepForOthers()
      }
      const swept = await content.sweep({ minAgeMs: SWEEP_AFTER_MS })
      log?.info({ addresses: peer.addresses(), swept }, 'the node is up')
    } catch (error) {
      await stop()
      throw error
    }
  }

  const mirrorWaiting = () => mirror?.waiting().length ?? 0
  return { start, stop, mirrorWaiting, hasRoom: () => mirror !== undefined && mirrorWaiting() < MOST_WAITING }
}

/** Wishes come from announcements and from the ledger; a base that has just been connected may fulfil them. */
function fillMirror(mirror: Mirror, { peer, index, db, mirroring }: Parts): (() => void)[] {
  const holderOf = ({ baseId, kind }: { baseId: number; kind: string }) => `base:${baseId}:${kind}`
  const wantPublished = () => mirror.want(listPublishedDocuments(db).map((document) => ({ cid: document.cid, holder: holderOf(document) })))
  const unsubscribe = [
    peer.on({
      onConnected: mirror.retry,
      onAnnouncement: (announced) =>
        mirroring.kinds.includes(announced.kind) && mirror.want([{ cid: announced.cid, holder: holderOf(announced) }]),
    }),
  ]
  if (index !== undefined) {
    wantPublished()
    unsubscribe.push(index.on({ onAdvanced: (_to, events) => events > 0 && wantPublished() }))
  }
  return unsubscribe
}

/** Reads the members anew whenever the ledger moved: the new ones are dialled, those who left are hung up on. */
function keepMembership({ peer, index, membership }: { peer: Peer; index: EventIndex; membership: Membership }): () => void {
  const apply = () => {
    if (!membership.refresh()) return
    peer.setKnownPeers(membership.listPeers())
    void peer.applyMembership()
  }
  return index.on({ onAdvanced: (_to, events) => events > 0 && apply(), onRolledBack: apply })
}

function logIndex(index: EventIndex, log: NodeLog | undefined): () => void {
  return index.on({
    onState: ({ state, syncedTo, lastProblem }) =>
      log?.info({ state, block: syncedTo?.block, problem: lastProblem }, 'the index of the ledger changed its state'),
    onRolledBack: (to) => log?.warn({ block: to?.block }, 'the ledger replaced blocks; the index went back'),
  })
}
