import type { GossipSub, TopicValidatorResult } from '@libp2p/gossipsub'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { ANNOUNCE_TOPIC, type Announcement, parseAnnouncement, type SignedAnnouncement, signAnnouncement } from './announcement.ts'
import { createHeadExchange } from './head-exchange.ts'

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
    if (!heads.remember(announcement)) return
    totals.announcementsReceived += 1
    init.onAnnouncement(announcement)
  }

  const heads = createHeadExchange({
    libp2p,
    hear: async (data) => {
      const { verdict, announcement } = await judge(data)
      if (verdict === 'reject') totals.announcementsRejected += 1
      if (announcement !== undefined) hear(announcement)
      return verdict !== 'reject'
    },
  })

  async function validate(data: Uint8Array): Promise<TopicValidatorResult> {
    const { verdict, announcement } = await judge(data)
    if (verdict === 'reject') totals.announcementsRejected += 1
    if (announcement === undefined) return verdict as TopicValidatorResult
    hear(announcement)
    return (announcement.at < now() - OLDEST_GOSSIP_S ? 'ignore' : 'accept') as TopicValidatorResult
  }

  return {
    async start() {
      pubsub.topicValidators.set(ANNOUNCE_TOPIC, (_peer, message) => validate(message.data))
      pubsub.subscribe(ANNOUNCE_TOPIC)
      await heads.start()
    },
    async stop() {
      pubsub.topicValidators.delete(ANNOUNCE_TOPIC)
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
