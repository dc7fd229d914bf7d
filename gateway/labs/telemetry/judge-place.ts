import { NO_HASH } from '../frames/frame.ts'
import type { ChainHead } from './device-tracks.ts'

/** Where a verified frame stands in its device's chain. */
export type ChainPlace =
  /** The next frame. */
  | 'next'
  /** First of a new epoch; `linked` names the last frame before it, `unlinked` says that the device lost its place. */
  | 'new-epoch-linked'
  | 'new-epoch-unlinked'
  /** Frames before it are missing: it is not taken, and the device is asked for them. */
  | 'gap'
  /** It was taken before, or something else was in its place: a replay, or a resend after a lost acknowledgement. */
  | 'replay'
  /** It names another frame before it than the one that was taken. */
  | 'broken-chain'

/** Judges a frame by the head of its chain. Device clocks are not looked at: order is (epoch, seq) and nothing else. */
export const judgePlace = (
  head: ChainHead,
  frame: { readonly epoch: number; readonly seq: number; readonly prevHash: Uint8Array },
): ChainPlace => {
  if (frame.epoch < head.epoch) return 'replay'
  if (frame.epoch > head.epoch) {
    if (frame.seq !== 1) return 'gap'
    if (isSame(frame.prevHash, head.hash)) return 'new-epoch-linked'
    return isSame(frame.prevHash, NO_HASH) ? 'new-epoch-unlinked' : 'broken-chain'
  }
  if (frame.seq <= head.seq) return 'replay'
  if (frame.seq > head.seq + 1) return 'gap'
  return isSame(frame.prevHash, head.hash) ? 'next' : 'broken-chain'
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
