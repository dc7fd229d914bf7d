import { createHash } from 'node:crypto'
import { encode, prepare } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'

/** Multicodec codes of the two codecs a UnixFS file is made of. */
export const RAW = 0x55
export const DAG_PB = 0x70
const SHA2_256 = 0x12

/** What a file can be read from: bytes at once, or a stream of them. */
export type ByteSource = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** The shape of the tree. Change it and the same bytes get another CID. */
export interface ImportProfile {
  /** Bytes in a leaf. */
  chunkBytes: number
  /** Children of an inner node. */
  maxChildren: number
}

/** IPIP-499 `unixfs-v1-2025`, as kubo and Helia import by default: 1 MiB raw leaves, balanced, 1,024 links a node, CIDv1. */
const unixfsV1Of2025: ImportProfile = { chunkBytes: 1_048_576, maxChildren: 1_024 }

/** A finished file: its root, its length in bytes, and every block of it once. */
export interface ImportedFile {
  root: CID
  bytes: number
  blocks: CID[]
}

/**
 * Where the blocks go. Called for a block before anything that links to it; several calls may run at the same time.
 * The bytes may be used until the promise is settled, and not after: the buffer is filled again.
 */
export type StoreBlock = (cid: CID, bytes: Uint8Array) => Promise<void>

/** How many leaves may be on their way to the disk at once; bounds memory at this many MiB. */
const WRITES_IN_FLIGHT = 4

type Child = { cid: CID; fileBytes: number; treeBytes: number }

/**
 * Cuts a stream of bytes into UnixFS blocks and hands each to `store`.
 * `onProgress` hears the bytes of the source that are stored so far. Rejects with the signal's reason when it is aborted.
 */
export async function importFile(
  source: ByteSource,
  store: StoreBlock,
  options: { profile?: ImportProfile; onProgress?: (bytes: number) => void; signal?: AbortSignal } = {},
): Promise<ImportedFile> {
  const { profile = unixfsV1Of2025, onProgress, signal } = options
  const blocks = new Map<string, CID>()
  const put = async (cid: CID, bytes: Uint8Array) => {
    blocks.set(cid.toString(), cid)
    await store(cid, bytes)
  }
  const tree = growTree(put, profile.maxChildren)
  const writes = boundedWrites()
  const buffers: Buffer[] = []
  let bytes = 0
  let stored = 0
  try {
    for await (const chunk of chunksOf(abortable(source, signal), { size: profile.chunkBytes, buffers })) {
      signal?.throwIfAborted()
      const leaf = { cid: cidOf(RAW, chunk), fileBytes: chunk.byteLength, treeBytes: chunk.byteLength }
      bytes += chunk.byteLength
      await writes.add(async () => {
        await put(leaf.cid, chunk)
        buffers.push(chunk)
        stored += chunk.byteLength
        onProgress?.(stored)
      })
      await tree.add(leaf)
    }
  } finally {
    await writes.settle()
  }
  writes.throwIfFailed()
  signal?.throwIfAborted()
  const root = await tree.finish()
  return { root, bytes, blocks: [...blocks.values()] }
}

/** The CIDv1 of a block: its SHA-256 under the given codec. */
export function cidOf(codec: number, bytes: Uint8Array): CID {
  return CID.createV1(codec, createDigest(SHA2_256, createHash('sha256').update(bytes).digest()))
}

/** The parts of a source; an abort ends it at once, even while the source is silent. */
async function* abortable(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted()
  if (source instanceof Uint8Array) {
    yield source
    return
  }
  const parts = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  const settled = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal })
  })
  aborted.catch(() => {})
  try {
    while (true) {
      const next = await Promise.race([parts.next(), aborted])
      if (next.done) return
      yield next.value
    }
  } finally {
    settled.abort()
    // Not awaited: a source that is silent would keep us waiting.
    void Promise.resolve(parts.return?.()).catch(() => {})
  }
}

/**
 * Cuts into pieces of exactly `size` bytes (the last may be shorter); an empty source gives one empty piece, as kubo does.
 * Each piece is a copy, because a source may use its own buffer again while ours is on its way to the disk. Pieces that have arrived there
 * come back in `buffers`: garbage of 1 MiB a piece is collected so late that adding 300 MiB took 300 MB of memory.
 */
async function* chunksOf(
  source: AsyncIterable<Uint8Array>,
  { size, buffers }: { size: number; buffers: Buffer[] },
): AsyncGenerator<Buffer> {
  let chunk: Buffer | undefined
  let filled = 0
  let isEmpty = true
  for await (const part of source) {
    for (let rest = part; rest.byteLength > 0; ) {
      chunk ??= buffers.pop() ?? Buffer.allocUnsafeSlow(size)
      const taken = rest.subarray(0, size - filled)
      chunk.set(taken, filled)
      filled += taken.byteLength
      rest = rest.subarray(taken.byteLength)
      if (filled < size) continue
      yield chunk
      isEmpty = false
      chunk = undefined
      filled = 0
    }
  }
  if (filled > 0 || isEmpty) yield (chunk ?? Buffer.alloc(0)).subarray(0, filled)
}

/** Grows a balanced tree from the left, holding at most `maxChildren` children a level. */
function growTree(put: StoreBlock, maxChildren: number) {
  const levels: { waiting: Child[]; seen: number }[] = []

  async function add(child: Child, height = 0): Promise<void> {
    levels[height] ??= { waiting: [], seen: 0 }
    const level = levels[height]
    if (level === undefined) return
    if (level.waiting.length === maxChildren) await close(height)
    level.waiting.push(child)
    level.seen += 1
  }

  async function close(height: number): Promise<void> {
    const level = levels[height]
    if (level === undefined || level.waiting.length === 0) return
    const children = level.waiting
    level.waiting = []
    const { cid, bytes, child } = innerNode(children)
    await put(cid, bytes)
    await add(child, height + 1)
  }

  async function finish(): Promise<CID> {
    for (let height = 0; ; height++) {
      const level = levels[height]
      const only = level?.waiting[0]
      if (level?.seen === 1 && only !== undefined) return only.cid
      await close(height)
    }
  }

  return { add, finish }
}

function innerNode(children: Child[]): { cid: CID; bytes: Uint8Array; child: Child } {
  const file = new UnixFS({ type: 'file' })
  for (const child of children) file.addBlockSize(BigInt(child.fileBytes))
  const links = children.map((child) => ({ Name: '', Tsize: child.treeBytes, Hash: child.cid }))
  const bytes = encode(prepare({ Data: file.marshal(), Links: links }))
  const cid = cidOf(DAG_PB, bytes)
  const fileBytes = children.reduce((sum, child) => sum + child.fileBytes, 0)
  const treeBytes = children.reduce((sum, child) => sum + child.treeBytes, bytes.byteLength)
  return { cid, bytes, child: { cid, fileBytes, treeBytes } }
}

/** Runs at most WRITES_IN_FLIGHT writes at a time; the first failure stops the next `add`. */
function boundedWrites() {
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const throwIfFailed = () => {
    if (failures.length > 0) throw failures[0]
  }
  return {
    async add(write: () => Promise<void>) {
      while (running.size >= WRITES_IN_FLIGHT) await Promise.race(running)
      throwIfFailed()
      const run = write()
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(run))
      running.add(run)
    },
    async settle() {
      await Promise.all(running)
    },
    throwIfFailed,
  }
}
