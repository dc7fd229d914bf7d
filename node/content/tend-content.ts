import { CID } from 'multiformats/cid'
import type { BlockExchange } from './blocks/block-exchange.ts'
import type { BlockUses } from './blocks/block-uses.ts'
import { blockFromName, type DiskBlocks } from './blocks/disk-blocks.ts'
import { parseCid } from './content-cid.ts'
import type { ContentTables } from './content-tables.ts'

/** What `verify` found: blocks read, and for each that is missing or damaged the contents that need it. */
export interface ContentVerdict {
  checkedBlocks: number
  damaged: DamagedBlock[]
}

/** A block that a held content needs and this disk no longer has whole. */
export interface DamagedBlock {
  block: string
  state: 'damaged' | 'absent'
  cids: string[]
  /** Whether another base gave it again. */
  isRepaired: boolean
}

/** Looking after what is on the disk. */
export interface ContentCare {
  /** Reads and hashes the blocks of one file, or of all; with `repair` it gets what is damaged from other bases. */
  verify(options?: { cid?: string; repair?: boolean; signal?: AbortSignal }): Promise<ContentVerdict>
  /** Deletes blocks that no content needs and that are older than `minAgeMs`; returns how many. */
  sweep(options: { minAgeMs: number }): Promise<number>
}

type Parts = { blocks: DiskBlocks; tables: ContentTables; exchange: BlockExchange; inUse: BlockUses; now: () => number }

/** The care of a store made of these parts. */
export function tendContent({ blocks, tables, exchange, inUse, now }: Parts): ContentCare {
  async function verify({
    cid,
    repair = false,
    signal,
  }: {
    cid?: string
    repair?: boolean
    signal?: AbortSignal
  } = {}): Promise<ContentVerdict> {
    const roots = cid === undefined ? tables.list().map((item) => item.cid) : [parseCid(cid).toString()]
    const verdict: ContentVerdict = { checkedBlocks: 0, damaged: [] }
    const seen = new Set<string>()
    for (const root of roots) {
      for (const { name, codec } of tables.blocksOf(root)) {
        signal?.throwIfAborted()
        if (seen.has(name)) continue
        seen.add(name)
        const block = CID.createV1(codec, blockFromName(name).multihash)
        verdict.checkedBlocks += 1
        const state = await blocks.check(block)
        if (state === 'whole') continue
        verdict.damaged.push({
          block: block.toString(),
          state,
          cids: tables.itemsWith(name),
          isRepaired: repair && (await refetch(block, signal)),
        })
      }
    }
    if (verdict.damaged.some((found) => found.isRepaired)) await blocks.flush()
    return verdict
  }

  function refetch(block: CID, signal: AbortSignal | undefined): Promise<boolean> {
    return exchange.fetch(block, { signal }).then(
      () => true,
      () => false,
    )
  }

  async function sweep({ minAgeMs }: { minAgeMs: number }): Promise<number> {
    let swept = 0
    for (const name of await blocks.listNames({ nowMs: now() * 1_000, minAgeMs })) {
      if (inUse.has(name) || tables.isHeld(name)) continue
      blocks.deleteNow(blockFromName(name))
      swept += 1
    }
    return swept
  }

  return { verify, sweep }
}
