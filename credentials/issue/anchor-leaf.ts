import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { CredentialError } from '../errors.ts'
import { withoutProof } from '../formats/data-integrity/data-integrity.ts'
import type { JsonObject } from '../formats/format.ts'
import { canonicalJson } from '../formats/json.ts'

/**
 * The leaf that is anchored for a credential: SHA-256(0x00 ‖ salt ‖ JCS(credential without proof)), 32 bytes. The payload of a vc+jwt has no
 * `proof`, so every format of one record gives one leaf. It is a leaf hash already: give it to `buildMerkleTree` as it is.
 * @throws CredentialError CREDENTIAL_MERKLE_INVALID when the salt has not 16 bytes.
 */
export function leafOf(credential: JsonObject, salt: Uint8Array): Uint8Array {
  if (salt.length !== 16) throw new CredentialError('CREDENTIAL_MERKLE_INVALID', `A salt has 16 bytes, this one ${salt.length}.`)
  return sha256(concatBytes(Uint8Array.of(0x00), salt, utf8ToBytes(canonicalJson(withoutProof(credential)))))
}
