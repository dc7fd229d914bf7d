import type { CID } from 'multiformats/cid'
import { NodeError } from '../../errors.ts'
import type { BlockExchange } from './block-exchange.ts'
import type { DiskBlocks } from './disk-blocks.ts'

/** How far to go for a block. `stallTimeoutMs` is how long no byte may arrive from other bases before giving up. */
export interface LoadOptions {
  signal?: AbortSignal
  stallTimeoutMs?: number
  /** True reads this disk only. */
  local?: boolean
}

/** Gives one whole block by its CID, or throws `CONTENT_NOT_FOUND`, `CONTENT_STALLED` or, when it was here once, `CONTENT_BLOCK_DAMAGED`. */
export type BlockLoader = (cid: CID, options?: LoadOptions) => Promise<Uint8Array>

/** Reads from this disk, else from other bases; a block that is damaged here is fetched anew, and never handed out as it is. */
export function createBlockLoader({ blocks, exchange }: { blocks: DiskBlocks; exchange: BlockExchange }): BlockLoader {
  return async (cid, options = {}) => {
    options.signal?.throwIfAborted()
    const stored = await blocks.read(cid).catch((error: unknown) => {
      if (error instanceof NodeError) return error
      throw error
    })
    if (!(stored instanceof NodeError)) return stored
    if (options.local) throw stored
    return exchange.fetch(cid, options).catch((cause: unknown) => {
      if (stored.code !== 'CONTENT_BLOCK_DAMAGED' || !(cause instanceof NodeError)) throw cause
      throw new NodeError(
        'CONTENT_BLOCK_DAMAGED',
        `The block ${cid} was damaged on this disk, and no other base replaced it. Connect one that has it, or restore a backup.`,
        { cause },
      )
    })
  }
}
