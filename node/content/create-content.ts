import type { DatabaseSync } from 'node:sqlite'
import type { Libp2p } from '@libp2p/interface'
import type { CID } from 'multiformats/cid'
import { createBlockExchange, type ExchangeTotals, type Wire } from './blocks/block-exchange.ts'
import { createBlockUses } from './blocks/block-uses.ts'
import { createDiskBlocks } from './blocks/disk-blocks.ts'
import { type BlockLoader, createBlockLoader, type LoadOptions } from './blocks/load-block.ts'
import { parseCid } from './content-cid.ts'
import { type ContentItem, type ContentTables, createContentTables } from './content-tables.ts'
import { type ContentHolding, type ContentProgress, holdContent } from './hold-content.ts'
import { type ContentCare, tendContent } from './tend-content.ts'
import { exportFile, measureFile } from './unixfs/export-file.ts'

/** Which part of a file to read, and how. */
export interface GetOptions extends LoadOptions {
  /** First byte, from 0. */
  offset?: number
  /** Bytes; to the end when absent. */
  length?: number
  onProgress?: ContentProgress
}

/** Numbers for the operator's metrics. */
export interface ContentTotals extends ExchangeTotals {
  items: number
  bytes: number
  blocks: number
  damagedBlocks: number
}

/** Reading contents, from this disk or through it from other bases. */
export interface ContentReading {
  /** Reads a file, or a range of it; blocks that this disk lacks come from other bases and are checked against the CID. */
  get(cid: string, options?: GetOptions): AsyncGenerator<Uint8Array>
  /** One raw block, checked, for a reader who verifies by CID. */
  getBlock(cid: string, options?: LoadOptions): Promise<Uint8Array>
  /** Whether the whole file is held here. */
  has(cid: string): boolean
  /** The length of a file in bytes, and who holds it here (empty: it is somebody else's). */
  stat(cid: string, options?: LoadOptions): Promise<{ cid: string; bytes: number; holders: string[] }>
  /** What this base holds on purpose. */
  list(): ContentItem[]
}

/** The contents a base keeps, by CID: on its own disk, and from the other bases it is connected with. All CIDs are CIDv1 strings. */
export interface Content extends ContentHolding, ContentReading, ContentCare {
  start(): Promise<void>
  stop(): Promise<void>
  totals(): ContentTotals
}

/** Collaborators of the content store. The database handle stays the caller's; its tables are made when missing. */
export interface ContentInit {
  /** Folder of the blocks. */
  dir: string
  db: DatabaseSync
  libp2p: Libp2p
  /** The meter of the same peer. */
  wire: Wire
  /** UnixSeconds. */
  now: () => number
  /** How long no byte may arrive from other bases before a request fails; default 10,000 ms. */
  stallTimeoutMs?: number
  /** Hears the name of each stored block that failed its hash. */
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
  const exchange = createBlockExchange({ blocks, libp2p: init.libp2p, wire: init.wire, stallTimeoutMs: init.stallTimeoutMs ?? 10_000 })
  const load = createBlockLoader({ blocks, exchange })
  const parts = { blocks, tables, exchange, load, inUse: createBlockUses(), now: init.now }
  return {
    async start() {
      await blocks.open()
      await exchange.start()
    },
    stop: () => exchange.stop(),
    ...holdContent(parts),
    ...readContent(parts),
    ...tendContent(parts),
    totals: () => ({ ...tables.totals(), ...exchange.totals(), damagedBlocks }),
  }
}

function readContent({ tables, load }: { tables: ContentTables; load: BlockLoader }): ContentReading {
  return {
    async *get(cid, options = {}) {
      const { offset = 0, onProgress, length, ...limits } = options
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
    getBlock: async (cid, options = {}) => load(parseCid(cid), options),
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
