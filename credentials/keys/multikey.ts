import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { base58btc } from 'multiformats/bases/base58'
import { CredentialError } from '../errors.ts'
import type { KeyAlgorithm } from './key.ts'

/** Multicodec prefixes (unsigned varint) and lengths of the raw keys: Controlled Identifiers 1.0 §2.2.2. */
const prefixes: Record<KeyAlgorithm, { prefix: [number, number]; length: number }> = {
  EdDSA: { prefix: [0xed, 0x01], length: 32 },
  ES256: { prefix: [0x80, 0x24], length: 33 },
}

/** A public key and the algorithm it is for. Raw bytes: 32 (Ed25519) or 33 (P-256, compressed). */
export interface PublicKey {
  algorithm: KeyAlgorithm
  publicKey: Uint8Array
}

/** The `publicKeyMultibase` text of a key, `z6Mk…` for Ed25519. */
export function encodeMultikey({ algorithm, publicKey }: PublicKey): string {
  const { prefix, length } = prefixes[algorithm]
  if (publicKey.length !== length) {
    throw new CredentialError('CREDENTIAL_KEY_MALFORMED', `A ${algorithm} public key has ${length} bytes, this one ${publicKey.length}.`)
  }
  return base58btc.encode(Uint8Array.of(...prefix, ...publicKey))
}

/**
 * Reads a `publicKeyMultibase`.
 * @throws CredentialError CREDENTIAL_KEY_MALFORMED for anything but base58btc of an Ed25519 or P-256 key.
 */
export function decodeMultikey(multikey: string): PublicKey {
  const bytes = decodeBase58(multikey)
  for (const [algorithm, { prefix, length }] of Object.entries(prefixes)) {
    if (bytes[0] === prefix[0] && bytes[1] === prefix[1] && bytes.length === length + 2) {
      return { algorithm: algorithm as KeyAlgorithm, publicKey: bytes.subarray(2) }
    }
  }
  throw new CredentialError(
    'CREDENTIAL_KEY_MALFORMED',
    `The key ${multikey.slice(0, 12)}… is neither Ed25519 nor P-256. Use a key of one of these.`,
  )
}

/** The name of a key on the ledger: `0x` and 64 lower hex, SHA-256 of the raw public key. */
export function keyIdOf(publicKey: Uint8Array): `0x${string}` {
  return `0x${bytesToHex(sha256(publicKey))}`
}

function decodeBase58(text: string): Uint8Array {
  // A P-256 multikey has 49 characters; the limit keeps base58's quadratic decoding off long input.
  if (text.length > 64 || !text.startsWith('z')) {
    throw new CredentialError('CREDENTIAL_KEY_MALFORMED', 'A multikey starts with z (base58btc) and has at most 64 characters.')
  }
  try {
    return base58btc.decode(text)
  } catch (cause) {
    throw new CredentialError('CREDENTIAL_KEY_MALFORMED', 'A multikey must be base58btc text.', { cause })
  }
}
