import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { CredentialError } from '../errors.ts'
import { canonicalJson } from '../formats/json.ts'

/** Who vouches for the readings: the machine's own key, or the base that received them from a machine that cannot sign. */
export type Attestation = 'device-signed' | 'gateway-attested'

/** A stored file of the session, as ciphertext. */
export interface StoredContent {
  role: 'job' | 'recording' | 'picture'
  /** CID of the ciphertext. */
  cid: string
  mediaType: string
}

/**
 * What a credential says of the machine session behind it: nothing but digests, sizes and CIDs of ciphertext.
 * It stands in `evidence[].telemetryReceipt`. Digests are `0x` and 64 lower hex.
 */
export interface TelemetryReceipt {
  attestation: Attestation
  /** The Merkle segment (RFC 9162) that the session's frames closed into. */
  segment: { root: `0x${string}`; treeSize: number }
  /** First and last leaf of the session's frames in the segment, both included. */
  frames: { first: number; last: number }
  contents: readonly StoredContent[]
  /** Salted commitments to single results, by name; the holder may open one. */
  commitments: Readonly<Record<string, `0x${string}`>>
}

/** A value that can be committed to. */
export type CommittedValue = string | number | boolean

const commitmentPrefix = Uint8Array.of(0x02)

/**
 * The commitment to one named value: SHA-256(0x02 ‖ salt ‖ JCS([name, value])). The salt has 16 random bytes and is kept by the holder;
 * 0x02 keeps a commitment from passing for a leaf or a node of a tree.
 * @throws CredentialError CREDENTIAL_RECEIPT_MALFORMED when the salt has not 16 bytes.
 */
export function commitTo(name: string, value: CommittedValue, salt: Uint8Array): `0x${string}` {
  if (salt.length !== 16) throw new CredentialError('CREDENTIAL_RECEIPT_MALFORMED', `A salt has 16 bytes, this one ${salt.length}.`)
  return `0x${bytesToHex(sha256(concatBytes(commitmentPrefix, salt, utf8ToBytes(canonicalJson([name, value])))))}`
}
