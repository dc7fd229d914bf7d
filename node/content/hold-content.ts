import type { CID } from 'multiformats/cid'
import { NodeError } from '../errors.ts'
import type { BlockUses } from './blocks/block-uses.ts'
import { blockFromName, blockName, type DiskBlocks } from './blocks/disk-blocks.ts'
import type { BlockLoader } from './blocks/load-block.ts'
import { parseCid } from './content-cid.ts'
import type { ContentTables, HeldBlock, Pull } from './content-tables.ts'
import { measureFile, walkFile } from './unixfs/export-file.ts'
import { type ByteSource, importFile } from './unixfs/import-file.ts'

/** Hears how many bytes of the content itself are done; `total` is known when reading, not when adding a stream. */
export type ContentProgress = (progress: { bytes: number; total?: number }) => void

/** What `add` and `replicate` take: who holds the content (default `base`), who hears of progress, and what stops it. */
export interface HoldOptions {
  /** A name of the caller's, such as `evidence:12`. The content stays until every holder removed it; the same name twice counts once. */
  holder?: string
  onProgress?: ContentProgress
  signal?: AbortSignal
}

/** Where a content is to come from, and how much of it at most. */
export interface ReplicateOptions extends HoldOptions {
  /** How long no byte may arrive before it gives up. */
  stallTimeoutMs?: number
  /** Refuses content that is longer than this, before and while it is fetched. */
  maxBytes?: number
}

/** Taking contents in, and letting them go. */
export interface ContentHolding {
  /** Stores a file. When it resolves, the blocks and the row are on disk: the CID may be recorded. */
  add(source: ByteSource, options?: HoldOptions): Promise<{ cid: string; bytes: number }>
  /** Takes one holder away; the last one takes the blocks along that no other content needs. Throws `CONTENT_NOT_HELD`. */
  remove(cid: string, options?: { holder?: string }): Promise<void>
  /** Fetches the whole file from other bases and holds it. What arrived before an interruption is not fetched again. */
  replicate(cid: string, options?: ReplicateOptions): Promise<{ cid: string; bytes: number }>
  /** Replications that were begun and not finished, for instance because the base was switched off. */
  listUnfinished(): Pull[]
  /** Forgets an unfinished replication; its blocks go with the next sweep. */
  forgetUnfinished(cid: string): void
}

const FETCHES_IN_FLIGHT = 4

type Parts = { blocks: DiskBlocks; tables: ContentTables; load: BlockLoader; inUse: BlockUses; now: () => number }

/** The holding half of a store made of these parts. */
export function holdContent(parts: Parts): ContentHolding {
  const { tables } = parts
  return {
    add: (source, options = {}) => add(parts, source, options),
    remove: (cid, { holder = 'base' } = {}) => remove(parts, parseCid(cid).toString(), holder),
    replicate: (cid, options = {}) => replicate(parts, parseCid(cid), options),
    listUnfinished: tables.listPulls,
    forgetUnfinished: (cid) => tables.endPull(parseCid(cid).toString()),
  }
}

async function add(
  { blocks, tables, inUse, now }: Parts,
  source: ByteSource,
  options: HoldOptions,
): Promise<{ cid: string; bytes: number }> {
  const { holder = 'base', onProgress, signal } = options
  const written: CID[] = []
  const touched: string[] = []
  const store = async (cid: CID, bytes: Uint8Array) => {
    touched.push(inUse.take(blockName(cid)))
    if (!(await blocks.has(cid))) written.push(cid)
    await blocks.put(cid, bytes)
  }
  try {
    const file = await importFile(source, store, { onProgress: (bytes) => onProgress?.({ bytes }), ...(signal && { signal }) })
    await blocks.flush()
    signal?.throwIfAborted()
    const cid = file.root.toString()
    tables.hold({ cid, bytes: file.bytes, addedAt: now(), holder, blocks: file.blocks.map(toHeld) })
    return { cid, bytes: file.bytes }
  } catch (error) {
    touched.splice(0).forEach(inUse.drop)
    for (const cid of written) dropUnneeded({ blocks, tables, inUse }, blockName(cid))
    throw error
  } finally {
    touched.forEach(inUse.drop)
  }
}

async function remove(parts: Parts, cid: string, holder: string): Promise<void> {
  if (!parts.tables.find(cid)?.holders.includes(holder))
    throw new NodeError('CONTENT_NOT_HELD', `The content ${cid} is not held by "${holder}" here.`)
  let done = 0
  for (const name of parts.tables.release(cid, holder)) {
    dropUnneeded(parts, name)
    if (++done % 64 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

async function replicate(
  { blocks, tables, load, inUse, now }: Parts,
  root: CID,
  options: ReplicateOptions,
): Promise<{ cid: string; bytes: number }> {
  const { holder = 'base', onProgress, maxBytes = Number.MAX_SAFE_INTEGER, ...limits } = options
  const cid = root.toString()
  const touched: string[] = []
  const loadHeld = (block: CID) => {
    touched.push(inUse.take(blockName(block)))
    return load(block, limits)
  }
  try {
    const total = await measureFile(root, loadHeld)
    if (total > maxBytes) throw tooLarge(cid, maxBytes)
    tables.beginPull({ cid, holder }, now())
    const held: HeldBlock[] = []
    const fetching = new Set<Promise<void>>()
    let bytes = 0
    for await (const block of walkFile(root, loadHeld)) {
      held.push(toHeld(block.cid))
      if (!block.isLeaf) continue
      if (fetching.size >= FETCHES_IN_FLIGHT) await Promise.race(fetching)
      const fetched = loadHeld(block.cid)
        .then((leaf) => {
          bytes += leaf.byteLength
          if (bytes > maxBytes) throw tooLarge(cid, maxBytes)
          onProgress?.({ bytes, total })
        })
        .finally(() => fetching.delete(fetched))
      // Heard below; this keeps an early failure from being an unhandled rejection meanwhile.
      fetched.catch(() => {})
      fetching.add(fetched)
    }
    await Promise.all(fetching)
    await blocks.flush()
    tables.hold({ cid, bytes: total, addedAt: now(), holder, blocks: held })
    return { cid, bytes: total }
  } finally {
    touched.forEach(inUse.drop)
  }
}

function dropUnneeded({ blocks, tables, inUse }: Pick<Parts, 'blocks' | 'tables' | 'inUse'>, name: string): void {
  if (!inUse.has(name) && !tables.isHeld(name)) blocks.deleteNow(blockFromName(name))
}

function toHeld(cid: CID): HeldBlock {
  return { name: blockName(cid), codec: cid.code }
}

function tooLarge(cid: string, maxBytes: number): NodeError {
  return new NodeError('CONTENT_TOO_LARGE', `The content ${cid} has more than the ${maxBytes} bytes that were allowed.`)
}
