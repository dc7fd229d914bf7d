import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import fc from 'fast-check'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createPeer, type Peer, type PeerInit } from '../create-peer.ts'
import { signAnnouncement } from './announcement.ts'
import { type HeldContents, type HeldPlace, parseHeldQuestion } from './held-exchange.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})
const soon = { timeout: 20_000, interval: 50 }
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_122)
console.info(`held exchange property test: seed ${seed}`)
let cids: string[]
beforeAll(async () => {
  const make = async (number: number) => CID.createV1(raw.code, await sha256.digest(Buffer.from(String(number)))).toString()
  cids = await Promise.all(Array.from({ length: 1_000 }, (_, number) => make(number)))
})

async function start(init: Partial<PeerInit> = {}): Promise<Peer> {
  const peer = await createPeer({
    privateKey: await generateKeyPair('Ed25519'),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    isMember: () => true,
    speaksFor: () => true,
    now: () => Math.floor(Date.now() / 1_000),
    ...init,
  })
  await peer.start()
  stops.push(() => peer.stop())
  return peer
}
const know = (peer: Peer, other: Peer) => peer.setKnownPeers([{ peerId: other.id, addresses: other.addresses() }])
const asker: HeldContents = { list: () => [], wants: () => true }
/** Holds the first so many of the CIDs, ten in a second, and counts how often it was asked. */
function holder(count: () => number) {
  const asked: (HeldPlace | undefined)[] = []
  const all = () =>
    cids.slice(0, count()).map((cid, index) => ({ baseId: 1, kind: 'evidence' as const, cid, at: 1_700_000_000 + Math.floor(index / 10) }))
  const isAfter = (place: HeldPlace | undefined) => (one: HeldPlace) =>
    place === undefined || one.at > place.at || (one.at === place.at && one.cid > place.cid)
  const held: HeldContents = {
    wants: () => false,
    list(after, limit) {
      asked.push(after)
      const sorted = all().sort((one, other) => one.at - other.at || (one.cid < other.cid ? -1 : 1))
      return sorted.filter(isAfter(after)).slice(0, limit)
    },
  }
  return { held, asked }
}
const hear = (peer: Peer) => {
  const heard: string[] = []
  peer.on({ onAnnouncement: ({ cid }) => void heard.push(cid) })
  return heard
}

describe('what a base has put on the network', () => {
  test('is learned to the last by one that comes later, in pages, and only what is new at the next meeting', async () => {
    let count = 990
    const { held, asked } = holder(() => count)
    const first = await start({ held })
    const late = await start({ held: asker })
    const heard = hear(late)
    know(late, first)
    await expect.poll(() => heard.length, soon).toBe(990)
    expect([new Set(heard), asked.length]).toEqual([new Set(cids.slice(0, 990)), 4])
    count = 1_000
    late.setKnownPeers([])
    await late.libp2p.hangUp(first.libp2p.peerId)
    know(late, first)
    await expect.poll(() => heard.length, soon).toBe(1_000)
    expect(asked.length).toBe(5)
  })

  test('is not asked for by a base that keeps nothing for others, and not believed from one that does not speak for it', async () => {
    const { held, asked } = holder(() => 10)
    const first = await start({ held })
    const full = await start({ held: { ...asker, wants: () => false } })
    const doubting = await start({ held: asker, speaksFor: () => false })
    const heard = [hear(full), hear(doubting)]
    know(full, first)
    know(doubting, first)
    await expect.poll(() => asked.length, soon).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect([asked.length, heard]).toEqual([1, [[], []]])
  })

  test('is given up where a base tells the same over and over, or too much', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    let answers = 0
    const page = await Promise.all(
      cids.slice(0, 256).map((cid) => signAnnouncement({ baseId: 1, kind: 'evidence', cid, at: 1 }, privateKey)),
    )
    const hostile = await createLibp2p({
      privateKey,
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [tls()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    })
    stops.push(() => hostile.stop())
    await hostile.handle('/guildhall/held/1.0.0', async (stream) => {
      answers += 1
      const sorted = page.map(({ bytes, signed }) => ({ bytes, cid: signed.cid })).sort((one, other) => (one.cid < other.cid ? -1 : 1))
      stream.send(Buffer.concat(sorted.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])))
      await stream.close()
    })
    const peer = await start({ held: asker })
    const heard = hear(peer)
    peer.setKnownPeers([{ peerId: hostile.peerId.toString(), addresses: hostile.getMultiaddrs().map(String) }])
    await expect.poll(() => answers, soon).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect([answers, new Set(heard).size]).toEqual([2, 256])
  })

  test('is asked for with a place and nothing else: any other question is refused', () => {
    expect(parseHeldQuestion(Buffer.from('{}'))).toBeUndefined()
    expect(parseHeldQuestion(Buffer.from('{"at":5,"cid":"bafk"}'))).toEqual({ at: 5, cid: 'bafk' })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
    )
    const run = (question: Uint8Array) => {
      try {
        const place = parseHeldQuestion(question)
        expect(place === undefined || (Number.isSafeInteger(place.at) && place.cid.length < 128)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }
    fc.assert(fc.property(bytes, run), { numRuns: 1_000, seed })
    for (const question of ['{"at":-1,"cid":"b"}', '{"at":1,"cid":"../x"}', '{"at":1}', '{"at":1,"cid":"b","x":1}', 'null', '[1]'])
      expect(() => parseHeldQuestion(Buffer.from(question))).toThrow()
  })
})
