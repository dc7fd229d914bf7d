import { CredentialError } from '../errors.ts'
import type { Signer, VerifyingKey } from './key.ts'

/** PKCS #8 of an Ed25519 seed without its last 32 bytes, the seed (RFC 8410 §7). */
const pkcs8Prefix = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20)

/** A key pair kept in memory: `seed` is the 32-byte private key of RFC 8032 §5.1.5. */
export interface Ed25519KeyPair {
  publicKey: Uint8Array
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/**
 * The key pair of a 32-byte seed. The same seed gives the same key; randomness comes from the caller.
 * @throws CredentialError CREDENTIAL_KEY_MALFORMED when the seed has not 32 bytes.
 */
export async function ed25519FromSeed(seed: Uint8Array): Promise<Ed25519KeyPair> {
  if (seed.length !== 32) {
    throw new CredentialError('CREDENTIAL_KEY_MALFORMED', `An Ed25519 seed has 32 bytes, this one ${seed.length}.`)
  }
  const privateKey = await importOrUndefined(() =>
    crypto.subtle.importKey('pkcs8', Uint8Array.of(...pkcs8Prefix, ...seed), 'Ed25519', true, ['sign']),
  )
  if (!privateKey) return softwareKeyPair(seed.slice())
  const { x } = await crypto.subtle.exportKey('jwk', privateKey)
  const publicKey = Uint8Array.from(atob((x ?? '').replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
  return { publicKey, sign: (bytes) => signWith(privateKey, bytes) }
}

/** A signer over a WebCrypto private key, which may be non-extractable: the learner's own key in a browser. */
export function webCryptoSigner(
  privateKey: CryptoKey,
  { publicKey, verificationMethod }: Pick<Signer, 'publicKey' | 'verificationMethod'>,
): Signer {
  return { algorithm: 'EdDSA', publicKey, verificationMethod, sign: (bytes) => signWith(privateKey, bytes) }
}

/**
 * A verifying key of 32 raw bytes, by WebCrypto; by @noble/curves (loaded when needed) in browsers without Ed25519 in WebCrypto.
 * It is imported once, at the first `verify`.
 */
export function ed25519VerifyingKey(publicKey: Uint8Array): VerifyingKey {
  if (publicKey.length !== 32) {
    throw new CredentialError('CREDENTIAL_KEY_MALFORMED', `An Ed25519 public key has 32 bytes, this one ${publicKey.length}.`)
  }
  let verifier: Promise<Verify> | undefined
  let ready: Verify | undefined
  return {
    algorithm: 'EdDSA',
    publicKey,
    async verify(bytes, signature) {
      if (signature.length !== 64) return false
      verifier ??= importVerifier(publicKey)
      ready ??= await verifier
      return ready(bytes, signature)
    },
  }
}

type Verify = (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>

async function importVerifier(publicKey: Uint8Array): Promise<Verify> {
  const key = await importOrUndefined(() => crypto.subtle.importKey('raw', publicKey as BufferSource, 'Ed25519', false, ['verify']))
  if (key) return (bytes, signature) => crypto.subtle.verify('Ed25519', key, signature as BufferSource, bytes as BufferSource)
  return softwareVerifier(publicKey)
}

/** Verification without WebCrypto. `zip215: false` asks for the strict rules of RFC 8032, as WebCrypto's are. */
export async function softwareVerifier(publicKey: Uint8Array): Promise<Verify> {
  const { ed25519 } = await import('@noble/curves/ed25519.js')
  return async (bytes, signature) => {
    try {
      return ed25519.verify(signature, bytes, publicKey, { zip215: false })
    } catch {
      return false // noble throws for a public key that is no point of the curve
    }
  }
}

/** A key pair without WebCrypto. */
export async function softwareKeyPair(seed: Uint8Array): Promise<Ed25519KeyPair> {
  const { ed25519 } = await import('@noble/curves/ed25519.js')
  return { publicKey: ed25519.getPublicKey(seed), sign: async (bytes) => ed25519.sign(bytes, seed) }
}

async function signWith(privateKey: CryptoKey, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, bytes as BufferSource))
}

/** WebCrypto refuses the algorithm by an error (NotSupportedError); a key that is no point of the curve is refused by DataError. */
async function importOrUndefined(importKey: () => Promise<CryptoKey>): Promise<CryptoKey | undefined> {
  try {
    return await importKey()
  } catch {
    return undefined
  }
}
