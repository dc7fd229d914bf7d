import {
  type Argon2id,
  addLock,
  CredentialError,
  createVault,
  encodeBase64url,
  encodeMultikey,
  type HolderKey,
  holderKeyOf,
  type Lock,
  openVault,
  pinProofOf,
  presentCertificates,
  proveHolder,
  readReceipt,
  readVault,
  removeLock,
  type SealedVault,
  saveVault,
  type Unlocking,
  type VaultContent,
  writeRecoveryKey,
} from '@guildhall/credentials'
import { argon2idAsync } from '@noble/hashes/argon2.js'

export { CredentialError, encodeMultikey, presentCertificates, proveHolder, readReceipt, readVault, saveVault }

/** A vault that stands open: in memory only, and gone with the page. */
export interface OpenedVault {
  vault: SealedVault
  content: VaultContent
  key: CryptoKey
  holder: HolderKey
}

/** How a wallet is to be opened from now on: by a passkey's PRF, or by a PIN on this device. */
export type Opening =
  | { kind: 'passkey'; prfOutput: Uint8Array<ArrayBuffer>; credentialId: string }
  | { kind: 'pin'; pin: string; deviceKey: CryptoKey }

/** Fresh random bytes of the browser. */
export const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

/** OWASP's least for argon2id: 19 MiB, two passes. More would make an old phone wait; the base counts wrong PINs, and the device key is needed too. */
const pinCost = { memoryKiB: 19_456, passes: 2, lanes: 1 }

/** The text of a new recovery sheet. */
export function makeRecoveryKey(): string {
  return writeRecoveryKey(random(20))
}

/** A new wallet with a key made here, opened by `opening` and by the recovery sheet; `pinProofs` go to the base with it. */
export async function makeVault(
  opening: Opening,
  recoveryKey: string,
): Promise<{ opened: OpenedVault; pinProofs: Record<string, string>; publicKey: string }> {
  const content: VaultContent = { credentials: [], holderSeed: encodeBase64url(random(32)) }
  const unlocking = unlockingOf(opening)
  const vault = await createVault(content, { unlockings: [unlocking, { kind: 'recovery', recoveryKey }], random })
  const opened = await openWith(vault, unlocking)
  const { algorithm, publicKey } = opened.holder.signer
  return { opened, pinProofs: await proofsOf(vault.locks, unlocking), publicKey: encodeMultikey({ algorithm, publicKey }) }
}

/** Opens a vault. @throws CredentialError CREDENTIAL_VAULT_LOCKED, CREDENTIAL_VAULT_MALFORMED */
export async function openWith(vault: SealedVault, unlocking: Unlocking): Promise<OpenedVault> {
  const { content, key } = await openVault(vault, unlocking)
  return { vault, content, key, holder: await holderKeyOf(content) }
}

/** Opens a vault by one of its PIN locks, which the base has given out. */
export function openWithPin(vault: SealedVault, lockId: string, unlocking: Unlocking): Promise<OpenedVault> {
  const locks = vault.locks.filter(({ id }) => id === lockId)
  return openWith({ ...vault, locks }, unlocking).then((opened) => ({ ...opened, vault }))
}

/** The vault with another way to open it in the place of all but the recovery sheet. */
export async function relock(vault: SealedVault, opening: Opening, recoveryKey: string) {
  const unlocking = unlockingOf(opening)
  const before = vault.locks.filter(({ kind }) => kind !== 'recovery')
  let changed = await addLock(vault, unlocking, { by: { kind: 'recovery', recoveryKey }, random })
  for (const { id } of before) changed = removeLock(changed, id)
  const added = changed.locks.filter(({ id }) => !vault.locks.some((lock) => lock.id === id))
  return { vault: changed, lockId: added[0]?.id ?? '', pinProofs: await proofsOf(added, unlocking) }
}

/** A PIN with the key of this device as what opens a lock. Stretching takes a second: it is done once for each salt. */
export function pinUnlocking(pin: string, deviceKey: CryptoKey): Extract<Unlocking, { kind: 'pin' }> {
  const stretched = new Map<string, ReturnType<Argon2id>>()
  const argon2id: Argon2id = (text, salt, { memoryKiB, passes, lanes }) => {
    const name = encodeBase64url(salt)
    const working = stretched.get(name) ?? stretch(text, salt, { m: memoryKiB, t: passes, p: lanes })
    stretched.set(name, working)
    return working
  }
  return { kind: 'pin', pin, argon2id, cost: pinCost, deviceKey }
}

/** The proof of a PIN for its lock. */
export function provePin(lock: Pick<Lock, 'salt' | 'cost'>, unlocking: Extract<Unlocking, { kind: 'pin' }>): Promise<string> {
  return pinProofOf(lock, unlocking)
}

async function stretch(text: string, salt: Uint8Array, cost: { m: number; t: number; p: number }): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await argon2idAsync(text.normalize('NFKC'), salt, { ...cost, dkLen: 32 }))
}

function unlockingOf(opening: Opening): Unlocking {
  return opening.kind === 'pin' ? pinUnlocking(opening.pin, opening.deviceKey) : opening
}

async function proofsOf(locks: readonly Lock[], unlocking: Unlocking): Promise<Record<string, string>> {
  if (unlocking.kind !== 'pin') return {}
  const own = locks.filter(({ kind }) => kind === 'pin')
  return Object.fromEntries(await Promise.all(own.map(async (lock) => [lock.id, await provePin(lock, unlocking)] as const)))
}
