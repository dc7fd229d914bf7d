import { CredentialError } from '../errors.ts'
import { ed25519FromSeed, ed25519VerifyingKey } from './ed25519.ts'
import type { Signer, VerifyingKey } from './key.ts'
import { decodeMultikey, encodeMultikey, type PublicKey } from './multikey.ts'
import { p256VerifyingKey } from './p256.ts'

/** The did:key of a public key (did:key method §3.1). */
export function didKeyOf(key: PublicKey): string {
  return `did:key:${encodeMultikey(key)}`
}

/** The verification method of a key under a DID: `<did>#<publicKeyMultibase>`. */
export function verificationMethodOf(did: string, key: PublicKey): string {
  return `${did}#${encodeMultikey(key)}`
}

/**
 * The verifying key that a did:key (with or without fragment) is.
 * @throws CredentialError CREDENTIAL_DID_INVALID when it is no did:key, or its fragment names another key.
 */
export function resolveDidKey(didUrl: string): VerifyingKey {
  const [did = '', fragment] = didUrl.split('#')
  const multikey = did.slice('did:key:'.length)
  if (!did.startsWith('did:key:') || (fragment !== undefined && fragment !== multikey)) {
    throw new CredentialError('CREDENTIAL_DID_INVALID', `${didUrl.slice(0, 80)} is not the did:key of one key.`)
  }
  try {
    return verifyingKeyOf(decodeMultikey(multikey))
  } catch (cause) {
    throw new CredentialError('CREDENTIAL_DID_INVALID', `${didUrl.slice(0, 80)} holds no key that is read here (Ed25519 or P-256).`, {
      cause,
    })
  }
}

/** A verifying key of any public key read here. */
export function verifyingKeyOf({ algorithm, publicKey }: PublicKey): VerifyingKey {
  return algorithm === 'EdDSA' ? ed25519VerifyingKey(publicKey) : p256VerifyingKey(publicKey)
}

/**
 * A signer over a 32-byte Ed25519 seed. `did` is whose key it is; left out, the key speaks for itself as a did:key.
 * @throws CredentialError CREDENTIAL_KEY_MALFORMED when the seed has not 32 bytes.
 */
export async function signerFromSeed(seed: Uint8Array, did?: string): Promise<Signer> {
  const { publicKey, sign } = await ed25519FromSeed(seed)
  const key: PublicKey = { algorithm: 'EdDSA', publicKey }
  return { ...key, verificationMethod: verificationMethodOf(did ?? didKeyOf(key), key), sign }
}
