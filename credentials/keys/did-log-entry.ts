import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { base58btc } from 'multiformats/bases/base58'
import type { JsonObject } from '../formats/format.ts'
import { canonicalJson } from '../formats/json.ts'

/** The placeholder that stands for the SCID until it is known (did:webvh 1.0 §3.7.3). */
export const scidPlaceholder = '{SCID}'
/** The version of the method that is written and read. */
export const didMethod = 'did:webvh:1.0'

/** One line of a DID log (did:webvh 1.0 §3.4), with its proofs. */
export interface DidLogLine {
  versionId: string
  versionTime: string
  parameters: JsonObject
  state: JsonObject
  proof?: JsonObject[]
}

/** base58btc, without multibase prefix, of the SHA-256 multihash: the hash form of did:webvh 1.0 §3.7.3. */
export function multihash(text: string): string {
  return base58btc.encode(Uint8Array.of(0x12, 0x20, ...sha256(utf8ToBytes(text)))).slice(1)
}

/** The hash of an entry, with `previous` (the version before, or the SCID) in the place of its own version (did:webvh 1.0 §3.7.4). */
export function hashEntry({ proof: _, ...entry }: DidLogLine, previous: string): string {
  return multihash(canonicalJson({ ...entry, versionId: previous }))
}

/** What commits to the next update key before it is used (did:webvh 1.0 §3.7.7): the hash of its multikey text. */
export function hashNextKey(multikey: string): string {
  return multihash(multikey)
}

/** The digest of a DID log that the ledger keeps: `0x` and SHA-256 of the whole JSONL file in UTF-8. */
export function didLogDigest(log: string): `0x${string}` {
  return `0x${bytesToHex(sha256(utf8ToBytes(log)))}`
}

/** How the ledger finds a base by its DID: `0x` and SHA-256 of the DID in UTF-8. */
export function didHashOf(did: string): `0x${string}` {
  return `0x${bytesToHex(sha256(utf8ToBytes(did)))}`
}
