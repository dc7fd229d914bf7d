import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildMerkleTree, hashLeaf, hashNode, proveInclusion, verifyInclusion } from './merkle-tree.ts'

const seed = 20_261_122
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const leaves = (count: number) => Array.from({ length: count }, (_, index) => hashLeaf(Uint8Array.of(index >> 8, index)))

/** The definition of RFC 9162 §2.1.1, word for word: split at the largest power of two below n. */
function rootByDefinition(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes
  if (hashes.length === 1 && only) return only
  const split = 2 ** Math.floor(Math.log2(hashes.length - 1))
  return hashNode(rootByDefinition(hashes.slice(0, split)), rootByDefinition(hashes.slice(split)))
}

describe('the Merkle tree of RFC 9162', () => {
  it('gives the known roots of Certificate Transparency’s test data', () => {
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
    const hashes = data.map((text) => hashLeaf(Buffer.from(text, 'hex')))
    const root = (count: number) => hex(buildMerkleTree(hashes.slice(0, count)).root)
    expect(root(1)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
    expect(root(2)).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125')
    expect(root(3)).toBe('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77')
    expect(root(8)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
  })

  it('is the tree of the definition, and proves every leaf, for every size up to 70', () => {
    for (let size = 1; size <= 70; size++) {
      const hashes = leaves(size)
      const tree = buildMerkleTree(hashes)
      expect(hex(tree.root)).toBe(hex(rootByDefinition(hashes)))
      for (const [index, leaf] of hashes.entries()) expect(verifyInclusion(leaf, proveInclusion(tree, index), tree.root)).toBe(true)
    }
  })

  it('refuses every proof that was changed: another leaf, place, size, node, or length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (size, pick, at, flip) => {
        const hashes = leaves(size)
        const tree = buildMerkleTree(hashes)
        const index = pick % size
        const proof = proveInclusion(tree, index)
        const leaf = hashes[index] ?? hashLeaf(new Uint8Array())
        const path = proof.path.map((node) => Uint8Array.from(node))
        const node = path[at % path.length]
        if (node) node[at % 32] = (node[at % 32] ?? 0) ^ flip
        const next = (index + 1) % size
        expect(verifyInclusion(leaf, { ...proof, path }, tree.root)).toBe(false)
        expect(verifyInclusion(hashes[next] ?? leaf, proof, tree.root)).toBe(false)
        expect(verifyInclusion(leaf, { ...proof, leafIndex: size + index }, tree.root)).toBe(false)
        expect(verifyInclusion(leaf, { ...proof, path: proof.path.slice(1) }, tree.root)).toBe(false)
        expect(verifyInclusion(leaf, { ...proof, path: [...proof.path, leaf] }, tree.root)).toBe(false)
        expect(verifyInclusion(tree.root, { leafIndex: 0, treeSize: 1, path: proof.path }, tree.root)).toBe(false)
      }),
      { numRuns: 1_000, seed },
    )
  })

  it('meets any numbers and bytes with an answer', () => {
    const bytes = fc.uint8Array({ maxLength: 40 })
    fc.assert(
      fc.property(
        bytes,
        fc.oneof(fc.integer(), fc.double()),
        fc.oneof(fc.integer(), fc.double()),
        fc.array(bytes),
        bytes,
        (leaf, leafIndex, treeSize, path, root) => {
          expect(verifyInclusion(leaf, { leafIndex, treeSize, path }, root)).toBeTypeOf('boolean')
        },
      ),
      { numRuns: 1_000, seed },
    )
  })

  it('names misuse: no leaves, data instead of hashes, a leaf that is not there', () => {
    const invalid = expect.objectContaining({ code: 'CREDENTIAL_MERKLE_INVALID' })
    expect(() => buildMerkleTree([])).toThrow(invalid)
    expect(() => buildMerkleTree([new Uint8Array(3)])).toThrow(invalid)
    expect(() => proveInclusion(buildMerkleTree(leaves(3)), 3)).toThrow(invalid)
  })
})
