import { CredentialError } from '../errors.ts'
import { decodeBase64url, encodeBase64url } from '../formats/base64url.ts'
import { isJsonObject } from '../formats/json.ts'
import type { RandomBytes } from './vault.ts'

/** Cost of argon2id (RFC 9106): memory in KiB, passes, lanes. */
export interface Argon2Cost {
  memoryKiB: number
  passes: number
  lanes: number
}

/** argon2id, supplied from outside: 32 bytes out of a PIN and a 16-byte salt. */
export type Argon2id = (pin: string, salt: Uint8Array, cost: Argon2Cost) => Promise<Uint8Array<ArrayBuffer>>

/**
 * A secret that opens a vault. `prfOutput` is what the passkey's PRF extension gave (32 bytes); `recoveryKey` is the text of a recovery sheet.
 * `deviceKey` is a non-extractable HMAC-SHA-256 key that stays in one device: a PIN lock made with it opens on that device only, and the PIN
 * can't be tried out on the ciphertext alone.
 */
export type Unlocking =
  | { kind: 'passkey'; prfOutput: Uint8Array<ArrayBuffer>; credentialId: string }
  | { kind: 'pin'; pin: string; argon2id: Argon2id; cost?: Argon2Cost; deviceKey?: CryptoKey }
  | { kind: 'recovery'; recoveryKey: string }

/** The vault's key, wrapped for one secret. Binary values are base64url. */
export interface Lock {
  id: string
  kind: Unlocking['kind']
  salt: string
  iv: string
  wrapped: string
  /** Which passkey, so that the browser is asked for the right one. */
  credentialId?: string
  cost?: Argon2Cost
}

/** RFC 9106 §4, the second recommended option: 64 MiB, three passes. */
const defaultCost: Argon2Cost = { memoryKiB: 65_536, passes: 3, lanes: 4 }
/** More than this would only stop the device. */
const highestCost: Argon2Cost = { memoryKiB: 1_048_576, passes: 16, lanes: 16 }
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Wraps the vault's 32-byte key for one secret. */
export async function makeLock(raw: Uint8Array<ArrayBuffer>, unlocking: Unlocking, random: RandomBytes): Promise<Lock> {
  const [id, salt, iv] = [random(8), random(16), random(12)]
  const cost = unlocking.kind === 'pin' ? (unlocking.cost ?? defaultCost) : undefined
  const wrappingKey = await deriveKey(unlocking, salt, cost)
  const wrapped = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrappingKey, raw)
  return {
    id: encodeBase64url(id),
    kind: unlocking.kind,
    salt: encodeBase64url(salt),
    iv: encodeBase64url(iv),
    wrapped: encodeBase64url(new Uint8Array(wrapped)),
    ...(unlocking.kind === 'passkey' ? { credentialId: unlocking.credentialId } : {}),
    ...(cost === undefined ? {} : { cost }),
  }
}

/**
 * The vault's key, by the first lock that the secret opens.
 * @throws CredentialError CREDENTIAL_VAULT_LOCKED
 */
export async function openLock(locks: readonly Lock[], unlocking: Unlocking): Promise<Uint8Array<ArrayBuffer>> {
  for (const lock of locks) {
    if (lock.kind !== unlocking.kind) continue
    const key = await deriveKey(unlocking, decodeBase64url(lock.salt), lock.cost)
    try {
      return new Uint8Array(
        await crypto.subtle.decrypt({ name: 'AES-GCM', iv: decodeBase64url(lock.iv) }, key, decodeBase64url(lock.wrapped)),
      )
    } catch {
      // Another lock of this kind may be the one: a second passkey, an earlier PIN.
    }
  }
  throw new CredentialError(
    'CREDENTIAL_VAULT_LOCKED',
    `No ${unlocking.kind} lock of the vault opens with this. Try again, or use the recovery sheet.`,
  )
}

/**
 * Reads a lock from outside.
 * @throws CredentialError CREDENTIAL_VAULT_MALFORMED
 */
export function readLock(value: unknown): Lock {
  const { id, kind, salt, iv, wrapped, credentialId, cost } = isJsonObject(value) ? value : {}
  const isKind = kind === 'passkey' || kind === 'pin' || kind === 'recovery'
  const texts = [id, salt, iv, wrapped, ...(kind === 'passkey' ? [credentialId] : [])]
  const isSound =
    isKind && texts.every((text) => typeof text === 'string' && /^[\w-]{1,1400}$/.test(text)) && (kind !== 'pin' || isCost(cost))
  if (!isSound)
    throw new CredentialError('CREDENTIAL_VAULT_MALFORMED', 'A lock of the vault file is not well formed. Use another copy of it.')
  return value as unknown as Lock
}

/** The text of a recovery sheet for 20 random bytes: eight groups of four letters and digits, easy to read out. */
export function writeRecoveryKey(bytes: Uint8Array): string {
  if (bytes.length !== 20) throw new CredentialError('CREDENTIAL_KEY_MALFORMED', `A recovery key is made of 20 bytes, not ${bytes.length}.`)
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  const letters = Array.from({ length: 32 }, (_, at) => base32[Number((bits >> BigInt(5 * (31 - at))) & 31n)]).join('')
  return (letters.match(/.{4}/g) ?? []).join('-')
}

/**
 * By what the home base tells the right PIN from a wrong one, so that it can count: 32 bytes as base64url, from PIN and device key, and of no
 * use for opening the vault.
 */
export async function pinProofOf(
  { salt, cost }: Pick<Lock, 'salt' | 'cost'>,
  unlocking: Extract<Unlocking, { kind: 'pin' }>,
): Promise<string> {
  const bytes = decodeBase64url(salt)
  const material = await crypto.subtle.importKey('raw', await secretOf(unlocking, bytes, cost), 'HKDF', false, ['deriveBits'])
  const info = new TextEncoder().encode('guildhall vault v1 pin proof')
  return encodeBase64url(
    new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: bytes, info }, material, 256)),
  )
}

async function deriveKey(unlocking: Unlocking, salt: Uint8Array<ArrayBuffer>, cost: Argon2Cost | undefined): Promise<CryptoKey> {
  const secret = await secretOf(unlocking, salt, cost)
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(`guildhall vault v1 ${unlocking.kind}`)
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, material, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
}

async function secretOf(unlocking: Unlocking, salt: Uint8Array, cost: Argon2Cost | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (unlocking.kind === 'passkey') return unlocking.prfOutput
  if (unlocking.kind === 'pin') {
    const stretched = await unlocking.argon2id(unlocking.pin, salt, cost ?? defaultCost)
    return unlocking.deviceKey ? new Uint8Array(await crypto.subtle.sign('HMAC', unlocking.deviceKey, stretched)) : stretched
  }
  // Read out or typed by hand: spaces, dashes and small letters do not matter.
  return new TextEncoder().encode(unlocking.recoveryKey.toUpperCase().replace(/[^A-Z2-7]/g, ''))
}

function isCost(value: unknown): boolean {
  if (!isJsonObject(value)) return false
  return (['memoryKiB', 'passes', 'lanes'] as const).every((member) => {
    const number = value[member]
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= 1 && number <= highestCost[member]
  })
}
