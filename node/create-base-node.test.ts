import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { collect, createTestNodes, type TestNode } from './base-node-for-tests.ts'
import { createBaseNode } from './create-base-node.ts'
import { nodeErrorCodes } from './errors.ts'
import { startTestLedger, type TestLedger } from './event-index/anvil-for-tests.ts'
import { createJsonRpcSource, type JsonRpcSource } from './event-index/json-rpc-source.ts'
import { findBase, listMemberPeers } from './index.ts'

const nodes = createTestNodes()
const sources: JsonRpcSource[] = []
let ledger: TestLedger
beforeAll(async () => {
  ledger = await startTestLedger()
})
afterEach(async () => {
  await nodes.stopAll()
  for (const source of sources.splice(0)) source.close()
})
afterAll(() => ledger.stop())

const soon = { timeout: 15_000, interval: 50 }
const onLedger = () => {
  const source = createJsonRpcSource({ rpcUrl: ledger.rpcUrl, wsUrl: ledger.wsUrl })
  sources.push(source)
  return { ledger: { source, addresses: ledger.addresses } }
}
const peersOf = (node: TestNode) => node.peer.libp2p.getPeers().map(String)

describe('the node of a base', () => {
  test('starts in order, keeps its folders to itself, tells its numbers, and stops', async () => {
    const lines: string[] = []
    const log = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`)
    const node = await nodes.start({ ...onLedger(), log: { info: log, warn: log, error: log } })
    await node.index?.whenSyncedTo(await ledger.provider.getBlockNumber(), { signal: AbortSignal.timeout(10_000) })
    expect((await readdir(node.dataDir)).filter((name) => !name.startsWith('base.db')).sort()).toEqual(['blocks', 'keys'])
    expect((await stat(join(node.dataDir, 'blocks'))).mode & 0o777).toBe(0o700)
    expect(findBase(node.db, 1)).toMatchObject({ baseId: 1, tier: 1 })
    expect(node.metrics()).toMatchObject({ peer: { knownPeers: 0 }, content: { items: 0 }, index: { state: 'live', lagBlocks: 0 } })
    await nodes.stop(node)
    expect(node.index?.status().state).toBe('stopped')
    expect(lines.join('\n')).toContain('the node is up')
  })

  test('keeps its peer id over a restart', async () => {
    const node = await nodes.start()
    await nodes.stop(node)
    expect((await nodes.start({ dataDir: node.dataDir })).peer.id).toBe(node.peer.id)
  })

  test('leaves nothing running when a part of it cannot start', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-node-'))
    const db = new DatabaseSync(':memory:')
    const node = await createBaseNode({ dataDir, db, listen: [`/ip4/127.0.0.1/tcp/${port}`], clock: () => 0 })
    await expect(node.start()).rejects.toMatchObject({ code: 'NODE_PEER_LISTEN_FAILED' })
    await new Promise((resolve) => server.close(resolve))
    await node.start()
    await node.stop()
    await rm(dataDir, { recursive: true })
  })

  test('finds the bases on the ledger, connects with them, and lets nobody else in', async () => {
    const first = await nodes.start(onLedger())
    const second = await nodes.start(onLedger())
    expect([peersOf(first), peersOf(second)]).toEqual([[], []])
    await joinAsSecondBase(second)
    const { BaseRegistry } = await ledger.actAs(0)
    await (await BaseRegistry.setPeers(1, [first.address])).wait()
    await expect.poll(() => listMemberPeers(first.db).map(({ baseId }) => baseId), soon).toEqual([1, 2])
    await expect.poll(() => peersOf(first), soon).toEqual([second.peer.id])
    const stranger = await nodes.start({ peers: [first.address] })
    await expect.poll(() => first.metrics().peer.refusedConnections, soon).toBeGreaterThan(0)
    expect(peersOf(first)).toEqual([second.peer.id])
    expect(stranger.peer.id).not.toBe(second.peer.id)
    // Second moves to a machine with another key: the ledger says so, and the old one is out.
    await (await (await ledger.actAs(1)).BaseRegistry.setPeers(2, [`/ip4/127.0.0.1/tcp/1/p2p/${stranger.peer.id}`])).wait()
    await expect.poll(() => peersOf(first), soon).toEqual([stranger.peer.id])
  })

  async function joinAsSecondBase(node: TestNode): Promise<void> {
    const { signAdmission } = await import('@guildhall/contracts')
    const { Wallet } = await import('ethers')
    const invite = Wallet.createRandom()
    const [root, joiner] = [await ledger.actAs(0), await ledger.actAs(1)]
    const { timestamp = 0 } = (await ledger.provider.getBlock('latest')) ?? {}
    await (await root.BaseRegistry.createInvite(invite.address, 1, 1, 2, timestamp + 10_000)).wait()
    const { chainId } = await ledger.provider.getNetwork()
    const identity = { didHash: `0x${'02'.repeat(32)}`, didLogDigest: `0x${'03'.repeat(32)}`, didLogCid: '' }
    const account = await (await ledger.provider.getSigner(1)).getAddress()
    const signature = await signAdmission(invite.privateKey, { chainId, address: ledger.addresses.BaseRegistry }, { account, ...identity })
    await (await joiner.BaseRegistry.redeemInvite(1, identity, signature)).wait()
    await (await joiner.BaseRegistry.setPeers(2, [node.address])).wait()
  }
})

describe('what a base keeps for others', () => {
  test('is fetched when it is announced, and given to a third base while the first is down', async () => {
    const first = await nodes.start()
    const evidence = await first.content.add(randomBytes(2_500_000), { holder: 'evidence:1' })
    const second = await nodes.start({ peers: [first.address] })
    await expect.poll(() => peersOf(first), soon).toEqual([second.peer.id])
    await first.peer.announce({ baseId: 1, kind: 'evidence', cid: evidence.cid, at: Math.floor(Date.now() / 1_000) })
    await expect.poll(() => second.content.has(evidence.cid), soon).toBe(true)
    expect(second.content.list()).toMatchObject([{ cid: evidence.cid, holders: ['base:1:evidence'] }])
    await nodes.stop(first)
    const third = await nodes.start({ peers: [second.address], mirror: { kinds: [], maxBytes: 0, maxTotalBytes: 0 } })
    await expect.poll(() => peersOf(second), soon).toEqual([third.peer.id])
    expect(await collect(third.content.get(evidence.cid))).toHaveLength(2_500_000)
    expect(third.content.list()).toEqual([])
  })

  test('is fetched also when it was put there long before they met, and is more than is announced', async () => {
    const ownContents = { holder: 'evidence', kind: 'evidence', baseId: () => 1 } as const
    const first = await nodes.start({ ownContents })
    const put = async (holder: string) => (await first.content.add(randomBytes(64), { holder })).cid
    const mine: string[] = []
    while (mine.length < 530) mine.push(...(await Promise.all(Array.from({ length: 53 }, () => put('evidence')))))
    const other = await put('something else')
    const second = await nodes.start({ peers: [first.address] })
    await expect.poll(() => second.content.list().length, { timeout: 100_000, interval: 100 }).toBe(530)
    const kept = second.content.list()
    expect(new Set(kept.map(({ cid }) => cid))).toEqual(new Set(mine))
    expect([kept.every(({ holders }) => holders.join() === 'base:1:evidence'), second.content.has(other)]).toEqual([true, false])
  }, 150_000)

  test('is fetched when a base that has it comes, and not when it is too large', async () => {
    const second = await nodes.start({ mirror: { kinds: ['did-log'], maxBytes: 1_000, maxTotalBytes: 1_500 } })
    const first = await nodes.start({ peers: [second.address] })
    await expect.poll(() => peersOf(second), soon).toEqual([first.peer.id])
    const small = await first.content.add(randomBytes(900))
    const large = await first.content.add(randomBytes(1_100))
    const other = await first.content.add(randomBytes(800))
    const at = Math.floor(Date.now() / 1_000)
    await first.peer.announce({ baseId: 1, kind: 'did-log', cid: large.cid, at })
    await first.peer.announce({ baseId: 1, kind: 'evidence', cid: other.cid, at })
    await first.peer.announce({ baseId: 1, kind: 'did-log', cid: small.cid, at })
    await expect.poll(() => second.content.list().map(({ cid }) => cid), soon).toEqual([small.cid])
    await expect.poll(() => second.metrics().mirrorWaiting, soon).toBe(0)
    // Together with the first it would be more than is kept for others.
    const more = await first.content.add(randomBytes(901))
    await first.peer.announce({ baseId: 1, kind: 'did-log', cid: more.cid, at })
    await expect.poll(() => second.metrics().peer.announcementsReceived, soon).toBe(4)
    expect(second.content.list()).toHaveLength(1)
  })
})

describe('the codes of errors', () => {
  test('are all thrown somewhere', async () => {
    const { readFile, glob } = await import('node:fs/promises')
    let sources = ''
    for await (const file of glob('**/*.ts', { cwd: import.meta.dirname, exclude: (name) => name.includes('node_modules') })) {
      if (!/\.test\.ts$|^errors\.ts$/.test(file)) sources += await readFile(join(import.meta.dirname, file), 'utf8')
    }
    const unused = Object.keys(nodeErrorCodes).filter((code) => !sources.includes(`'${code}'`))
    expect(unused).toEqual([])
  })
})
