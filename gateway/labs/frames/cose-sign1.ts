import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg'
import type { DevicePublicKey, DeviceSigner, KeyAlgorithm } from './device-key.ts'
import { isSignedBy } from './device-key.ts'

/** COSE algorithm numbers (RFC 9053 §2, RFC 9864): the polymorphic ones are written, the fully specified ones are read too. */
const ALGORITHMS: Readonly<Record<KeyAlgorithm, readonly [number, ...number[]]>> = { Ed25519: [-8, -19], 'P-256': [-7, -9] }

/** CBOR tag of COSE_Sign1 (RFC 9052 §4.2). */
const SIGN1 = 18
/** Label of the algorithm in a header (RFC 9052 §3.1). */
const ALGORITHM_LABEL = 1
/** What is signed names itself (RFC 9052 §4.4). */
const SIGNATURE1 = Uint8Array.from([0x84, 0x6a, ...Buffer.from('Signature1')])

/** A COSE_Sign1 taken apart; its signature is not checked yet. */
export interface Sign1 {
  readonly algorithm: KeyAlgorithm
  readonly protectedHeader: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

/** Strict reading: shortest integers, no indefinite lengths, no doubled keys, no undefined (RFC 8949 §4.2.1). */
export const STRICT_CBOR = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const

/** Signs a payload: tagged COSE_Sign1 with the algorithm protected and no other header. */
export const signCose = (payload: Uint8Array, signer: DeviceSigner): Uint8Array => {
  const header = encode(new Map([[ALGORITHM_LABEL, ALGORITHMS[signer.algorithm][0]]]), rfc8949EncodeOptions)
  const signature = signer.sign(toBeSigned(header, payload))
  return encode(new Tagged(SIGN1, [header, new Map(), payload, signature]), rfc8949EncodeOptions)
}

/** Takes a tagged COSE_Sign1 apart; undefined when it is anything else, or names an algorithm that no device may use. */
export const parseCose = (bytes: Uint8Array): Sign1 | undefined => {
  const parts = decodeStrictly(bytes, SIGN1)
  if (!Array.isArray(parts) || parts.length !== 4) return undefined
  const [header, unprotected, payload, signature] = parts as readonly unknown[]
  if (!(header instanceof Uint8Array && unprotected instanceof Map && payload instanceof Uint8Array && signature instanceof Uint8Array)) {
    return undefined
  }
  const fields = decodeStrictly(header)
  // A critical header (label 2) or any other protected field that we would have to understand is refused.
  if (!(fields instanceof Map) || fields.size !== 1 || unprotected.size !== 0) return undefined
  const algorithm = findAlgorithm(fields.get(ALGORITHM_LABEL))
  return algorithm && { algorithm, protectedHeader: header, payload, signature }
}

/** Whether the key signed it, with the algorithm that the header names. */
export const isCoseSignedBy = (message: Sign1, key: DevicePublicKey): boolean =>
  message.algorithm === key.algorithm && isSignedBy(key, toBeSigned(message.protectedHeader, message.payload), message.signature)

/** Decodes CBOR by the strict rules, with maps as `Map`; undefined for what breaks them. `tag` is required when given. */
export const decodeStrictly = (bytes: Uint8Array, tag?: number): unknown => {
  try {
    const tags = tag === undefined ? {} : { [tag]: Tagged.decoder(tag) }
    const value: unknown = decode(bytes, { ...STRICT_CBOR, useMaps: true, tags })
    if (tag === undefined) return value
    return value instanceof Tagged ? value.value : undefined
  } catch {
    // cborg throws for every malformed input; for a reader of hostile bytes that is an answer.
    return undefined
  }
}

const findAlgorithm = (label: unknown): KeyAlgorithm | undefined =>
  (Object.keys(ALGORITHMS) as KeyAlgorithm[]).find((name) => ALGORITHMS[name].some((number) => number === label))

/** Sig_structure without external data (RFC 9052 §4.4), written directly: four items, two of them fixed. */
const toBeSigned = (header: Uint8Array, payload: Uint8Array): Uint8Array =>
  Buffer.concat([SIGNATURE1, byteStringHead(header.length), header, Uint8Array.of(0x40), byteStringHead(payload.length), payload])

const byteStringHead = (length: number): Uint8Array => {
  if (length < 24) return Uint8Array.of(0x40 | length)
  if (length < 256) return Uint8Array.of(0x58, length)
  if (length < 65_536) return Uint8Array.of(0x59, length >> 8, length & 0xff)
  return Uint8Array.of(0x5a, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff)
}
