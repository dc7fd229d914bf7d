import { sha256 } from '@noble/hashes/sha2.js'
import { CredentialError } from '../errors.ts'

/** RFC 9162 §2.1.1: what is hashed before a leaf and before a node, so that one can never pass for the other. */
const leafPrefix = 0x00
const nodePrefix = 0x01

/** A tree built once, from which any inclusion path can be read. `levels[0]` are the leaf hashes (32 bytes each), the last level is the root. */
export interface MerkleTree {
  root: Uint8Array
  treeSize: number
  levels: readonly (readonly Uint8Array[])[]
}

/** The place of one leaf in a tree: siblings from the leaf up, 32 bytes each (RFC 9162 §2.1.3.1). */
export interface InclusionProof {
  leafIndex: number
  treeSize: number
  path: readonly Uint8Array[]
}

/** The hash of a leaf's data: SHA-256(0x00 ‖ data). */
export function hashLeaf(data: Uint8Array): Uint8Array {
  return sha256.create().update(Uint8Array.of(leafPrefix)).update(data).digest()
}

/** The hash of a node: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(Uint8Array.of(nodePrefix)).update(left).update(right).digest()
}

/**
 * Builds the tree of RFC 9162 §2.1.1 over leaf hashes, in order. A node without a sibling rises unchanged, which gives the same root as
 * the recursive split at the largest power of two.
 * @throws CredentialError CREDENTIAL_MERKLE_INVALID when there is no leaf, or one that is not 32 bytes.
 */
export function buildMerkleTree(leafHashes: readonly Uint8Array[]): MerkleTree {
  if (leafHashes.length === 0) throw new CredentialError('CREDENTIAL_MERKLE_INVALID', 'A tree needs at least one leaf.')
  if (leafHashes.some((leaf) => leaf.length !== 32)) {
    throw new CredentialError('CREDENTIAL_MERKLE_INVALID', 'Every leaf hash has 32 bytes; give hashes, not data.')
  }
  const levels: Uint8Array[][] = [[...leafHashes]]
  let level = leafHashes
  while (level.length > 1) {
    const above: Uint8Array[] = []
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Uint8Array
      const right = level[at + 1]
      above.push(right ? hashNode(left, right) : left)
    }
    levels.push(above)
    level = above
  }
  return { root: level[0] as Uint8Array, treeSize: leafHashes.length, levels }
}

/**
 * The inclusion path of one leaf.
 * @throws CredentialError CREDENTIAL_MERKLE_INVALID when the tree has no such leaf.
 */
export function proveInclusion(tree: MerkleTree, leafIndex: number): InclusionProof {
  if (!Number.isInteger(leafIndex) || leafIndex < 0 || leafIndex >= tree.treeSize) {
    throw new CredentialError('CREDENTIAL_MERKLE_INVALID', `The tree of ${tree.treeSize} leaves has no leaf ${leafIndex}.`)
  }
  const path: Uint8Array[] = []
  let at = leafIndex
  for (const level of tree.levels.slice(0, -1)) {
    const sibling = level[at ^ 1]
    if (sibling) path.push(sibling)
    at >>>= 1
  }
  return { leafIndex, treeSize: tree.treeSize, path }
}

/** Whether `leafHash` is where the proof says, under `root` (RFC 9162 §2.1.3.2). False, never an error, for a proof that makes no sense. */
export function verifyInclusion(leafHash: Uint8Array, proof: InclusionProof, root: Uint8Array): boolean {
  const { leafIndex, treeSize, path } = proof
  if (!Number.isSafeInteger(leafIndex) || !Number.isSafeInteger(treeSize) || leafIndex < 0 || leafIndex >= treeSize) return false
  if (treeSize > 2 ** 31 || leafHash.length !== 32 || root.length !== 32 || path.some((node) => node.length !== 32)) return false
  let node = leafIndex
  let last = treeSize - 1
  let hash = leafHash
  for (const sibling of path) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash)
      // RFC 9162 §2.1.3.2, 4.2.2: a last node that rose alone has no sibling on those levels.
      while (node % 2 === 0 && node !== 0) {
        node >>>= 1
        last >>>= 1
      }
    } else {
      hash = hashNode(hash, sibling)
    }
    node >>>= 1
    last >>>= 1
  }
  return last === 0 && hash.every((byte, at) => byte === root[at])
}
