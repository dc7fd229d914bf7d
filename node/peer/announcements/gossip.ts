import type { GossipSub, TopicValidatorResult } from '@libp2p/gossipsub'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { ANNOUNCE_TOPIC, type Announcement, parseAnnouncement, type SignedAnnouncement, signAnnouncement } from './announcement.ts'
import { createHeadExchange } from './head-exchange.ts'
import { createHeldExchange, type HeldContents } from './held-exchange.ts'

/** An announcement from further ahead of our clock than this is refused, and one older than this is not passed on any more. */
const CLOCK_SKEW_S = 600
const OLDEST_GOSSIP_S = 86_400

/** The announcements of the network: told by gossip to who is connected, and by exchange to who comes later. */
export interface Gossip {
  start(): Promise<void>
  stop(): Promise<void>
  announce(announcement: Announcement): Promise<SignedAnnouncement>
}

/** What the gossip of a peer needs. */
export interface GossipInit {
  privateKey: PrivateKey
  libp2p: Libp2p
  pubsub: GossipSub
  isMember: (peerId: string) => boolean
  speaksFor: (peerId: string, baseId: number) => boolean
  now: () => number
  /** What this base tells those who ask, and whether it asks others. */
  held?: HeldContents | undefined
  totals: { announcementsReceived: number; announcementsRejected: number }
  onAnnouncement: (announcement: SignedAnnouncement) => void
}

/** Makes the gossip; nothing is sent or heard before `start()`. */
export function createGossip(init: GossipInit): Gossip {
  const { pubsub, libp2p, totals, now } = init

  /** 'accept' passes a message on, 'ignore' does not, 'reject' also counts against whoever passed it to us. */
  async function judge(data: Uint8Array): Promise<{ verdict: 'accept' | 'ignore' | 'reject'; announcement?: SignedAnnouncement }> {
    const announcement = await parseAnnouncement(data).catch(() => undefined)
    if (announcement === undefined) return { verdict: 'reject' }
    // Not "reject": the other side may simply have read a later block of the ledger than we have.
    if (!init.isMember(announcement.peerId) || !init.speaksFor(announcement.peerId, announcement.baseId)) return { verdict: 'ignore' }
    if (announcement.at > now() + CLOCK_SKEW_S) return { verdict: 'ignore' }
    return { verdict: 'accept', announcement }
  }

  function hear(announcement: SignedAnnouncement): void {
    if (heads.remember(announcement)) tell(announcement)
  }

  function tell(announcement: SignedAnnouncement): void {
    totals.announcementsReceived += 1
    init.onAnnouncement(announcement)
  }

  /** Judges what came, counts it, and hands it on when it is to be believed. */
  async function take(data: Uint8Array, hand: (announcement: SignedAnnouncement) => void): Promise<'accept' | 'ignore' | 'reject'> {
    const { verdict, announcement } = await judge(data)
    if (verdict === 'reject') totals.announcementsRejected += 1
    if (announcement !== undefined) hand(announcement)
    return verdict
  }

  const heads = createHeadExchange({ libp2p, hear: async (data) => (await take(data, hear)) !== 'reject' })
  // Not remembered: these are many, and whoever holds them tells them again.
  const held = init.held && createHeldExchange({ ...init, held: init.held, hear: (data) => take(data, tell) })

  async function validate(data: Uint8Array): Promise<TopicValidatorResult> {
    let isOld = false
    const verdict = await take(data, (announcement) => {
      hear(announcement)
      isOld = announcement.at < now() - OLDEST_GOSSIP_S
    })
    return (isOld ? 'ignore' : verdict) as TopicValidatorResult
  }

  return {
    async start() {
      pubsub.topicValidators.set(ANNOUNCE_TOPIC, (_peer, message) => validate(message.data))
      pubsub.subscribe(ANNOUNCE_TOPIC)
      await heads.start()
      await held?.start()
    },
    async stop() {
      pubsub.topicValidators.delete(ANNOUNCE_TOPIC)
      await held?.stop()
      await heads.stop()
    },
    async announce(announcement) {
      const { signed, bytes } = await signAnnouncement(announcement, init.privateKey)
      heads.remember(signed)
      await pubsub.publish(ANNOUNCE_TOPIC, bytes)
      return signed
    },
  }
}
