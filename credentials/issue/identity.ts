import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { JsonObject } from '../formats/format.ts'

/**
 * The salted hash of a learner's name for an Open Badges 3.0 IdentityObject: `sha256$` and SHA-256 of name ‖ salt in UTF-8, in hex
 * (OB 3.0 §B.6.1 IdentityHash). The name is normalised (NFC, single spaces) so that it can be typed again; `salt` is 32 hex digits, kept apart.
 */
export function hashIdentity(name: string, salt: string): string {
  const normalised = name.normalize('NFC').trim().replace(/\s+/gu, ' ')
  return `sha256$${bytesToHex(sha256(utf8ToBytes(normalised + salt)))}`
}

/** The IdentityObject that stands in the credential: without salt, so that the name can not be guessed from a list of names. */
export function identityObject(identityHash: string): JsonObject {
  return { type: 'IdentityObject', hashed: true, identityHash, identityType: 'name' }
}

/**
 * Whether a name and its salt, opened by the holder, are the ones that the credential's IdentityObject was made from. The salt must have its 32 hex
 * digits: the hash is over name and salt run together, so that letters could move from one to the other.
 */
export function opensIdentity(identity: JsonObject, opened: { name: string; salt: string }): boolean {
  const { hashed, identityHash } = identity
  if (!/^[0-9a-f]{32}$/.test(opened.salt)) return false
  return hashed === true && typeof identityHash === 'string' && identityHash.toLowerCase() === hashIdentity(opened.name, opened.salt)
}
