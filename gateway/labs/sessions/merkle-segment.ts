import { createHash } from 'node:crypto'

/** RFC 9162 §2.1.1: leaf = SHA-256(0x00 ‖ data), node = SHA-256(0x01 ‖ left ‖ right). */
const LEAF = Uint8Array.of(0x00)
const NODE = Uint8Array.of(0x01)

/** Hash of a leaf's data. */
export const hashLeaf = (data: Uint8Array): Uint8Array => createHash('sha256').update(LEAF).update(data).digest()

const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array => createHash('sha256').update(NODE).update(left).update(right).digest()

/** A tree that grows leaf by leaf and keeps only its peaks: a session of any length fits in memory. */
export interface MerkleSegment {
  add(data: Uint8Array): void
  readonly treeSize: number
  /** Root as `0x…`; of no leaves, SHA-256 of nothing. */
  root(): string
}

/** An empty segment. */
export const createMerkleSegment = (): MerkleSegment => {
  // One peak for each bit of the size, the largest first.
  const peaks: { readonly hash: Uint8Array; readonly size: number }[] = []
  let treeSize = 0
  const add = (data: Uint8Array) => {
    let peak = { hash: hashLeaf(data), size: 1 }
    for (let last = peaks.at(-1); last && last.size === peak.size; last = peaks.at(-1)) {
      peak = { hash: hashNode(last.hash, peak.hash), size: peak.size * 2 }
      peaks.pop()
    }
    peaks.push(peak)
    treeSize += 1
  }
  const root = (): string => {
    const [last, ...rest] = [...peaks].reverse()
    const hash =
      last === undefined ? createHash('sha256').digest() : rest.reduce((right, { hash: left }) => hashNode(left, right), last.hash)
    return `0x${Buffer.from(hash).toString('hex')}`
  }
  return {
    add,
    root,
    get treeSize() {
      return treeSize
    },
  }
}

/** Siblings of a leaf from the leaf up, as `0x…` (RFC 9162 §2.1.3.1). */
export const proveLeaf = (leaves: readonly Uint8Array[], leafIndex: number): string[] => {
  const path: string[] = []
  let level = leaves
  for (let at = leafIndex; level.length > 1; at >>= 1) {
    const sibling = level[at ^ 1]
    if (sibling) path.push(`0x${Buffer.from(sibling).toString('hex')}`)
    level = pairUp(level)
  }
  return path
}

const pairUp = (level: readonly Uint8Array[]): Uint8Array[] => {
  const above: Uint8Array[] = []
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]]
    if (left) above.push(right ? hashNode(left, right) : left)
  }
  return above
}
