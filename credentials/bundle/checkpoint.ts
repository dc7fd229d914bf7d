import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { CredentialError } from '../errors.ts'
import { decodeBase64url, encodeBase64url } from '../formats/base64url.ts'
import type { JsonObject } from '../formats/format.ts'
import { canonicalJson, isJsonObject } from '../formats/json.ts'
import { buildMerkleTree, proveInclusion, verifyInclusion } from '../formats/merkle-tree.ts'
import { verifyingKeyOf } from '../keys/did-key.ts'
import type { Signer } from '../keys/key.ts'
import { decodeMultikey, encodeMultikey } from '../keys/multikey.ts'
import type { Hex, NetworkDescriptor, UnixSeconds } from '../ports.ts'
import { toHex } from '../verify/evidence/anchor-receipt.ts'
import { networkIdOf } from '../verify/issuer/network.ts'
import { type Fact, factLeaf } from './fact.ts'

/** What the keys of a network say of its ledger: at this block, all these facts were true. */
export interface Checkpoint {
  type: 'GuildhallCheckpoint'
  networkId: string
  blockNumber: number
  blockHash: Hex
  blockTime: UnixSeconds
  /** When the signers saw that this block was still the newest; left out: its own time. */
  seenAt?: UnixSeconds
  /** Root and size of the RFC 9162 tree over the facts' leaves. */
  facts: { root: Hex; treeSize: number }
  signatures: readonly CheckpointSignature[]
}

/** One signature: `key` is multikey text, `signature` base64url of 64 bytes (Ed25519). */
export interface CheckpointSignature {
  key: string
  signature: string
}

/** A fact with its place in a checkpoint's tree. */
export interface ProvenFact {
  fact: Fact
  leafIndex: number
  path: readonly Hex[]
}

/** The block that a checkpoint speaks of. */
export interface CheckpointBlock {
  networkId: string
  blockNumber: number
  blockHash: Hex
  blockTime: UnixSeconds
  seenAt?: UnixSeconds
}

/** Makes the unsigned checkpoint over facts, and the proof of each. The same facts in the same order give the same checkpoint. */
export function buildCheckpoint(block: CheckpointBlock, facts: readonly Fact[]): { checkpoint: Checkpoint; proven: ProvenFact[] } {
  const tree = buildMerkleTree(facts.map(factLeaf))
  const proven = facts.map((fact, leafIndex) => ({ fact, leafIndex, path: proveInclusion(tree, leafIndex).path.map(toHex) }))
  const root = toHex(tree.root)
  return { checkpoint: { type: 'GuildhallCheckpoint', ...block, facts: { root, treeSize: tree.treeSize }, signatures: [] }, proven }
}

/** A copy of the checkpoint with one more signature. Whoever signs has looked every fact up on its own ledger. */
export async function signCheckpoint(checkpoint: Checkpoint, signer: Signer): Promise<Checkpoint> {
  const signature = encodeBase64url(await signer.sign(signedBytes(checkpoint)))
  return { ...checkpoint, signatures: [...checkpoint.signatures, { key: encodeMultikey(signer), signature }] }
}

/** How many different keys of the network signed the checkpoint. Keys that are not the network's count nothing. */
export async function countSigners(checkpoint: Checkpoint, network: NetworkDescriptor): Promise<number> {
  if (checkpoint.networkId !== networkIdOf(network)) return 0
  const bytes = signedBytes(checkpoint)
  const signers = new Set<string>()
  for (const { key, signature } of checkpoint.signatures.slice(0, 256)) {
    if (network.checkpointKeys.includes(key) && (await isSigned(bytes, { key, signature }))) signers.add(key)
  }
  return signers.size
}

/** Whether a fact is in a checkpoint's tree. */
export function isProven({ fact, leafIndex, path }: ProvenFact, checkpoint: Checkpoint): boolean {
  if (fact.networkId !== checkpoint.networkId) return false
  const proof = { leafIndex, treeSize: checkpoint.facts.treeSize, path: path.map((node) => hexToBytes(node.slice(2))) }
  return verifyInclusion(factLeaf(fact), proof, hexToBytes(checkpoint.facts.root.slice(2)))
}

/**
 * Reads a checkpoint from outside.
 * @throws CredentialError CREDENTIAL_BUNDLE_MALFORMED
 */
export function readCheckpoint(value: unknown): Checkpoint {
  const isSound =
    isJsonObject(value) &&
    value['type'] === 'GuildhallCheckpoint' &&
    typeof value['networkId'] === 'string' &&
    isDigest(value['blockHash']) &&
    isCount(value['blockNumber']) &&
    isCount(value['blockTime']) &&
    (value['seenAt'] === undefined || isCount(value['seenAt'])) &&
    isJsonObject(value['facts']) &&
    isDigest(value['facts']['root']) &&
    isCount(value['facts']['treeSize']) &&
    Array.isArray(value['signatures']) &&
    value['signatures'].every((item) => isJsonObject(item) && typeof item['key'] === 'string' && typeof item['signature'] === 'string')
  if (!isSound) throw new CredentialError('CREDENTIAL_BUNDLE_MALFORMED', 'The checkpoint of the bundle is not well formed.')
  return value as unknown as Checkpoint
}

/**
 * Reads proven facts from outside; what a fact says is believed only with its proof, so its members are not looked at here.
 * @throws CredentialError CREDENTIAL_BUNDLE_MALFORMED
 */
export function readFacts(value: unknown): ProvenFact[] {
  const isSound = (item: unknown) =>
    isJsonObject(item) &&
    isJsonObject(item['fact']) &&
    isCount(item['leafIndex']) &&
    Array.isArray(item['path']) &&
    item['path'].every(isDigest)
  if (!Array.isArray(value) || !value.every(isSound)) {
    throw new CredentialError('CREDENTIAL_BUNDLE_MALFORMED', 'The facts of the bundle are not well formed.')
  }
  return value as ProvenFact[]
}

/** "guildhall checkpoint v1\n" and the JCS of the checkpoint without its signatures. */
function signedBytes({ signatures: _, ...statement }: Checkpoint): Uint8Array {
  return utf8ToBytes(`guildhall checkpoint v1\n${canonicalJson(statement as unknown as JsonObject)}`)
}

async function isSigned(bytes: Uint8Array, { key, signature }: CheckpointSignature): Promise<boolean> {
  try {
    return await verifyingKeyOf(decodeMultikey(key)).verify(bytes, decodeBase64url(signature))
  } catch (error) {
    if (error instanceof CredentialError) return false
    throw error
  }
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
