import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { collect, connected, createTestNodes, type TestNode } from '../base-node-for-tests.ts'
import { openThrottledLink, type ThrottledLink } from './throttled-link-for-tests.ts'

const nodes = createTestNodes()
const links: ThrottledLink[] = []
afterEach(async () => {
  await nodes.stopAll()
  for (const link of links.splice(0)) await link.stop()
})

async function pair(): Promise<[TestNode, TestNode]> {
  const first = await nodes.start()
  const second = await nodes.start({ peers: [first.address] })
  await connected(second)
  return [first, second]
}

async function overLink(first: TestNode, bytesPerSecond: number): Promise<{ link: ThrottledLink; second: TestNode }> {
  const link = await openThrottledLink(Number(/tcp\/(\d+)/.exec(first.address)?.[1]), bytesPerSecond)
  links.push(link)
  const second = await nodes.start({ peers: [`/ip4/127.0.0.1/tcp/${link.port}/p2p/${first.peer.id}`] })
  await connected(second)
  return { link, second }
}

describe('contents between bases', () => {
  test('come from another base by CID, 20 MB, with progress in bytes of the content', async () => {
    const [first, second] = await pair()
    const bytes = randomBytes(20_000_000)
    const { cid } = await first.content.add(bytes)
    const seen: { bytes: number; total?: number }[] = []
    expect((await collect(second.content.get(cid, { onProgress: (done) => seen.push(done) }))).equals(bytes)).toBe(true)
    expect(seen.at(-1)).toEqual({ bytes: 20_000_000, total: 20_000_000 })
    expect(second.content.totals()).toMatchObject({ items: 0, fetchedBlocks: 21, stalls: 0 })
    expect(second.content.has(cid)).toBe(false)
    expect((await collect(second.content.get(cid, { offset: 19_999_990, length: 10 }))).equals(bytes.subarray(19_999_990))).toBe(true)
    expect((await second.content.getBlock(cid)).byteLength).toBeGreaterThan(100)
  })

  test('are replicated, and then served to a third base while the first is down', async () => {
    const [first, second] = await pair()
    const log = Buffer.from('{"versionId":"1-Qm…"}\n')
    const ciphertext = randomBytes(3_000_000)
    const didLog = await first.content.add(log, { holder: 'did-log' })
    const evidence = await first.content.add(ciphertext, { holder: 'evidence:1' })
    await second.content.replicate(didLog.cid, { holder: 'base:1' })
    expect(await second.content.replicate(evidence.cid, { holder: 'base:1' })).toEqual(evidence)
    expect(second.content.listUnfinished()).toEqual([])
    expect((await second.content.verify()).damaged).toEqual([])
    await nodes.stop(first)
    const third = await nodes.start({ peers: [second.address] })
    await connected(third)
    expect((await collect(third.content.get(didLog.cid))).equals(log)).toBe(true)
    expect((await collect(third.content.get(evidence.cid))).equals(ciphertext)).toBe(true)
  })

  test('go on where they were when a replication was interrupted and the base started again', async () => {
    const [first, second] = await pair()
    const bytes = randomBytes(12_000_000)
    const { cid } = await first.content.add(bytes)
    const abort = new AbortController()
    const interrupted = second.content.replicate(cid, {
      holder: 'mirror',
      signal: abort.signal,
      onProgress: (done) => done.bytes > 5_000_000 && abort.abort(new Error('switched off')),
    })
    await expect(interrupted).rejects.toThrow('switched off')
    expect(second.content.list()).toEqual([])
    expect(second.content.listUnfinished()).toEqual([{ cid, holder: 'mirror' }])
    await nodes.stop(second)
    const again = await nodes.start({ dataDir: second.dataDir, peers: [first.address] })
    await connected(again)
    expect(again.content.listUnfinished()).toEqual([{ cid, holder: 'mirror' }])
    await again.content.replicate(cid, { holder: 'mirror' })
    expect(again.content.totals().fetchedBlocks).toBeLessThan(10)
    expect(again.content.listUnfinished()).toEqual([])
    expect((await collect(again.content.get(cid, { local: true }))).equals(bytes)).toBe(true)
  })

  test('are refused when they are longer than allowed', async () => {
    const [first, second] = await pair()
    const { cid } = await first.content.add(randomBytes(3_000_000))
    await expect(second.content.replicate(cid, { maxBytes: 2_000_000 })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' })
    expect(second.content.listUnfinished()).toEqual([])
  })

  test('stop at once when they are aborted, and another reader of the same content is not disturbed', async () => {
    const [first, second] = await pair()
    const bytes = randomBytes(8_000_000)
    const { cid } = await first.content.add(bytes)
    const abort = new AbortController()
    const reading = collect(second.content.get(cid, { signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) }))
    const other = collect(second.content.get(cid))
    await expect(reading).rejects.toThrow('enough')
    expect((await other).equals(bytes)).toBe(true)
    expect(second.content.list()).toEqual([])
  })

  test('that nobody has are said to be nowhere, in the time that was given', async () => {
    const [, second] = await pair()
    const began = performance.now()
    const nowhere = second.content.get('bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4', { stallTimeoutMs: 300 })
    await expect(collect(nowhere)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' })
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('that are damaged on one disk are fetched anew from another, and never given away damaged', async () => {
    const [first, second] = await pair()
    const bytes = randomBytes(2_500_000)
    const { cid } = await first.content.add(bytes)
    await second.content.replicate(cid)
    await damageOneLeaf(first)
    expect((await collect(first.content.get(cid))).equals(bytes)).toBe(true)
    expect(first.content.totals().damagedBlocks).toBe(1)
    await damageOneLeaf(first, 1)
    expect(await first.content.verify({ repair: true })).toMatchObject({ damaged: [{ state: 'damaged', isRepaired: true }] })
    expect((await first.content.verify()).damaged).toEqual([])
    await damageOneLeaf(first)
    await nodes.stop(second)
    const third = await nodes.start({ peers: [first.address] })
    await connected(third)
    await expect(collect(third.content.get(cid, { stallTimeoutMs: 300 }))).rejects.toMatchObject({
      code: expect.stringMatching(/CONTENT_(NOT_FOUND|STALLED)/),
    })
  })

  test('come over a slow link at the speed of the link (250 kB/s)', async () => {
    const first = await nodes.start()
    const bytes = randomBytes(1_500_000)
    const { cid } = await first.content.add(bytes)
    const { second } = await overLink(first, 250_000)
    const began = performance.now()
    expect((await collect(second.content.get(cid, { stallTimeoutMs: 3_000 }))).equals(bytes)).toBe(true)
    const seconds = (performance.now() - began) / 1_000
    console.info(`1.5 MB over 250 kB/s: ${seconds.toFixed(1)} s (the link alone needs 6.0)`)
    expect(seconds).toBeLessThan(9)
    expect(second.content.totals().stalls).toBe(0)
  })

  test('over a link that goes dead end with an error that says so, and what had come is kept', async () => {
    const first = await nodes.start()
    const { cid } = await first.content.add(randomBytes(6_000_000))
    const { link, second } = await overLink(first, 2_000_000)
    const reading = second.content.replicate(cid, { stallTimeoutMs: 500, onProgress: ({ bytes }) => bytes > 2_000_000 && link.freeze() })
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/CONTENT_(STALLED|NOT_FOUND)/) })
    expect(second.content.list()).toEqual([])
    expect(second.content.listUnfinished()).toHaveLength(1)
    const kept = second.content.totals().fetchedBlocks
    const direct = await nodes.stop(second).then(() => nodes.start({ dataDir: second.dataDir, peers: [first.address] }))
    await connected(direct)
    await direct.content.replicate(cid)
    expect(direct.content.totals().fetchedBlocks + kept).toBeLessThanOrEqual(8)
  })
})

/** Changes a byte of one of the large blocks: the first, or as many further on as `skip` says. */
async function damageOneLeaf({ dataDir }: TestNode, skip = 0): Promise<void> {
  const root = join(dataDir, 'blocks')
  let left = skip
  for (const folder of await readdir(root)) {
    if (folder.startsWith('.')) continue
    for (const file of await readdir(join(root, folder))) {
      const path = join(root, folder, file)
      const bytes = await readFile(path)
      if (bytes.byteLength < 10_000 || left-- > 0) continue
      bytes[5_000] = (bytes[5_000] ?? 0) ^ 1
      await writeFile(path, bytes)
      return
    }
  }
}
