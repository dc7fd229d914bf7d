import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, ECDH, sign, verify } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { LabsError } from '../errors.ts'

/** Signature algorithms that a device may use. P-256 is what secure elements do. */
export type KeyAlgorithm = 'Ed25519' | 'P-256'

/** A public key ready to verify with. */
export interface DevicePublicKey {
  readonly algorithm: KeyAlgorithm
  /** Multikey, `z6Mk…` or `zDn…` (Controlled Identifiers 1.0 §2.2.2). */
  readonly multibase: string
  readonly key: KeyObject
}

/** Signs with a key that it does not show. */
export interface DeviceSigner {
  readonly algorithm: KeyAlgorithm
  readonly publicKeyMultibase: string
  /** 64 bytes: Ed25519 (RFC 8032), or r‖s of ECDSA P-256 over SHA-256 (RFC 9053 §2.1). */
  sign(message: Uint8Array): Uint8Array
}

/** Multicodec prefixes and key lengths. */
const KINDS = [
  { algorithm: 'Ed25519', prefix: [0xed, 0x01], length: 32 },
  { algorithm: 'P-256', prefix: [0x80, 0x24], length: 33 },
] as const

/** Reads a Multikey. @throws LABS_PAIRING_KEY when it is not an Ed25519 or P-256 key */
export const parseDeviceKey = (multibase: string): DevicePublicKey => {
  const bytes = decode(multibase)
  const kind = KINDS.find(({ prefix, length }) => bytes[0] === prefix[0] && bytes[1] === prefix[1] && bytes.length === length + 2)
  if (kind === undefined) throw new LabsError('LABS_PAIRING_KEY', { detail: 'not an Ed25519 or P-256 key' })
  const raw = bytes.subarray(2)
  try {
    return { algorithm: kind.algorithm, multibase, key: kind.algorithm === 'Ed25519' ? ed25519Key(raw) : p256Key(raw) }
  } catch (cause) {
    throw new LabsError('LABS_PAIRING_KEY', { detail: 'not a point of its curve' }, cause)
  }
}

const decode = (multibase: string): Uint8Array => {
  try {
    return multibase.length <= 64 ? base58btc.decode(multibase) : new Uint8Array()
  } catch {
    return new Uint8Array()
  }
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const ed25519Key = (raw: Uint8Array) => createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: base64url(raw) } })

const p256Key = (compressed: Uint8Array): KeyObject => {
  const point = ECDH.convertKey(compressed, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer
  const [x, y] = [point.subarray(1, 33), point.subarray(33, 65)]
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: base64url(x), y: base64url(y) } })
}

/** `did:key` of a Multikey. */
export const didOfKey = (multibase: string): string => `did:key:${multibase}`

/** Whether a 64-byte signature is the key's over the message; false for anything else. */
export const isSignedBy = (key: DevicePublicKey, message: Uint8Array, signature: Uint8Array): boolean => {
  if (signature.length !== 64) return false
  if (key.algorithm === 'Ed25519') return verify(null, message, key.key, signature)
  return verify('sha256', message, { key: key.key, dsaEncoding: 'ieee-p1363' }, signature)
}

/** A signer around a private key of Ed25519 or P-256. */
export const createSigner = (privateKey: KeyObject): DeviceSigner => {
  const algorithm: KeyAlgorithm = privateKey.asymmetricKeyType === 'ed25519' ? 'Ed25519' : 'P-256'
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const x = Buffer.from(jwk.x ?? '', 'base64url')
  const isOdd = algorithm === 'P-256' && ((Buffer.from(jwk.y ?? '', 'base64url').at(-1) ?? 0) & 1) === 1
  const raw = algorithm === 'Ed25519' ? [0xed, 0x01, ...x] : [0x80, 0x24, isOdd ? 3 : 2, ...x]
  const signMessage = (message: Uint8Array): Uint8Array =>
    algorithm === 'Ed25519' ? sign(null, message, privateKey) : sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return { algorithm, publicKeyMultibase: base58btc.encode(Uint8Array.from(raw)), sign: signMessage }
}

/** PKCS #8 wrapping of a 32-byte Ed25519 seed (RFC 8410 §7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A signer from a 32-byte Ed25519 seed. */
export const signerOfSeed = (seed: Uint8Array): DeviceSigner =>
  createSigner(createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' }))
