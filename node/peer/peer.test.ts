import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterEach, describe, expect, test } from 'vitest'
import type { SignedAnnouncement } from './announcements/announcement.ts'
import { ANNOUNCE_TOPIC } from './announcements/announcement.ts'
import { createPeer, type Peer, type PeerInit } from './create-peer.ts'
import { backoffMs, parsePeerAddress } from './dial-bases.ts'
import { loadPeerKey } from './peer-key.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function start(init: Partial<PeerInit> = {}): Promise<Peer> {
  const peer = await createPeer({
    privateKey: init.privateKey ?? (await generateKeyPair('Ed25519')),
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

const know = (peer: Peer, ...others: Peer[]) =>
  peer.setKnownPeers(others.map((other) => ({ peerId: other.id, addresses: other.addresses() })))
const isConnected = (peer: Peer, other: Peer) => peer.libp2p.getPeers().some((id) => id.toString() === other.id)
const soon = { timeout: 15_000, interval: 50 }
const announcement = { baseId: 1, kind: 'evidence', cid: 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4' } as const

describe('a peer', () => {
  test('connects with the bases it knows, over TLS and yamux, and joins nothing else', async () => {
    const first = await start()
    const second = await start()
    know(second, first)
    await expect.poll(() => isConnected(first, second), soon).toBe(true)
    const [connection] = second.libp2p.getConnections()
    expect([connection?.encryption, connection?.multiplexer]).toEqual(['/tls/1.0.0', '/yamux/1.0.0'])
    await expect.poll(() => second.peerStates(), soon).toMatchObject([{ peerId: first.id, state: 'connected', failedAttempts: 0 }])
    const protocols = first.libp2p.getProtocols()
    expect(protocols.filter((name) => /kad|mdns|autonat|upnp|floodsub/.test(name))).toEqual([])
    expect(first.totals()).toMatchObject({ connectedPeers: 1, refusedConnections: 0 })
  })

  test('connects again when the other base was away', async () => {
    const key = await generateKeyPair('Ed25519')
    const port = await freePort()
    const before = await start({ privateKey: key, listen: [`/ip4/127.0.0.1/tcp/${port}`] })
    const second = await start()
    know(second, before)
    await expect.poll(() => isConnected(second, before), soon).toBe(true)
    await before.stop()
    await expect.poll(() => second.peerStates()[0]?.lastProblem, soon).toBeDefined()
    expect(second.peerStates()[0]?.state).not.toBe('connected')
    const after = await start({ privateKey: key, listen: [`/ip4/127.0.0.1/tcp/${port}`] })
    await expect.poll(() => isConnected(after, second), soon).toBe(true)
  })

  test('lets members in and turns others away, which is to be seen on its own side', async () => {
    const [member, stranger] = await Promise.all([start(), start()])
    const refused: string[] = []
    const members = new Set([member.id])
    const first = await start({ isMember: (peerId) => members.has(peerId) })
    first.on({ onRefused: (peerId) => refused.push(peerId) })
    know(member, first)
    know(stranger, first)
    await expect.poll(() => isConnected(first, member), soon).toBe(true)
    await expect.poll(() => refused, soon).toContain(stranger.id)
    expect(isConnected(first, stranger)).toBe(false)
    expect(first.totals().refusedConnections).toBeGreaterThan(0)
    await expect.poll(() => isConnected(stranger, first), soon).toBe(false)
  })

  test('hangs up on a base that is a member no more, and does not dial it either', async () => {
    const other = await start()
    const members = new Set([other.id])
    const first = await start({ isMember: (peerId) => members.has(peerId) })
    know(first, other)
    await expect.poll(() => isConnected(other, first), soon).toBe(true)
    members.delete(other.id)
    await first.applyMembership()
    await expect.poll(() => isConnected(other, first), soon).toBe(false)
    await expect.poll(() => first.peerStates(), soon).toMatchObject([{ state: 'not-admitted' }])
  })

  test('says plainly that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    stops.push(() => new Promise((resolve) => server.close(resolve)))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await expect(start({ listen: [`/ip4/127.0.0.1/tcp/${port}`] })).rejects.toMatchObject({ code: 'NODE_PEER_LISTEN_FAILED' })
  })
})

describe('announcements', () => {
  const hear = (peer: Peer): SignedAnnouncement[] => {
    const heard: SignedAnnouncement[] = []
    peer.on({ onAnnouncement: (one) => heard.push(one) })
    return heard
  }

  test('reach a base that is connected only through another', async () => {
    const [first, middle, last] = await Promise.all([start(), start(), start()])
    const heard = hear(last)
    know(first, middle)
    know(last, middle)
    await expect.poll(() => middle.libp2p.getPeers().length, soon).toBe(2)
    const sent = await announceWhenSubscribed(first, middle)
    await expect.poll(() => heard, soon).toEqual([sent])
    expect(sent.peerId).toBe(first.id)
  })

  test('are told to a base that comes later, also by others than the one who made them', async () => {
    const [first, middle] = await Promise.all([start(), start()])
    know(first, middle)
    await expect.poll(() => isConnected(middle, first), soon).toBe(true)
    const known = hear(middle)
    const sent = await announceWhenSubscribed(first, middle)
    await expect.poll(() => known, soon).toEqual([sent])
    await first.stop()
    const late = await start()
    const heard = hear(late)
    know(late, middle)
    await expect.poll(() => heard, soon).toEqual([sent])
  })

  test('are not believed from a peer that does not speak for the base, nor from the future', async () => {
    const first = await start()
    const second = await start({ speaksFor: (peerId, baseId) => peerId === first.id && baseId === 1 })
    const heard = hear(second)
    know(second, first)
    await expect.poll(() => isConnected(first, second), soon).toBe(true)
    const now = Math.floor(Date.now() / 1_000)
    await announceWhenSubscribed(first, second, { ...announcement, baseId: 2, at: now })
    await first.announce({ ...announcement, at: now + 100_000 })
    const good = await first.announce({ ...announcement, at: now })
    await expect.poll(() => heard, soon).toEqual([good])
    expect(second.totals()).toMatchObject({ announcementsReceived: 1, announcementsRejected: 0 })
  })

  test('that are rubbish are rejected and counted', async () => {
    const [first, second] = await Promise.all([start(), start()])
    const heard = hear(second)
    know(second, first)
    await expect.poll(() => isConnected(first, second), soon).toBe(true)
    await subscribed(first, second)
    const { pubsub } = first.libp2p.services as { pubsub: { publish(topic: string, data: Uint8Array): Promise<unknown> } }
    await pubsub.publish(ANNOUNCE_TOPIC, Buffer.from('{"baseId":1}'))
    await expect.poll(() => second.totals().announcementsRejected, soon).toBe(1)
    expect(heard).toEqual([])
  })

  async function subscribed(sender: Peer, receiver: Peer): Promise<void> {
    const { pubsub } = sender.libp2p.services as { pubsub: { getSubscribers(topic: string): { toString(): string }[] } }
    await expect.poll(() => pubsub.getSubscribers(ANNOUNCE_TOPIC).map(String), soon).toContain(receiver.id)
  }

  async function announceWhenSubscribed(
    sender: Peer,
    receiver: Peer,
    what: Parameters<Peer['announce']>[0] = { ...announcement, at: Math.floor(Date.now() / 1_000) },
  ) {
    await subscribed(sender, receiver)
    return sender.announce(what)
  }
})

describe('a relay', () => {
  test('keeps a place for the peer through a restart of the relay, and carries a connection', async () => {
    const key = await generateKeyPair('Ed25519')
    const port = await freePort()
    const address = `/ip4/127.0.0.1/tcp/${port}/p2p/${peerIdFromPrivateKey(key)}`
    const before = await startRelay(key, port)
    const hidden = await start({ listen: [], relays: [address], relayCheckMs: 300 })
    const viaRelay = () => hidden.addresses().filter((one) => one.includes('/p2p-circuit'))
    await expect.poll(viaRelay, soon).toHaveLength(1)
    await before.stop()
    await expect.poll(viaRelay, soon).toHaveLength(0)
    const after = await startRelay(key, port)
    stops.push(async () => after.stop())
    await expect.poll(viaRelay, soon).toHaveLength(1)
    const other = await start()
    other.setKnownPeers([{ peerId: hidden.id, addresses: viaRelay() }])
    await expect.poll(() => isConnected(hidden, other), soon).toBe(true)
  })

  test('that is down does not keep the peer from starting', async () => {
    const key = await generateKeyPair('Ed25519')
    const peer = await start({ relays: [`/ip4/127.0.0.1/tcp/${await freePort()}/p2p/${peerIdFromPrivateKey(key)}`] })
    expect(peer.addresses()).toHaveLength(1)
  })

  async function startRelay(privateKey: PrivateKey, port: number) {
    return createLibp2p({
      privateKey,
      addresses: { listen: [`/ip4/127.0.0.1/tcp/${port}`] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), relay: circuitRelayServer() },
    })
  }
})

describe('the key of a peer', () => {
  test('is made once, kept to its owner, and refused when others may read it or when it is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guildhall-key-'))
    stops.push(() => rm(folder, { recursive: true }))
    const file = join(folder, 'peer.key')
    const key = await loadPeerKey(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await loadPeerKey(file)).equals(key)).toBe(true)
    await chmod(file, 0o644)
    await expect(loadPeerKey(file)).rejects.toMatchObject({ code: 'NODE_PEER_KEY_UNREADABLE' })
    await chmod(file, 0o600)
    await writeFile(file, (await readFile(file)).subarray(0, 20))
    await expect(loadPeerKey(file)).rejects.toMatchObject({ code: 'NODE_PEER_KEY_UNREADABLE' })
  })
})

describe('an address of a base', () => {
  test('must say whose it is', () => {
    const peerId = '12D3KooWNP3dUTgFsHBx6LYB8KvACmGk5CLqZEBetWX4GRkVbdNX'
    expect(parsePeerAddress(`/dns4/base.example/tcp/4101/p2p/${peerId}`)).toEqual({
      peerId,
      addresses: [`/dns4/base.example/tcp/4101/p2p/${peerId}`],
    })
    for (const text of ['', 'base.example:4101', '/ip4/127.0.0.1/tcp/4101', '/ip4/127.0.0.1/tcp/4101/p2p/nobody']) {
      expect(() => parsePeerAddress(text)).toThrow(expect.objectContaining({ code: 'NODE_PEER_ADDRESS_INVALID' }))
    }
  })
})

describe('the pause before a base is dialled again', () => {
  test('doubles up to a minute, a quarter more or less by chance', () => {
    expect([1, 2, 3, 4, 7, 40].map((attempts) => backoffMs(attempts, 0.5))).toEqual([1_000, 2_000, 4_000, 8_000, 60_000, 60_000])
    expect([backoffMs(3, 0), backoffMs(3, 1)]).toEqual([3_000, 5_000])
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
