import { CredentialError } from '../errors.ts'
import type { VerifyingKey } from './key.ts'

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signatureScheme = { name: 'ECDSA', hash: 'SHA-256' } as const

/**
 * A P-256 verifying key of 33 raw bytes (compressed), for ES256 tokens of other issuers.
 * @throws CredentialError CREDENTIAL_KEY_MALFORMED when the key has not 33 bytes.
 */
export function p256VerifyingKey(publicKey: Uint8Array): VerifyingKey {
  if (publicKey.length !== 33) {
    throw new CredentialError('CREDENTIAL_KEY_MALFORMED', `A compressed P-256 key has 33 bytes, this one ${publicKey.length}.`)
  }
  let imported: Promise<CryptoKey | undefined> | undefined
  return {
    algorithm: 'ES256',
    publicKey,
    async verify(bytes, signature) {
      if (signature.length !== 64) return false
      imported ??= importKey(publicKey)
      const key = await imported
      return key !== undefined && crypto.subtle.verify(signatureScheme, key, signature as BufferSource, bytes as BufferSource)
    },
  }
}

/** Undefined when the bytes are no point of the curve: then no signature fits. */
async function importKey(publicKey: Uint8Array): Promise<CryptoKey | undefined> {
  const { p256 } = await import('@noble/curves/nist.js')
  try {
    // WebCrypto need not read compressed points (Web Cryptography §23.7), so the point is opened first.
    const point = p256.Point.fromBytes(publicKey).toBytes(false)
    return await crypto.subtle.importKey('raw', point as BufferSource, curve, false, ['verify'])
  } catch {
    return undefined
  }
}
