import { CredentialError } from '../errors.ts'
import { decodeBase64url, encodeBase64url } from '../formats/base64url.ts'
import type { FormatId, JsonObject, Secured } from '../formats/format.ts'
import { canonicalJson, isJsonObject, parseJsonObject } from '../formats/json.ts'
import type { AnchorReceipt, EvidenceOpening } from '../ports.ts'
import { type Lock, makeLock, openLock, readLock, type Unlocking } from './lock.ts'

/** Gives that many fresh random bytes. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>

/** One certificate as the wallet holds it: in every format it was issued in, with what opens parts of it. */
export interface HeldCredential {
  id: string
  secured: Partial<Record<FormatId, Secured>>
  receipt?: AnchorReceipt
  openings?: readonly EvidenceOpening[]
  /** Opens the IdentityObject: the name, when the learner ticks it, and the salt that proves it. */
  identity?: { name: string; salt: string }
  addedAt: number
}

/** What a vault holds. `holderSeed` is the base64url of a 32-byte Ed25519 seed, where the key is kept in the vault. */
export interface VaultContent {
  credentials: readonly HeldCredential[]
  holderSeed?: string
}

/** A vault as it is stored and exported: nothing in it can be read without one of its locks' secrets. */
export interface SealedVault {
  type: 'GuildhallVault'
  version: 1
  /** Counts up at every save and is under the seal: an older vault can not pass for the newest unnoticed. */
  revision: number
  locks: readonly Lock[]
  /** base64url: 12 bytes, and the ciphertext with its tag (AES-256-GCM). */
  iv: string
  ciphertext: string
}

/** An opened vault. Keep `key` in memory only. */
export interface OpenVault {
  content: VaultContent
  key: CryptoKey
}

/** Most bytes of ciphertext that are read. */
const maxVaultLength = 134_217_728

/** Makes a vault that each of `unlockings` opens by itself. */
export async function createVault(
  content: VaultContent,
  { unlockings, random }: { unlockings: readonly Unlocking[]; random: RandomBytes },
): Promise<SealedVault> {
  const raw = random(32)
  const locks = await Promise.all(unlockings.map((unlocking) => makeLock(raw, unlocking, random)))
  const key = await importKey(raw)
  raw.fill(0)
  return seal(content, { key, locks, revision: 1, random })
}

/**
 * Opens a vault with one secret.
 * @throws CredentialError CREDENTIAL_VAULT_LOCKED when the secret opens none of its locks, CREDENTIAL_VAULT_MALFORMED when what is inside was changed.
 */
export async function openVault(vault: SealedVault, unlocking: Unlocking): Promise<OpenVault> {
  const raw = await openLock(vault.locks, unlocking)
  const key = await importKey(raw)
  raw.fill(0)
  return { content: await readVault(vault, key), key }
}

/**
 * What a newer state of an opened vault holds: its key stays the same from save to save.
 * @throws CredentialError CREDENTIAL_VAULT_MALFORMED when what is inside was changed
 */
export async function readVault(vault: SealedVault, key: CryptoKey): Promise<VaultContent> {
  let text: string
  try {
    const algorithm = { name: 'AES-GCM', iv: decodeBase64url(vault.iv), additionalData: sealedWith(vault) }
    text = new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, decodeBase64url(vault.ciphertext)))
  } catch (cause) {
    throw new CredentialError('CREDENTIAL_VAULT_MALFORMED', 'The vault opened, but its content was changed. Use an older copy of it.', {
      cause,
    })
  }
  return parseJsonObject(text) as unknown as VaultContent
}

/** The vault with new content under the same key and locks; every save takes a fresh IV. */
export function saveVault(vault: SealedVault, { content, key }: OpenVault, random: RandomBytes): Promise<SealedVault> {
  return seal(content, { key, locks: vault.locks, revision: vault.revision + 1, random })
}

/**
 * The vault with one more lock: a second passkey, a changed PIN, a recovery sheet. `by` is a secret that opens it now.
 * @throws CredentialError CREDENTIAL_VAULT_LOCKED
 */
export async function addLock(
  vault: SealedVault,
  added: Unlocking,
  { by, random }: { by: Unlocking; random: RandomBytes },
): Promise<SealedVault> {
  const raw = await openLock(vault.locks, by)
  const lock = await makeLock(raw, added, random)
  raw.fill(0)
  return { ...vault, locks: [...vault.locks, lock] }
}

/**
 * The vault without one lock.
 * @throws CredentialError CREDENTIAL_VAULT_LOCKED when it is the last one: nobody could open the vault any more.
 */
export function removeLock(vault: SealedVault, lockId: string): SealedVault {
  const locks = vault.locks.filter(({ id }) => id !== lockId)
  if (locks.length === 0)
    throw new CredentialError('CREDENTIAL_VAULT_LOCKED', 'The last lock of a vault can not be removed. Add another one first.')
  return { ...vault, locks }
}

/** The vault as the text of an export file. */
export function exportVault(vault: SealedVault): string {
  return `${canonicalJson(vault as unknown as JsonObject)}\n`
}

/**
 * Reads an export file.
 * @throws CredentialError CREDENTIAL_VAULT_MALFORMED, CREDENTIAL_TOO_LARGE
 */
export function importVault(text: string): SealedVault {
  if (text.length > maxVaultLength)
    throw new CredentialError('CREDENTIAL_TOO_LARGE', `The vault has ${text.length} characters; at most ${maxVaultLength} are read.`)
  let value: unknown
  try {
    // A vault with pictures is longer than what `parseJsonObject` takes, and holds nothing but five members and its locks.
    value = JSON.parse(text)
  } catch (cause) {
    throw malformed('it is not JSON', cause)
  }
  if (!isJsonObject(value) || value['type'] !== 'GuildhallVault' || value['version'] !== 1) throw malformed('it is no vault of version 1')
  const { revision, locks, iv, ciphertext } = value
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 1) throw malformed('its revision is no number')
  if (!Array.isArray(locks) || locks.length === 0 || locks.length > 32) throw malformed('it has no locks')
  if (typeof iv !== 'string' || !/^[\w-]{16}$/.test(iv)) throw malformed('its iv is not 12 bytes')
  if (typeof ciphertext !== 'string' || !/^[\w-]{22,}$/.test(ciphertext)) throw malformed('it has no content')
  return { type: 'GuildhallVault', version: 1, revision, locks: locks.map(readLock), iv, ciphertext }
}

async function seal(
  content: VaultContent,
  { key, locks, revision, random }: { key: CryptoKey; locks: readonly Lock[]; revision: number; random: RandomBytes },
): Promise<SealedVault> {
  const iv = random(12)
  const header = { type: 'GuildhallVault', version: 1, revision } as const
  const text = new TextEncoder().encode(canonicalJson(content as unknown as JsonObject))
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: sealedWith(header) }, key, text)
  return { ...header, locks, iv: encodeBase64url(iv), ciphertext: encodeBase64url(new Uint8Array(ciphertext)) }
}

/** What is bound to the ciphertext without being in it. Locks are not: they come and go while the content stays. */
function sealedWith({ type, version, revision }: Pick<SealedVault, 'type' | 'version' | 'revision'>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson({ type, version, revision }))
}

function importKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function malformed(problem: string, cause?: unknown): CredentialError {
  return new CredentialError('CREDENTIAL_VAULT_MALFORMED', `The vault file can not be read: ${problem}. Use another copy of it.`, { cause })
}
