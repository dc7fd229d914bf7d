import type { Connection, Libp2p, PeerId, PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Announcement, signAnnouncement } from './announcement.ts'
import { linesOf } from './head-exchange.ts'

/** Spoken by a base that asks another one what it has put on the network, a page at a time: a line of question, and back the announcements. */
const HELD_PROTOCOL = '/guildhall/held/1.0.0'
/** Announcements in one answer, and answers that are asked for at one meeting. */
const HELD_PAGE = 256
const MAX_PAGES = 200
/** Answers that one base is given in a minute: each costs a page of signatures. */
const PAGES_A_MINUTE = 240
const PAGE_TIMEOUT_MS = 30_000
/** How often those are asked again who could not be asked, or believed, before. */
const RETRY_MS = 15_000

/** A place in the order in which a base tells what it holds: by time (UnixSeconds), then by CID. */
export interface HeldPlace {
  readonly at: number
  readonly cid: string
}

/** What the exchange asks of the base that it serves. */
export interface HeldContents {
  /** What the base itself has put on the network, in that order, after a place; at most so many. */
  list(after: HeldPlace | undefined, limit: number): Announcement[]
  /** Whether it would keep more for others now. */
  wants(): boolean
}

/** Tells who asks, and asks whoever is met. */
export interface HeldExchange {
  start(): Promise<void>
  stop(): Promise<void>
}

interface HeldInit {
  libp2p: Libp2p
  privateKey: PrivateKey
  held: HeldContents
  /** Gets each announcement that came, as bytes. */
  hear: (bytes: Uint8Array) => Promise<'accept' | 'ignore' | 'reject'>
  /** UnixSeconds. */
  now: () => number
}

/** Makes the two sides: what was announced before two bases met, however long ago, is learned in pages. */
export function createHeldExchange(init: HeldInit): HeldExchange {
  const { libp2p, privateKey, held } = init
  const mayAsk = createLimit(init.now)
  const asking = createAsking(init)
  let topology: string | undefined

  async function listen(stream: Stream, { remotePeer }: Connection): Promise<void> {
    const timeout = setTimeout(() => stream.abort(new Error('the question took too long')), PAGE_TIMEOUT_MS)
    try {
      const after = await readQuestion(stream)
      if (!mayAsk(remotePeer.toString())) throw new Error('no more pages for now')
      const page = await Promise.all(held.list(after, HELD_PAGE).map((one) => signAnnouncement(one, privateKey)))
      await writeLines(
        stream,
        page.map(({ bytes }) => bytes),
        AbortSignal.timeout(PAGE_TIMEOUT_MS),
      )
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      clearTimeout(timeout)
    }
  }

  return {
    async start() {
      await libp2p.handle(HELD_PROTOCOL, listen, { maxInboundStreams: 2, runOnLimitedConnection: true })
      topology = await libp2p.register(HELD_PROTOCOL, {
        notifyOnLimitedConnection: true,
        onConnect: asking.meet,
        onDisconnect: asking.leave,
      })
    },
    async stop() {
      if (topology !== undefined) libp2p.unregister(topology)
      await asking.stop()
      await libp2p.unhandle(HELD_PROTOCOL)
    },
  }
}

/** Asks one base after the other, each from where it was left, and again later who could not be asked to the end. */
function createAsking({ libp2p, held, hear }: HeldInit) {
  const due = new Set<string>()
  const places = new Map<string, HeldPlace>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  const timer = setInterval(run, RETRY_MS)
  timer.unref()

  function run(): void {
    if (stopping.signal.aborted || due.size === 0) return
    running ??= askThem().finally(() => {
      running = undefined
    })
  }

  async function askThem(): Promise<void> {
    for (const peerId of due) {
      const isDone = await askAll(peerId).catch(() => false)
      if (isDone) due.delete(peerId)
    }
  }

  /** True when there is nothing more to ask for now. */
  async function askAll(peerId: string): Promise<boolean> {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      if (stopping.signal.aborted || !due.has(peerId) || !held.wants()) return false
      const after = places.get(peerId)
      const lines = await askPage(libp2p, peerId, { after, signal: stopping.signal })
      const last = await hearAll(lines, { peerId, after, hear })
      // Nothing was believed: the ledger may not have been read so far yet as to know whose base it is.
      if (lines.length > 0 && last === undefined) return false
      if (last !== undefined) places.set(peerId, last)
      if (lines.length < HELD_PAGE) return true
    }
    return true
  }

  return {
    meet(peer: PeerId): void {
      due.add(peer.toString())
      run()
    },
    leave: (peer: PeerId) => void due.delete(peer.toString()),
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}

async function askPage(
  libp2p: Libp2p,
  peerId: string,
  { after, signal }: { after: HeldPlace | undefined; signal: AbortSignal },
): Promise<Uint8Array[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PAGE_TIMEOUT_MS)])
  const stream = await libp2p.dialProtocol(peerIdFromString(peerId), HELD_PROTOCOL, { signal: limit, runOnLimitedConnection: true })
  const abort = () => stream.abort(new Error('the answer took too long'))
  limit.addEventListener('abort', abort, { once: true })
  try {
    const question = Buffer.from(JSON.stringify(after === undefined ? {} : { at: after.at, cid: after.cid }))
    const [lines] = await Promise.all([collect(linesOf(stream, HELD_PAGE)), writeLines(stream, [question], limit)])
    return lines
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    limit.removeEventListener('abort', abort)
  }
}

type Hearing = { peerId: string; after: HeldPlace | undefined; hear: HeldInit['hear'] }

/** The place of the last line when at least one was believed. @throws when a line is malformed, another's, or not in its order */
async function hearAll(lines: readonly Uint8Array[], { peerId, after, hear }: Hearing): Promise<HeldPlace | undefined> {
  let last = after
  let believed = 0
  for (const line of lines) {
    const verdict = await hear(line)
    if (verdict === 'reject') throw new Error('an announcement was malformed')
    const { at, cid, peerId: signer } = JSON.parse(Buffer.from(line).toString('utf8')) as Announcement & { peerId: string }
    if (signer !== peerId) throw new Error('a base tells what is not its own')
    if (last !== undefined && (at < last.at || (at === last.at && cid <= last.cid))) throw new Error('a base tells out of order')
    last = { at, cid }
    if (verdict === 'accept') believed += 1
  }
  return believed > 0 ? last : undefined
}

/** One line, at most as long as an announcement: `{}` for the beginning, or a place. @throws for anything else */
async function readQuestion(stream: Stream): Promise<HeldPlace | undefined> {
  for await (const line of linesOf(stream, 1)) return parseHeldQuestion(line)
  throw new Error('there was no question')
}

/** Reads a question: `{}` for the beginning, or `{ at, cid }`. @throws Error for anything else */
export function parseHeldQuestion(line: Uint8Array): HeldPlace | undefined {
  const { at, cid, ...rest } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)) as Record<string, unknown>
  if (Object.keys(rest).length > 0) throw new Error('the question has members that were not agreed')
  if (at === undefined && cid === undefined) return undefined
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) throw new Error('the time is not UnixSeconds')
  if (typeof cid !== 'string' || !/^[a-z2-7]{1,127}$/.test(cid)) throw new Error('the CID is none')
  return { at, cid }
}

async function writeLines(stream: Stream, lines: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))
  if (bytes.byteLength > 0 && !stream.send(bytes)) await stream.onDrain({ signal })
  await stream.close({ signal })
}

async function collect(lines: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const line of lines) all.push(line)
  return all
}

/** So many pages a minute for each base, counted anew every minute. */
function createLimit(now: () => number): (peerId: string) => boolean {
  let minute = 0
  const asked = new Map<string, number>()
  return (peerId) => {
    const present = Math.floor(now() / 60)
    if (present !== minute) asked.clear()
    minute = present
    const count = (asked.get(peerId) ?? 0) + 1
    asked.set(peerId, count)
    return count <= PAGES_A_MINUTE
  }
}
