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

/** Gives one whole block by its CID, or throws `CONTENT_NOT_FOUND` or `CONTENT_STALLED`. */
export type BlockLoader = (cid: CID, options?: LoadOptions) => Promise<Uint8Array>

/** Reads from this disk, else from other bases; a block that is damaged here is fetched anew, and never handed out as it is. */
export function createBlockLoader({ blocks, exchange }: { blocks: DiskBlocks; exchange: BlockExchange }): BlockLoader {
  return async (cid, options = {}) => {
    options.signal?.throwIfAborted()
    const stored = await blocks.read(cid).catch((error: unknown) => {
      if (error instanceof NodeError && error.code === 'CONTENT_NOT_FOUND') return undefined
      throw error
    })
    if (stored !== undefined) return stored
    if (options.local) throw new NodeError('CONTENT_NOT_FOUND', `The block ${cid} is not whole on this disk, and only this disk was asked.`)
    return exchange.fetch(cid, options)
  }
}
