import type { PrivateKey, PublicKey } from '@libp2p/interface'
import { NodeError } from '../../errors.ts'
import type { Wrapped } from './hpke.ts'

/** Spoken between bases about the keys of sealed works. */
export const CONTENT_KEYS_PROTOCOL = '/guildhall/content-keys/1'
/** No message is longer than this many bytes. */
export const MAX_KEY_MESSAGE_BYTES = 2_048

/** Which key: the one under which all sealed files of a version are sealed. */
export interface VersionOfWork {
  workId: number
  version: number
}

/** What the asked base says first: something never said before, and a key made for this one exchange. Base64url, 32 bytes each. */
export interface Greeting {
  challenge: string
  publicKey: string
}

/** "Give me the key": wrapped for `publicKey`, for a base that the asking peer speaks for. */
export interface KeyRequest extends VersionOfWork {
  type: 'request'
  baseId: number
  publicKey: string
  /** Ed25519 by the asking peer over `signedKeyText`, base64url. */
  signature: string
}

/** "Keep the key for me": wrapped for the greeting's key, by the base that vouches for the work. */
export interface KeyDeposit extends VersionOfWork {
  type: 'deposit'
  baseId: number
  enc: string
  ciphertext: string
  signature: string
}

/** What the asked base answers. `unknown`: it cannot say, and another base, or the same one later, may. */
export type KeyAnswer =
  | { outcome: 'released'; enc: string; ciphertext: string }
  | { outcome: 'kept' }
  | { outcome: 'refused' | 'unknown'; reason: string }

type Unsigned<Message> = Omit<Message, 'signature'>

/** What a signature covers: the whole message, to whom it goes, and the challenge, so that it is good once and nowhere else. */
function signedKeyText(message: Unsigned<KeyRequest> | Unsigned<KeyDeposit>, { to, challenge }: { to: string; challenge: string }): Buffer {
  const { type, baseId, workId, version } = message
  const rest = message.type === 'request' ? [message.publicKey] : [message.enc, message.ciphertext]
  return Buffer.from(`${CONTENT_KEYS_PROTOCOL}\n${JSON.stringify([type, to, challenge, baseId, workId, version, ...rest])}`)
}

/** What a wrapped key is bound to. */
export function wrapContextOf(
  { workId, version }: VersionOfWork,
  about: { use: 'request' | 'deposit'; from: string; to: string; challenge: string },
): { info: Buffer; aad: Buffer } {
  const { use, from, to, challenge } = about
  return { info: Buffer.from(`${CONTENT_KEYS_PROTOCOL}/${use}`), aad: Buffer.from(JSON.stringify([from, to, challenge, workId, version])) }
}

/** Signs a message with a peer's key. */
export async function signKeyMessage<Message extends Unsigned<KeyRequest> | Unsigned<KeyDeposit>>(
  message: Message,
  key: Pick<PrivateKey, 'sign'>,
  about: { to: string; challenge: string },
): Promise<Message & { signature: string }> {
  return { ...message, signature: Buffer.from(await key.sign(signedKeyText(message, about))).toString('base64url') }
}

/** Whether that peer signed the message for this base and this challenge. */
export async function isKeyMessageBy(
  message: KeyRequest | KeyDeposit,
  key: PublicKey | undefined,
  about: { to: string; challenge: string },
): Promise<boolean> {
  if (key?.type !== 'Ed25519') return false
  return key.verify(signedKeyText(message, about), Buffer.from(message.signature, 'base64url'))
}

/** Reads what a base said first. Throws `NODE_KEY_MESSAGE_INVALID`. */
export function parseGreeting(line: string): Greeting {
  const { challenge, publicKey, ...rest } = membersOf(line)
  if (!is32Bytes(challenge) || !is32Bytes(publicKey) || hasMore(rest)) throw invalid('greeting')
  return { challenge, publicKey }
}

/** Reads a request or a deposit. Throws `NODE_KEY_MESSAGE_INVALID`. */
export function parseKeyMessage(line: string): KeyRequest | KeyDeposit {
  const { type, baseId, workId, version, signature, ...rest } = membersOf(line)
  if (!isUint32(baseId) || !isUint32(workId) || !isUint32(version) || !isBase64url(signature, 64)) throw invalid('message')
  const { publicKey, enc, ciphertext, ...more } = rest
  if (hasMore(more)) throw invalid('message')
  if (type === 'request' && is32Bytes(publicKey) && enc === undefined && ciphertext === undefined)
    return { type, baseId, workId, version, publicKey, signature }
  if (type === 'deposit' && is32Bytes(enc) && isBase64url(ciphertext, WRAPPED_KEY_BYTES) && publicKey === undefined)
    return { type, baseId, workId, version, enc, ciphertext, signature }
  throw invalid('message')
}

/** Reads an answer. Throws `NODE_KEY_MESSAGE_INVALID`. */
export function parseKeyAnswer(line: string): KeyAnswer {
  const { outcome, reason, enc, ciphertext, ...rest } = membersOf(line)
  if (hasMore(rest)) throw invalid('answer')
  if (outcome === 'kept') return { outcome }
  if (outcome === 'released' && is32Bytes(enc) && isBase64url(ciphertext, WRAPPED_KEY_BYTES)) return { outcome, enc, ciphertext }
  if ((outcome === 'refused' || outcome === 'unknown') && typeof reason === 'string' && /^[A-Z][A-Z_]{2,59}$/.test(reason))
    return { outcome, reason }
  throw invalid('answer')
}

/** A wrapped key as text, and back. */
export const encodeWrapped = ({ enc, ciphertext }: Wrapped) => ({ enc: toText(enc), ciphertext: toText(ciphertext) })
export const readWrapped = ({ enc, ciphertext }: { enc: string; ciphertext: string }): Wrapped => ({
  enc: Buffer.from(enc, 'base64url'),
  ciphertext: Buffer.from(ciphertext, 'base64url'),
})
export const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** A content key of 32 bytes with the tag of its wrapping. */
const WRAPPED_KEY_BYTES = 48

function membersOf(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw invalid('message', cause)
  }
  throw invalid('message')
}

const hasMore = (rest: object): boolean => Object.keys(rest).length > 0
const is32Bytes = (value: unknown): value is string => isBase64url(value, 32)

/** Exactly so many bytes, in the one spelling that they have. */
function isBase64url(value: unknown, bytes: number): value is string {
  if (typeof value !== 'string' || value.length !== Math.ceil((bytes * 4) / 3)) return false
  const read = Buffer.from(value, 'base64url')
  return read.byteLength === bytes && read.toString('base64url') === value
}

function isUint32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0xffffffff
}

function invalid(what: string, cause?: unknown): NodeError {
  return new NodeError('NODE_KEY_MESSAGE_INVALID', `A ${what} about a content key is not in the form that was agreed.`, { cause })
}
