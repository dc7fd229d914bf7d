import type { DatabaseSync } from 'node:sqlite'
import type { Libp2p } from '@libp2p/interface'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { NodeError } from '../errors.ts'
import { type BlockExchange, createBlockExchange, type ExchangeTotals, MAX_BLOCK_BYTES } from './block-exchange.ts'
import { type ContentItem, type ContentTables, createContentTables, type Pull } from './content-tables.ts'
import { blockFromName, blockName, createDiskBlocks, type DiskBlocks } from './disk-blocks.ts'
import { exportFile, measureFile, walkFile } from './export-file.ts'
import { type ByteSource, DAG_PB, importFile, RAW } from './import-file.ts'

/** Hears how many bytes of the content itself are done; `total` is known when reading, not when adding a stream. */
export type ContentProgress = (progress: { bytes: number; total?: number }) => void

/** What `add` and `replicate` take: who holds the content (default `base`), who hears of progress, and what stops it. */
export interface HoldOptions {
  /** A name of the caller's, such as `evidence:12`. The content stays until every holder removed it; the same name twice counts once. */
  holder?: string
  onProgress?: ContentProgress
  signal?: AbortSignal
}

/** How to read. `stallTimeoutMs` is how long no byte may arrive from other bases before it gives up. */
export interface GetOptions {
  offset?: number
  length?: number
  onProgress?: ContentProgress
  signal?: AbortSignal
  stallTimeoutMs?: number
  /** True reads this disk only. */
  local?: boolean
}

/** What `verify` found: blocks read, and for each that is missing or damaged the contents that need it. */
export interface ContentVerdict {
  checkedBlocks: number
  damaged: { block: string; state: 'damaged' | 'absent'; cids: string[]; isRepaired: boolean }[]
}

/** Numbers for the operator's metrics. */
export interface ContentTotals extends ExchangeTotals {
  items: number
  bytes: number
  blocks: number
  damagedBlocks: number
}

/** The contents a base keeps, by CID: on its own disk, and from the other bases it is connected with. All CIDs are CIDv1 strings. */
export interface Content {
  start(): Promise<void>
  stop(): Promise<void>
  /** Stores a file. When it resolves, the blocks and the row are on disk: the CID may be recorded. */
  add(source: ByteSource, options?: HoldOptions): Promise<{ cid: string; bytes: number }>
  /** Reads a file, or a range of it; blocks that this disk lacks come from other bases and are checked against the CID. */
  get(cid: string, options?: GetOptions): AsyncGenerator<Uint8Array>
  /** One raw block, checked, for a reader who verifies by CID. */
  getBlock(cid: string, options?: Pick<GetOptions, 'signal' | 'stallTimeoutMs' | 'local'>): Promise<Uint8Array>
  /** Whether the whole file is held here. */
  has(cid: string): boolean
  /** The length of a file in bytes, and who holds it here (empty: it is somebody else's). */
  stat(
    cid: string,
    options?: Pick<GetOptions, 'signal' | 'stallTimeoutMs' | 'local'>,
  ): Promise<{ cid: string; bytes: number; holders: string[] }>
  list(): ContentItem[]
  /** Takes one holder away; the last one takes the blocks along that no other content needs. Throws `CONTENT_NOT_HELD`. */
  remove(cid: string, options?: { holder?: string }): Promise<void>
  /** Fetches the whole file from other bases and holds it. What arrived before an interruption is not fetched again. */
  replicate(cid: string, options?: HoldOptions & { stallTimeoutMs?: number; maxBytes?: number }): Promise<{ cid: string; bytes: number }>
  /** Replications that were begun and not finished, for instance because the base was switched off. */
  listUnfinished(): Pull[]
  /** Reads and hashes the blocks of one file, or of all; with `repair` it gets what is damaged from other bases. */
  verify(options?: { cid?: string; repair?: boolean; signal?: AbortSignal }): Promise<ContentVerdict>
  /** Deletes blocks that no content needs and that are older than `minAgeMs`; returns how many. */
  sweep(options: { minAgeMs: number }): Promise<number>
  totals(): ContentTotals
}

/** Collaborators of the content store. The database handle stays the caller's; its tables are made when missing. */
export interface ContentInit {
  /** Folder of the blocks. */
  dir: string
  db: DatabaseSync
  libp2p: Libp2p
  /** UnixSeconds. */
  now: () => number
  /** Default 20,000 ms without a byte. */
  stallTimeoutMs?: number
  onDamaged?: (block: string) => void
}

/** Makes the store; `start()` before use. */
export function createContent(init: ContentInit): Content {
  let damagedBlocks = 0
  const blocks = createDiskBlocks(init.dir, (name) => {
    damagedBlocks += 1
    init.onDamaged?.(name)
  })
  const tables = createContentTables(init.db)
  const exchange = createBlockExchange({ blocks, libp2p: init.libp2p, stallTimeoutMs: init.stallTimeoutMs ?? 20_000 })
  const parts: Parts = { blocks, tables, exchange, inUse: countUses(), now: init.now }
  return {
    async start() {
      await blocks.open()
      await exchange.start()
    },
    stop: () => exchange.stop(),
    ...keeping(parts),
    ...reading(parts),
    ...tending(parts),
    totals: () => ({ ...tables.totals(), ...exchange.totals(), damagedBlocks }),
  }
}

type Parts = { blocks: DiskBlocks; tables: ContentTables; exchange: BlockExchange; inUse: ReturnType<typeof countUses>; now: () => number }

function keeping({ blocks, tables, exchange, inUse, now }: Parts): Pick<Content, 'add' | 'remove' | 'replicate' | 'listUnfinished'> {
  const load = loader({ blocks, exchange })

  async function add(source: ByteSource, options: HoldOptions = {}): Promise<{ cid: string; bytes: number }> {
    const { holder = 'base', onProgress, signal } = options
    const written: CID[] = []
    const touched: string[] = []
    try {
      const file = await importFile(
        source,
        async (cid, bytes) => {
          touched.push(inUse.take(blockName(cid)))
          if (!(await blocks.has(cid))) written.push(cid)
          await blocks.put(cid, bytes)
        },
        { onProgress: (bytes) => onProgress?.({ bytes }), ...(signal && { signal }) },
      )
      await blocks.flush()
      signal?.throwIfAborted()
      const cid = file.root.toString()
      tables.hold({
        cid,
        bytes: file.bytes,
        addedAt: now(),
        holder,
        blocks: file.blocks.map((block) => ({ name: blockName(block), codec: block.code })),
      })
      return { cid, bytes: file.bytes }
    } catch (error) {
      touched.splice(0).forEach(inUse.drop)
      for (const cid of written) dropUnneeded(blockName(cid))
      throw error
    } finally {
      touched.forEach(inUse.drop)
    }
  }

  function dropUnneeded(name: string): void {
    if (!inUse.has(name) && !tables.isHeld(name)) blocks.deleteNow(blockFromName(name))
  }

  async function remove(cid: string, options: { holder?: string } = {}): Promise<void> {
    const { holder = 'base' } = options
    const root = parseCid(cid).toString()
    if (!tables.find(root)?.holders.includes(holder))
      throw new NodeError('CONTENT_NOT_HELD', `The content ${root} is not held by "${holder}" here.`)
    let done = 0
    for (const name of tables.release(root, holder)) {
      dropUnneeded(name)
      if (++done % 64 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async function replicate(
    cid: string,
    options: HoldOptions & { stallTimeoutMs?: number; maxBytes?: number } = {},
  ): Promise<{ cid: string; bytes: number }> {
    const { holder = 'base', onProgress, maxBytes = Number.MAX_SAFE_INTEGER, ...limits } = options
    const root = parseCid(cid)
    const name = root.toString()
    const touched: string[] = []
    const loadHeld = (block: CID) => {
      touched.push(inUse.take(blockName(block)))
      return load(block, limits)
    }
    try {
      const total = await measureFile(root, loadHeld)
      if (total > maxBytes)
        throw new NodeError('CONTENT_TOO_LARGE', `The content ${name} has ${total} bytes, more than the ${maxBytes} that were allowed.`)
      tables.beginPull({ cid: name, holder }, now())
      let bytes = 0
      for await (const part of exportFile(root, loadHeld)) {
        bytes += part.byteLength
        onProgress?.({ bytes, total })
      }
      const held: { name: string; codec: number }[] = []
      for await (const block of walkFile(root, loadHeld)) held.push({ name: blockName(block.cid), codec: block.cid.code })
      await blocks.flush()
      tables.hold({ cid: name, bytes, addedAt: now(), holder, blocks: held })
      return { cid: name, bytes }
    } finally {
      touched.forEach(inUse.drop)
    }
  }

  return { add, remove, replicate, listUnfinished: tables.listPulls }
}

function reading({ blocks, tables, exchange }: Parts): Pick<Content, 'get' | 'getBlock' | 'has' | 'stat' | 'list'> {
  const load = loader({ blocks, exchange })
  return {
    async *get(cid, options = {}) {
      const { offset = 0, length, onProgress, ...limits } = options
      const root = parseCid(cid)
      const loadBlock = (block: CID) => load(block, limits)
      const total = length ?? Math.max(0, (await measureFile(root, loadBlock)) - offset)
      let bytes = 0
      for await (const part of exportFile(root, loadBlock, { offset, length: total })) {
        options.signal?.throwIfAborted()
        bytes += part.byteLength
        onProgress?.({ bytes, total })
        yield part
      }
    },
    getBlock: (cid, options = {}) => load(parseCid(cid), options),
    has: (cid) => tables.find(parseCid(cid).toString()) !== undefined,
    async stat(cid, options = {}) {
      const root = parseCid(cid)
      const item = tables.find(root.toString())
      const bytes = item?.bytes ?? (await measureFile(root, (block) => load(block, options)))
      return { cid: root.toString(), bytes, holders: item?.holders ?? [] }
    },
    list: tables.list,
  }
}

function tending({ blocks, tables, exchange, inUse, now }: Parts): Pick<Content, 'verify' | 'sweep'> {
  return {
    async verify({ cid, repair = false, signal } = {}) {
      const roots = cid === undefined ? tables.list().map((item) => item.cid) : [parseCid(cid).toString()]
      const verdict: ContentVerdict = { checkedBlocks: 0, damaged: [] }
      const seen = new Set<string>()
      for (const { name, codec } of roots.flatMap((root) => tables.blocksOf(root))) {
        signal?.throwIfAborted()
        if (seen.has(name)) continue
        seen.add(name)
        const block = CID.createV1(codec, blockFromName(name).multihash)
        verdict.checkedBlocks += 1
        const state = await blocks.check(block)
        if (state === 'whole') continue
        const isRepaired =
          repair &&
          (await exchange.fetch(block, { signal }).then(
            () => true,
            () => false,
          ))
        verdict.damaged.push({ block: block.toString(), state, cids: tables.itemsWith(name), isRepaired })
      }
      if (verdict.damaged.some((found) => found.isRepaired)) await blocks.flush()
      return verdict
    },
    async sweep({ minAgeMs }) {
      let swept = 0
      for (const name of await blocks.listNames({ nowMs: now() * 1_000, minAgeMs })) {
        if (inUse.has(name) || tables.isHeld(name)) continue
        blocks.deleteNow(blockFromName(name))
        swept += 1
      }
      return swept
    },
  }
}

/** Reads from this disk, else from other bases; a block that is damaged here is fetched anew, and never handed out as it is. */
function loader({ blocks, exchange }: Pick<Parts, 'blocks' | 'exchange'>) {
  return async (cid: CID, options: Pick<GetOptions, 'signal' | 'stallTimeoutMs' | 'local'>): Promise<Uint8Array> => {
    options.signal?.throwIfAborted()
    const state = await blocks.read(cid).catch((error: unknown) => {
      if (error instanceof NodeError && error.code === 'CONTENT_NOT_FOUND') return undefined
      throw error
    })
    if (state !== undefined) return state
    if (options.local) throw new NodeError('CONTENT_NOT_FOUND', `The block ${cid} is not whole on this disk, and only this disk was asked.`)
    const fetched = await exchange.fetch(cid, options)
    if (fetched.byteLength > MAX_BLOCK_BYTES)
      throw new NodeError('CONTENT_TOO_LARGE', `The block ${cid} is larger than ${MAX_BLOCK_BYTES} bytes.`)
    return fetched
  }
}

/** Counts who is working with a block right now, so that removing one content cannot take a block from under another's add. */
function countUses() {
  const uses = new Map<string, number>()
  return {
    take(name: string): string {
      uses.set(name, (uses.get(name) ?? 0) + 1)
      return name
    },
    drop(name: string): void {
      const left = (uses.get(name) ?? 1) - 1
      if (left > 0) uses.set(name, left)
      else uses.delete(name)
    },
    has: (name: string) => uses.has(name),
  }
}

/** CIDv1, SHA-256, raw or dag-pb; a CIDv0 is turned into its CIDv1. Throws `CONTENT_CID_INVALID`. */
function parseCid(text: string): CID {
  try {
    const cid = CID.parse(text).toV1()
    if (cid.multihash.code === 0x12 && cid.multihash.digest.byteLength === 32 && (cid.code === RAW || cid.code === DAG_PB)) return cid
  } catch (cause) {
    throw new NodeError('CONTENT_CID_INVALID', `"${text.slice(0, 100)}" is not a CID.`, { cause })
  }
  throw new NodeError(
    'CONTENT_CID_INVALID',
    `The CID ${text.slice(0, 100)} names no file of this network: it must be SHA-256 with codec raw or dag-pb.`,
  )
}

/** The CID of content of at most 1 MiB, from the SHA-256 of its bytes (`0x…`): how a digest on the ledger finds a file. */
export function cidFromDigest(digest: `0x${string}`): string {
  return CID.createV1(RAW, createDigest(0x12, Buffer.from(digest.slice(2), 'hex'))).toString()
}
