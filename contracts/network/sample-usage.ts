/** Receipts of use and their Merkle trees (RFC 9162, SHA-256), for tests and the bench. */
import { concat, sha256, toBeHex } from 'ethers'
import { digestOf } from './sample-network.ts'

/** One receipt as the ledger takes it. */
export type SampleReceipt = {
  readonly baseId: number
  readonly workId: number
  readonly day: number
  readonly class: string
  readonly teacher: string
}

/** The use of a work by a class on a day; class and teacher are digests that stand for HMACs. */
export const receiptOf = (baseId: number, workId: number, day: number, names: { class: string; teacher?: string }): SampleReceipt => ({
  baseId,
  workId,
  day,
  class: digestOf(names.class),
  teacher: digestOf(names.teacher ?? 'teacher'),
})

/** A receipt's leaf: SHA-256 of a zero byte and its bytes. */
export const leafOf = ({ baseId, workId, day, class: group, teacher }: SampleReceipt): string =>
  sha256(concat(['0x00', toBeHex(baseId, 4), toBeHex(workId, 4), toBeHex(day, 4), group, teacher]))

/** The root of the tree over leaves, in order. */
export function rootOf(leaves: readonly string[]): string {
  const [first] = leaves
  if (leaves.length < 2) return first ?? sha256('0x')
  const split = splitOf(leaves.length)
  return sha256(concat(['0x01', rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split))]))
}

/** The hashes beside the way from a leaf to the root, from the bottom (RFC 9162, 2.1.3.1). */
export function pathOf(leaves: readonly string[], index: number): string[] {
  if (leaves.length < 2) return []
  const split = splitOf(leaves.length)
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)]
  return index < split ? [...pathOf(left, index), rootOf(right)] : [...pathOf(right, index - split), rootOf(left)]
}

/** The largest power of two below a size. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1))
}

/** A receipt with its proof. */
export const shownAt = (receipts: readonly SampleReceipt[], index: number) => ({
  receipt: receipts[index] as SampleReceipt,
  index,
  path: pathOf(receipts.map(leafOf), index),
})

/** A batch over receipts. */
export const batchOf = (
  receipts: readonly SampleReceipt[],
  { baseId, sequence = 1, fromDay, toDay = fromDay }: { baseId: number; sequence?: number; fromDay: number; toDay?: number },
) => ({ baseId, sequence, fromDay, toDay, size: receipts.length, root: rootOf(receipts.map(leafOf)) })
