import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { NodeError } from '../../errors.ts'

/** What was sealed to a public key: the encapsulated key (32 bytes) and the ciphertext with its tag. */
export interface Wrapped {
  enc: Uint8Array
  ciphertext: Uint8Array
}

/** What is authenticated with a sealed value, and must be the same when it is opened. */
export interface WrapContext {
  info: Uint8Array
  aad: Uint8Array
}

/** The AEADs of RFC 9180 §7.3 that this base has; ours is AES-256-GCM, the other one is that of the RFC's own vectors. */
export const aeads = {
  aes128Gcm: { id: 1, cipher: 'aes-128-gcm', keyBytes: 16 },
  aes256Gcm: { id: 2, cipher: 'aes-256-gcm', keyBytes: 32 },
} as const
type Aead = (typeof aeads)[keyof typeof aeads]

const KEM_ID = 0x0020
const KDF_ID = 0x0001
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PUBLIC_KEY_BYTES = 32
const none = Buffer.alloc(0)

/** A key pair of X25519: the public key as its 32 bytes. */
export interface KemKeys {
  publicKey: Uint8Array
  privateKey: KeyObject
}

/** Makes a key pair for one exchange. */
export function createKemKeys(): KemKeys {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return { publicKey: rawPublicKey(publicKey), privateKey }
}

/** The key pair of a private key of 32 bytes, for vectors. */
export function kemKeysFrom(secret: Uint8Array): KemKeys {
  // RFC 8410 §7: PrivateKeyInfo of id-X25519 is this prefix and the key.
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), secret])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return { publicKey: rawPublicKey(createPublicKey(privateKey)), privateKey }
}

/**
 * Seals one value to a public key: HPKE (RFC 9180) in base mode, single shot, DHKEM(X25519, HKDF-SHA-256), HKDF-SHA-256, AES-256-GCM.
 * Throws `SEAL_KEY_INVALID` for a public key of another length, or one that gives no secret.
 */
export function wrapTo(
  recipient: Uint8Array,
  plaintext: Uint8Array,
  { info, aad, ephemeral = createKemKeys(), aead = aeads.aes256Gcm }: WrapContext & { ephemeral?: KemKeys; aead?: Aead },
): Wrapped {
  const shared = encapsulate(ephemeral.privateKey, recipient, [ephemeral.publicKey, recipient])
  const { key, nonce } = schedule(shared, info, aead)
  const cipher = createCipheriv(aead.cipher, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  return { enc: ephemeral.publicKey, ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]) }
}

/** Opens what was sealed to a key pair. Throws `SEAL_BROKEN` when it was sealed to another, for another context, or was changed. */
export function unwrap(
  keys: KemKeys,
  { enc, ciphertext }: Wrapped,
  { info, aad, aead = aeads.aes256Gcm }: WrapContext & { aead?: Aead },
): Uint8Array {
  try {
    const { key, nonce } = schedule(encapsulate(keys.privateKey, enc, [enc, keys.publicKey]), info, aead)
    const end = ciphertext.byteLength - TAG_BYTES
    const decipher = createDecipheriv(aead.cipher, key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(aad)
    decipher.setAuthTag(ciphertext.subarray(Math.max(0, end)))
    return Buffer.concat([decipher.update(ciphertext.subarray(0, Math.max(0, end))), decipher.final()])
  } catch (cause) {
    throw new NodeError('SEAL_BROKEN', 'A wrapped key does not open: it was wrapped for another base or another work, or changed.', {
      cause,
    })
  }
}

/** RFC 9180 §4.1, Encap and Decap: both sides know the secret and hash it with both public keys. */
function encapsulate(own: KeyObject, other: Uint8Array, context: readonly Uint8Array[]): Buffer {
  const suite = Buffer.concat([Buffer.from('KEM'), twoBytes(KEM_ID)])
  const prk = labeledExtract(suite, none, 'eae_prk', agree(own, other))
  return labeledExpand(suite, prk, { label: 'shared_secret', info: Buffer.concat(context), length: 32 })
}

/** RFC 9180 §5.1, KeySchedule in base mode, for the one message of a single shot: its nonce is the base nonce. */
function schedule(shared: Buffer, info: Uint8Array, aead: Aead): { key: Buffer; nonce: Buffer } {
  const suite = Buffer.concat([Buffer.from('HPKE'), twoBytes(KEM_ID), twoBytes(KDF_ID), twoBytes(aead.id)])
  const context = Buffer.concat([
    Buffer.of(0),
    labeledExtract(suite, none, 'psk_id_hash', none),
    labeledExtract(suite, none, 'info_hash', info),
  ])
  const secret = labeledExtract(suite, shared, 'secret', none)
  return {
    key: labeledExpand(suite, secret, { label: 'key', info: context, length: aead.keyBytes }),
    nonce: labeledExpand(suite, secret, { label: 'base_nonce', info: context, length: NONCE_BYTES }),
  }
}

/** RFC 9180 §4, LabeledExtract; Extract is RFC 5869 §2.2. */
function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, value: Uint8Array): Buffer {
  return createHmac('sha256', salt)
    .update(Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), value]))
    .digest()
}

/** RFC 9180 §4, LabeledExpand; no length here is above 32, so that Expand (RFC 5869 §2.3) is one round. */
function labeledExpand(suite: Uint8Array, secret: Uint8Array, ask: { label: string; info: Uint8Array; length: number }): Buffer {
  const labeled = Buffer.concat([twoBytes(ask.length), Buffer.from('HPKE-v1'), suite, Buffer.from(ask.label), ask.info])
  return createHmac('sha256', secret).update(labeled).update(Buffer.of(1)).digest().subarray(0, ask.length)
}

function agree(own: KeyObject, other: Uint8Array): Buffer {
  try {
    if (other.byteLength !== PUBLIC_KEY_BYTES) throw new Error(`it has ${other.byteLength} bytes`)
    const key = { kty: 'OKP', crv: 'X25519', x: Buffer.from(other).toString('base64url') }
    // A point of low order gives no secret, and is refused here (RFC 9180 §7.1.4).
    return diffieHellman({ privateKey: own, publicKey: createPublicKey({ key, format: 'jwk' }) })
  } catch (cause) {
    throw new NodeError('SEAL_KEY_INVALID', 'A key to wrap for is not a public key of X25519.', { cause })
  }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
}

function twoBytes(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff)
}
