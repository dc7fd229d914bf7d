import { randomBytes } from 'node:crypto'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unixfs } from '@helia/unixfs'
import { FsBlockstore } from 'blockstore-fs'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import { afterEach, describe, expect, test } from 'vitest'
import { collect, createTestNodes, type TestNode } from '../base-node-for-tests.ts'
import { cidFromDigest } from './content-cid.ts'
import { getSealed, sealAndAdd } from './seal/seal-content.ts'

const nodes = createTestNodes()
afterEach(nodes.stopAll)

/** The files of all blocks on disk, by name. */
async function blockFiles({ dataDir }: TestNode): Promise<string[]> {
  const root = join(dataDir, 'blocks')
  const folders = (await readdir(root)).filter((folder) => !folder.startsWith('.'))
  return (
    await Promise.all(folders.map(async (folder) => (await readdir(join(root, folder))).map((file) => join(root, folder, file))))
  ).flat()
}

async function damage(file: string): Promise<void> {
  const bytes = await readFile(file)
  bytes[bytes.byteLength >> 1] = (bytes[bytes.byteLength >> 1] ?? 0) ^ 1
  await writeFile(file, bytes)
}

describe('the contents of a base', () => {
  test('are added with progress, listed, measured, and read back whole or in part', async () => {
    const { content } = await nodes.start()
    const bytes = randomBytes(3_500_000)
    const progress: number[] = []
    const { cid } = await content.add([bytes], { holder: 'evidence:1', onProgress: (done) => progress.push(done.bytes) })
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(progress.at(-1)).toBe(bytes.byteLength)
    expect(content.has(cid)).toBe(true)
    expect(await content.stat(cid)).toEqual({ cid, bytes: bytes.byteLength, holders: ['evidence:1'] })
    expect(content.list()).toEqual([{ cid, bytes: bytes.byteLength, addedAt: expect.any(Number), holders: ['evidence:1'] }])
    expect((await collect(content.get(cid))).equals(bytes)).toBe(true)
    const read: unknown[] = []
    const range = { offset: 1_000_000, length: 1_100_000, onProgress: (done: object) => read.push(done) }
    expect((await collect(content.get(cid, range))).equals(bytes.subarray(1_000_000, 2_100_000))).toBe(true)
    expect(read.at(-1)).toEqual({ bytes: 1_100_000, total: 1_100_000 })
    expect(content.totals()).toMatchObject({ items: 1, bytes: bytes.byteLength, blocks: 5, damagedBlocks: 0 })
  })

  test('lie where Helia on blockstore-fs finds them', async () => {
    const { content, dataDir } = await nodes.start()
    const bytes = randomBytes(2_100_000)
    const { cid } = await content.add(bytes)
    const helia = await createHeliaLight({ blockstore: new FsBlockstore(join(dataDir, 'blocks')) }).start()
    expect((await collect(unixfs(helia).cat(CID.parse(cid), { offline: true }))).equals(bytes)).toBe(true)
    await helia.stop()
  })

  test('of up to 1 MiB are found by their SHA-256 alone', async () => {
    const { content } = await nodes.start()
    const { cid } = await content.add(Buffer.from('hello world\n'))
    expect(cidFromDigest('0xa948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447')).toBe(cid)
  })

  test('stay as long as one holder needs them, and take along only blocks that nothing else needs', async () => {
    const node = await nodes.start()
    const { content } = node
    const common = randomBytes(1_048_576)
    const first = await content.add([common, Buffer.from('first')], { holder: 'a' })
    await content.add([common, Buffer.from('first')], { holder: 'b' })
    await content.add([common, Buffer.from('first')], { holder: 'b' })
    const second = await content.add([common, Buffer.from('second')], { holder: 'a' })
    await content.remove(first.cid, { holder: 'a' })
    expect(await collect(content.get(first.cid, { local: true }))).toHaveLength(first.bytes)
    await content.remove(first.cid, { holder: 'b' })
    expect(content.list().map(({ cid }) => cid)).toEqual([second.cid])
    expect((await collect(content.get(second.cid, { local: true }))).subarray(0, common.byteLength).equals(common)).toBe(true)
    await expect(content.remove(first.cid, { holder: 'b' })).rejects.toMatchObject({ code: 'CONTENT_NOT_HELD' })
    await content.remove(second.cid, { holder: 'a' })
    expect(await blockFiles(node)).toEqual([])
  })

  test('are not half there after an abort or a failing source', async () => {
    const node = await nodes.start()
    const abort = new AbortController()
    async function* slow() {
      for (let count = 0; count < 6; count++) {
        yield randomBytes(1_048_576)
        if (count === 3) abort.abort(new Error('no longer wanted'))
      }
    }
    await expect(node.content.add(slow(), { signal: abort.signal })).rejects.toThrow('no longer wanted')
    async function* failing() {
      yield randomBytes(2_000_000)
      throw new Error('the printer was switched off')
    }
    await expect(node.content.add(failing())).rejects.toThrow('the printer was switched off')
    expect(node.content.list()).toEqual([])
    expect(await blockFiles(node)).toEqual([])
  })

  test('survive a remove of the same content that runs at the same time', async () => {
    const { content } = await nodes.start()
    const bytes = randomBytes(4_000_000)
    for (let round = 0; round < 5; round++) {
      const { cid } = await content.add(bytes, { holder: 'old' })
      await Promise.all([content.add(bytes, { holder: 'new' }), content.remove(cid, { holder: 'old' })])
      expect((await collect(content.get(cid, { local: true }))).equals(bytes)).toBe(true)
      await content.remove(cid, { holder: 'new' })
    }
  })

  test('are never served damaged, and a check names what is damaged or lost', async () => {
    const node = await nodes.start()
    const { content } = node
    const { cid } = await content.add(randomBytes(2_500_000))
    const [first = '', second = ''] = await blockFiles(node)
    await damage(first)
    await damage(second)
    await expect(collect(content.get(cid, { local: true }))).rejects.toMatchObject({ code: 'CONTENT_BLOCK_DAMAGED' })
    const { checkedBlocks, damaged } = await content.verify()
    expect(checkedBlocks).toBe(4)
    expect(damaged).toEqual(damaged.map(({ state }) => ({ block: expect.any(String), state, cids: [cid], isRepaired: false })))
    expect(damaged).toHaveLength(2)
    expect((await content.verify({ cid })).damaged.map(({ state }) => state)).toEqual(['absent', 'absent'])
    expect(content.totals().damagedBlocks).toBe(2)
  })

  test('are made whole again by adding them again', async () => {
    const node = await nodes.start()
    const bytes = randomBytes(100_000)
    const { cid } = await node.content.add(bytes)
    for (const file of await blockFiles(node)) await damage(file)
    await node.content.add(bytes)
    expect((await collect(node.content.get(cid, { local: true }))).equals(bytes)).toBe(true)
  })

  test('are kept by a sweep, which takes only old blocks that nothing needs', async () => {
    const node = await nodes.start()
    const { cid } = await node.content.add(randomBytes(100_000))
    const [held = ''] = await blockFiles(node)
    const orphan = await node.content.add(randomBytes(100_001), { holder: 'gone' })
    node.db.exec(`DELETE FROM content_items WHERE cid = '${orphan.cid}'`)
    expect(await node.content.sweep({ minAgeMs: 60_000 })).toBe(0)
    for (const file of await blockFiles(node)) await utimes(file, 1_000, 1_000)
    expect(await node.content.sweep({ minAgeMs: 60_000 })).toBe(1)
    expect(await blockFiles(node)).toEqual([held])
    expect(node.content.has(cid)).toBe(true)
  })

  test('are refused under a name that is no CID of this network', async () => {
    const { content } = await nodes.start()
    for (const name of ['', 'nonsense', '../../etc/passwd', 'bafkqaaa', 'baguqeerasords4njcts6vs7qvdjfcvgnume4hqohf65zsfguprqphs3icwea']) {
      await expect(collect(content.get(name))).rejects.toMatchObject({ code: 'CONTENT_CID_INVALID' })
      await expect(content.getBlock(name)).rejects.toMatchObject({ code: 'CONTENT_CID_INVALID' })
    }
  })

  test('are sealed while they are added, and opened whole or in part', async () => {
    const node = await nodes.start()
    const key = randomBytes(32)
    const plain = Buffer.from('G1 X10 Y10 E0.5 learner-name\n'.repeat(20_000))
    const sealed = await sealAndAdd(node.content, [plain], { key, salt: Buffer.alloc(16, 7), holder: 'evidence:1' })
    expect(sealed).toMatchObject({ plaintextBytes: plain.byteLength, frames: Math.ceil(plain.byteLength / 65_536) })
    expect((await collect(getSealed(node.content, sealed.cid, { key }))).equals(plain)).toBe(true)
    expect(
      (await collect(getSealed(node.content, sealed.cid, { key, offset: 70_000, length: 29 }))).equals(plain.subarray(70_000, 70_029)),
    ).toBe(true)
    expect((await sealAndAdd(node.content, plain, { key, salt: Buffer.alloc(16, 7) })).cid).toBe(sealed.cid)
    expect((await sealAndAdd(node.content, plain, { key })).cid).not.toBe(sealed.cid)
    for (const file of await blockFiles(node)) expect((await readFile(file)).includes('learner-name')).toBe(false)
  })
})
