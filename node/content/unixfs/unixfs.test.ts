import { randomBytes } from 'node:crypto'
import { unixfs } from '@helia/unixfs'
import { encode, prepare } from '@ipld/dag-pb'
import fc from 'fast-check'
import { createHeliaLight } from 'helia'
import { UnixFS } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'
import { describe, expect, test } from 'vitest'
import { collect } from '../../base-node-for-tests.ts'
import { NodeError } from '../../errors.ts'
import { exportFile, measureFile, walkFile } from './export-file.ts'
import { cidOf, DAG_PB, type ImportProfile, importFile, RAW } from './import-file.ts'

function memory() {
  const blocks = new Map<string, Uint8Array>()
  return {
    blocks,
    // A copy that is one: Buffer's own slice is not.
    store: async (cid: CID, bytes: Uint8Array) => void blocks.set(cid.toString(), Uint8Array.from(bytes)),
    load: async (cid: CID) => {
      const bytes = blocks.get(cid.toString())
      if (bytes === undefined) throw new NodeError('CONTENT_NOT_FOUND', 'no such block')
      return bytes
    },
  }
}

const small: ImportProfile = { chunkBytes: 10, maxChildren: 3 }

/** What the importer calls a chunker and a layout, in the shape of `small`. */
async function* tens(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = await collect(source)
  for (let start = 0; start === 0 || start < bytes.byteLength; start += small.chunkBytes)
    yield bytes.subarray(start, start + small.chunkBytes)
}

async function balancedByThree<Node>(
  source: AsyncIterable<Node> | Iterable<Node>,
  reduce: (children: Node[]) => Promise<Node>,
): Promise<Node> {
  const children: Node[] = []
  for await (const child of source) children.push(child)
  const parents: Node[] = []
  for (let start = 0; start < children.length; start += small.maxChildren)
    parents.push(await reduce(children.slice(start, start + small.maxChildren)))
  const [root] = parents
  return parents.length === 1 && root !== undefined ? root : balancedByThree(parents, reduce)
}

describe('a file in blocks', () => {
  test('has the CID that kubo gives it', async () => {
    const { store } = memory()
    expect(String((await importFile(Buffer.from('hello world\n'), store)).root)).toBe(
      'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4',
    )
    expect(String((await importFile(Buffer.alloc(0), store)).root)).toBe('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
  })

  test.each([0, 1, 1_048_575, 1_048_576, 1_048_577, 5_000_000])('has the CID that Helia gives it, %i bytes', async (length) => {
    const bytes = randomBytes(length)
    const helia = await createHeliaLight().start()
    const expected = await unixfs(helia).addByteStream([bytes], { profile: 'unixfs-v1-2025' })
    await helia.stop()
    expect(String((await importFile([bytes], memory().store)).root)).toBe(String(expected))
  })

  test.each([0, 5, 10, 11, 30, 31, 90, 91, 100, 271, 1_000])(
    'has the CID that Helia gives it in a tree of many levels, %i bytes',
    async (length) => {
      const bytes = randomBytes(length)
      const helia = await createHeliaLight().start()
      const expected = await unixfs(helia).addByteStream([bytes], {
        chunker: tens,
        layout: balancedByThree,
        cidVersion: 1,
        rawLeaves: true,
      })
      await helia.stop()
      expect(String((await importFile([bytes], memory().store, { profile: small })).root)).toBe(String(expected))
    },
  )

  test('comes back whole and in any range', async () => {
    const seed = Date.now() % 2 ** 31
    console.info(`unixfs: 300 files and ranges, seed ${seed}`)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), fc.nat(700), fc.nat(700), async (bytes, offset, length) => {
        const { store, load } = memory()
        const { root, bytes: total, blocks } = await importFile([bytes], store, { profile: small })
        expect([total, await measureFile(root, load)]).toEqual([bytes.byteLength, bytes.byteLength])
        expect((await collect(exportFile(root, load))).equals(bytes)).toBe(true)
        const reading = collect(exportFile(root, load, { offset, length, inFlight: 3 }))
        if (offset + length > bytes.byteLength) await expect(reading).rejects.toMatchObject({ code: 'CONTENT_RANGE_INVALID' })
        else expect((await reading).equals(bytes.subarray(offset, offset + length))).toBe(true)
        const walked: string[] = []
        for await (const { cid } of walkFile(root, load)) walked.push(String(cid))
        expect(walked.sort()).toEqual(blocks.map(String).sort())
      }),
      { seed, numRuns: 300 },
    )
  })

  test('reads no more leaves at a time than it was told', async () => {
    const { store, load } = memory()
    const { root } = await importFile(randomBytes(500), store, { profile: small })
    let now = 0
    let most = 0
    const counted = async (cid: CID) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 1))
      now -= 1
      return load(cid)
    }
    await collect(exportFile(root, counted, { inFlight: 4 }))
    expect(most).toBe(4)
  })

  test('stops at once when it is aborted, even while the source is silent', async () => {
    const abort = new AbortController()
    async function* silent() {
      yield new Uint8Array(3)
      await new Promise(() => {})
    }
    const importing = importFile(silent(), memory().store, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(importing).rejects.toThrow('enough')
  })

  test('does not mind a source that uses its buffer again', async () => {
    const { store, load } = memory()
    const own = new Uint8Array(7)
    async function* reusing() {
      for (let value = 0; value < 50; value++) yield own.fill(value)
    }
    const { root } = await importFile(reusing(), store, { profile: small })
    expect(await collect(exportFile(root, load))).toEqual(Buffer.concat(Array.from({ length: 50 }, (_, value) => Buffer.alloc(7, value))))
  })

  test('passes a failure of the store on', async () => {
    const failing = async () => {
      throw new Error('no room')
    }
    await expect(importFile(randomBytes(100), failing, { profile: small })).rejects.toThrow('no room')
  })
})

describe('a hostile tree', () => {
  const node = (file: UnixFS, links: { Hash: CID; Tsize: number; Name: string }[]) => {
    const bytes = encode(prepare({ Data: file.marshal(), Links: links }))
    return { cid: cidOf(DAG_PB, bytes), bytes }
  }
  const leaf = cidOf(RAW, Buffer.from('ten bytes!'))
  const link = { Hash: leaf, Tsize: 10, Name: '' }

  async function reading(file: UnixFS, links: (typeof link)[]) {
    const { store, load } = memory()
    await store(leaf, Buffer.from('ten bytes!'))
    const { cid, bytes } = node(file, links)
    await store(cid, bytes)
    return collect(exportFile(cid, load))
  }

  test.each<[string, UnixFS, number]>([
    ['a directory', new UnixFS({ type: 'directory' }), 0],
    ['more links than sizes', new UnixFS({ type: 'file', blockSizes: [10n] }), 2],
    ['a size that its leaf does not have', new UnixFS({ type: 'file', blockSizes: [11n] }), 1],
    ['data and links together', new UnixFS({ type: 'file', blockSizes: [10n], data: Buffer.from('x') }), 1],
    ['a length beyond 2^53', new UnixFS({ type: 'file', blockSizes: [2n ** 62n] }), 1],
  ])('is refused: %s', async (_what, file, links) => {
    await expect(
      reading(
        file,
        Array.from({ length: links }, () => link),
      ),
    ).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' })
  })

  test('is refused when it is deeper than any file', async () => {
    const { store, load } = memory()
    await store(leaf, Buffer.from('ten bytes!'))
    let child = link
    for (let depth = 0; depth < 20; depth++) {
      const { cid, bytes } = node(new UnixFS({ type: 'file', blockSizes: [10n] }), [child])
      await store(cid, bytes)
      child = { Hash: cid, Tsize: 10, Name: '' }
    }
    await expect(collect(exportFile(child.Hash, load))).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' })
    await expect(collect(toBytes(walkFile(child.Hash, load)))).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' })
  })

  test('is answered with an error of our own whatever its bytes are', async () => {
    const seed = Date.now() % 2 ** 31
    console.info(`unixfs: 1,000 hostile nodes, seed ${seed}`)
    const good = node(new UnixFS({ type: 'file', blockSizes: [10n] }), [link]).bytes
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)).map(([at, value]) => good.map((byte, index) => (index === at ? value : byte))),
    )
    await fc.assert(
      fc.asyncProperty(hostile, async (bytes) => {
        const { store, load } = memory()
        await store(leaf, Buffer.from('ten bytes!'))
        const cid = cidOf(DAG_PB, bytes)
        await store(cid, bytes)
        const read = await collect(exportFile(cid, load)).catch((error: unknown) => error)
        if (!Buffer.isBuffer(read)) expect(read).toBeInstanceOf(NodeError)
      }),
      { seed, numRuns: 1_000 },
    )
  })
})

async function* toBytes(walked: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const _ of walked) yield new Uint8Array(0)
}
