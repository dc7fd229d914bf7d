import type { Connection, Libp2p, PeerId, Stream } from '@libp2p/interface'
import { encodeAnnouncement, MAX_ANNOUNCEMENT_BYTES, type SignedAnnouncement } from './announcement.ts'

/** Spoken once by each side when two bases meet: "these are the latest announcements I know". */
const HEADS_PROTOCOL = '/guildhall/heads/1.0.0'
/** Announcements remembered and told; older ones are learned from those who made them, see `createHeldExchange`. */
const MAX_HEADS = 512
const EXCHANGE_TIMEOUT_MS = 30_000

/** Gossip reaches only who is connected at that moment; this tells the others when they come. */
export interface HeadExchange {
  start(): Promise<void>
  stop(): Promise<void>
  /** False when it was known already. */
  remember(announcement: SignedAnnouncement): boolean
}

/** `hear` gets each announcement that came, as bytes, and says whether the other side may go on talking. */
export function createHeadExchange({ libp2p, hear }: { libp2p: Libp2p; hear: (bytes: Uint8Array) => Promise<boolean> }): HeadExchange {
  const known = new Map<string, SignedAnnouncement>()
  let topology: string | undefined

  async function tell(peer: PeerId): Promise<void> {
    if (known.size === 0) return
    const signal = AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)
    const stream = await libp2p.dialProtocol(peer, HEADS_PROTOCOL, { signal })
    const lines = [...known.values()].map((announcement) => `${Buffer.from(encodeAnnouncement(announcement)).toString('utf8')}\n`)
    if (!stream.send(Buffer.from(lines.join('')))) await stream.onDrain({ signal })
    await stream.close({ signal })
  }

  async function listen(stream: Stream, _connection: Connection): Promise<void> {
    const timeout = setTimeout(() => stream.abort(new Error('the announcements took too long')), EXCHANGE_TIMEOUT_MS)
    try {
      for await (const line of linesOf(stream, MAX_HEADS)) if (!(await hear(line))) throw new Error('an announcement was malformed')
      await stream.close()
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      clearTimeout(timeout)
    }
  }

  return {
    async start() {
      await libp2p.handle(HEADS_PROTOCOL, listen, { maxInboundStreams: 4, runOnLimitedConnection: true })
      const tellWho = (peer: PeerId) =>
        void tell(peer).catch(() => {
          // It left again, or is busy: gossip will reach it, or the next meeting.
        })
      topology = await libp2p.register(HEADS_PROTOCOL, { notifyOnLimitedConnection: true, onConnect: tellWho })
    },
    async stop() {
      if (topology !== undefined) libp2p.unregister(topology)
      await libp2p.unhandle(HEADS_PROTOCOL)
    },
    remember(announcement) {
      const key = `${announcement.baseId} ${announcement.kind} ${announcement.cid}`
      const before = known.get(key)
      if (before !== undefined && before.at >= announcement.at) return false
      known.delete(key)
      known.set(key, announcement)
      if (known.size > MAX_HEADS) known.delete(known.keys().next().value ?? '')
      return true
    },
  }
}

/** Splits a stream into lines, each no longer than an announcement may be, and no more of them than are ever told. @throws for others */
export async function* linesOf(stream: Stream, most: number): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0)
  let count = 0
  for await (const part of stream) {
    rest = Buffer.concat([rest, part.subarray()])
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      if (++count > most) throw new Error('more announcements than are ever told')
      yield rest.subarray(0, end)
      rest = rest.subarray(end + 1)
    }
    if (rest.byteLength > MAX_ANNOUNCEMENT_BYTES) throw new Error('an announcement is too long')
  }
}
