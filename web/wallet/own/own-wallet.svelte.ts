import { ApiError, type RouteOutput } from '@guildhall/gateway/api'
import { api } from '../../shell/api.ts'
import { session } from '../../shell/session.svelte.ts'
import { askPasskey, type PasskeyKey } from '../door/passkeys.ts'
import { type DeviceKey, dropDeviceKey, findDeviceKey, keepDeviceKey } from './device-key.ts'
import { fromKept, type KeptVault, toKept } from './kept-vault.ts'
import type * as vaults from './open-vault.ts'
import type { OpenedVault, Opening } from './open-vault.ts'

/** What an attempt to open the wallet came to. */
export type OpenOutcome = 'opened' | 'wrong' | 'malformed' | 'cancelled' | 'unavailable' | 'no-prf'
type Wallet = RouteOutput<'listMyCredentials'>
type Open = OpenedVault & { accountId: string; by: Opening['kind'] | 'recovery' }

let opened = $state.raw<Open>()
/** What a sign-in by passkey left for the wallet to be opened with, once. */
let offered: PasskeyKey | undefined
/** Kept while the wallet that it opened waits for another way to be opened. */
let recovery: string | undefined

/** The learner's own wallet while it is open on this page. */
export const ownWallet = {
  get isOpen(): boolean {
    return opened !== undefined && opened.accountId === session.current?.accountId
  },
  /** How it was opened; undefined while it is shut. */
  get openedBy(): Open['by'] | undefined {
    return ownWallet.isOpen ? opened?.by : undefined
  },
  lock(): void {
    opened = undefined
    offered = undefined
    recovery = undefined
  },
  offer(key: PasskeyKey): void {
    offered = key
  },
  /** Opens with what the sign-in left, if that was just now. */
  async openWithOffered(kept: KeptVault): Promise<OpenOutcome> {
    const key = offered
    offered = undefined
    return key ? openByPasskey(kept, key) : 'cancelled'
  },
  async openWithPasskey(kept: KeptVault): Promise<OpenOutcome> {
    const allowed = kept.locks.flatMap(({ credentialId }) => credentialId ?? [])
    const answers: PasskeyKey[] = []
    const outcome = await askPasskey((key) => answers.push(key), allowed)
    const [key] = answers
    return outcome === 'done' && key ? openByPasskey(kept, key) : outcome === 'unavailable' ? outcome : 'cancelled'
  },
  /** @throws ApiError WALLET_PIN_WRONG, WALLET_PIN_LOCKED: the base counts */
  async openWithPin(kept: KeptVault, pin: string, device: DeviceKey): Promise<OpenOutcome> {
    const { pinUnlocking, provePin, openWithPin } = await load()
    const lock = kept.locks.find(({ id }) => id === device.lockId)
    if (!lock) return 'wrong'
    const unlocking = pinUnlocking(pin, device.key)
    const { wrapped } = await api.openPinLock({ body: { lockId: lock.id, proof: await provePin(lock, unlocking) } })
    return attempt('pin', () => openWithPin(fromKept(kept, { lockId: lock.id, wrapped }), lock.id, unlocking))
  },
  async openWithRecovery(kept: KeptVault, recoveryKey: string): Promise<OpenOutcome> {
    const { openWith } = await load()
    const outcome = await attempt('recovery', () => openWith(fromKept(kept), { kind: 'recovery', recoveryKey }))
    if (outcome === 'opened') recovery = recoveryKey
    return outcome
  },
  /** After the recovery sheet: from now on the wallet opens by `opening`, and by the sheet. */
  async reopenBy(opening: Opening): Promise<void> {
    if (!opened || recovery === undefined) return
    const { relock, saveVault, random } = await load()
    const { vault, lockId, pinProofs } = await relock(opened.vault, opening, recovery)
    const saved = await saveVault(vault, opened, random)
    await api.putVault({ body: toKept(saved, pinProofs) })
    if (opening.kind === 'pin') await keepDeviceKey(opened.accountId, { lockId, key: opening.deviceKey })
    else await dropDeviceKey(opened.accountId)
    opened = { ...opened, vault: saved, by: opening.kind }
    recovery = undefined
  },
  /** Takes a new certificate: the key is proven to the base, the certificate is put into the wallet. */
  async claim(credentialId: string, wallet: Wallet): Promise<void> {
    const open = requireOpen()
    await api.claimCredential({ params: { credentialId }, body: { proof: await prove(open, wallet) } })
    await fetchCopies([credentialId])
  },
  /** Fetches the certificates that are taken but not in the wallet yet, or have been recorded since. */
  async fetchMissing(wallet: Pick<Wallet, 'items'>, onprogress: (done: number, total: number) => void = () => undefined): Promise<void> {
    const held = new Map(requireOpen().content.credentials.map((one) => [one.id, one]))
    const missing = wallet.items.filter(({ credentialId, claimed, anchor }) => {
      const copy = held.get(credentialId)
      return claimed && (!copy || (!copy.receipt && anchor === 'anchored'))
    })
    if (missing.length > 0)
      await fetchCopies(
        missing.map(({ credentialId }) => credentialId),
        onprogress,
      )
  },
  /** A learning code made and signed here, over the certificates in this wallet; the name only if ticked. */
  async present(credentialIds: readonly string[], withName: boolean, wallet: Wallet) {
    const { presentCertificates, random } = await load()
    await ownWallet.fetchMissing({ items: wallet.items.filter(({ credentialId }) => credentialIds.includes(credentialId)) })
    const { content, holder } = requireOpen()
    const picked = credentialIds.flatMap((id) => content.credentials.find((one) => one.id === id) ?? [])
    const code = [...random(26)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte & 31]).join('')
    const presentation = await presentCertificates({
      signer: holder.signer,
      files: picked.map(({ secured }) => secured),
      challenge: code,
      domain: wallet.base.host,
      now: Math.floor(Date.now() / 1000),
    })
    const name = picked[0]?.identity?.name
    const identity = withName && name ? { name, salts: picked.map((one) => one.identity?.salt ?? '') } : null
    return { code, presentation, identity }
  },
  /** Moves the wallet to a key made here. `onissue` hears when the base begins to issue again. @throws ApiError; then nothing has changed */
  async graduate(opening: Opening, { recoveryKey, wallet, onissue }: Graduation): Promise<number> {
    const accountId = session.current?.accountId ?? ''
    const { makeVault, saveVault, random } = await load()
    const made = await makeVault(opening, recoveryKey)
    const kept = await api.getVault()
    // The seal binds the number of the state: one that follows what the base keeps already.
    const vault = kept ? await saveVault({ ...made.opened.vault, revision: kept.version }, made.opened, random) : made.opened.vault
    const body = {
      holderKey: made.publicKey,
      proof: await prove(made.opened, wallet),
      vault: toKept(vault, made.pinProofs),
      replacesLost: wallet.custody === 'own',
    }
    onissue()
    const lockId = vault.locks.find(({ kind }) => kind === 'pin')?.id
    const device = opening.kind === 'pin' && lockId ? { lockId, key: opening.deviceKey } : undefined
    const { moved } = await withDeviceKey(accountId, device, () => api.graduate({ body }))
    opened = { ...made.opened, vault, accountId, by: opening.kind }
    return moved
  },
}

/** What a graduation needs beside the way to open the wallet. */
interface Graduation {
  recoveryKey: string
  wallet: Wallet
  onissue: () => void
}

/** Keeps the device's key before the base takes what it opens, and puts an earlier one back when the base refuses. */
async function withDeviceKey<T>(accountId: string, device: DeviceKey | undefined, work: () => Promise<T>): Promise<T> {
  if (!device) return work()
  const before = await findDeviceKey(accountId)
  await keepDeviceKey(accountId, device)
  try {
    return await work()
  } catch (error) {
    if (error instanceof ApiError && before) await keepDeviceKey(accountId, before)
    throw error
  }
}

async function load(): Promise<typeof vaults> {
  return import('./open-vault.ts')
}

async function openByPasskey(kept: KeptVault, { credentialId, prfOutput }: PasskeyKey): Promise<OpenOutcome> {
  if (!prfOutput) return 'no-prf'
  const { openWith } = await load()
  return attempt('passkey', () => openWith(fromKept(kept), { kind: 'passkey', prfOutput, credentialId }))
}

async function attempt(by: Open['by'], open: () => Promise<OpenedVault>): Promise<OpenOutcome> {
  const { CredentialError } = await load()
  try {
    opened = { ...(await open()), accountId: session.current?.accountId ?? '', by }
    return 'opened'
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    return error.code === 'CREDENTIAL_VAULT_LOCKED' ? 'wrong' : 'malformed'
  }
}

async function prove({ holder }: Pick<OpenedVault, 'holder'>, { base }: Wallet): Promise<string> {
  const { proveHolder } = await load()
  const subject = session.current?.accountId ?? ''
  return proveHolder(holder.signer, { audience: base.origin, subject, issuedAt: Math.floor(Date.now() / 1000) })
}

function requireOpen(): Open {
  if (!opened || !ownWallet.isOpen) throw new Error('The wallet is shut.')
  return opened
}

/** Puts certificates into the wallet. Another device may have saved meanwhile: then its state is read first, once. */
async function fetchCopies(ids: readonly string[], onprogress: (done: number, total: number) => void = () => undefined): Promise<void> {
  const copies = []
  for (const credentialId of ids) {
    onprogress(copies.length, ids.length)
    copies.push(await fetchCopy(credentialId))
  }
  const { saveVault, readVault, random } = await load()
  for (let isAgain = false; ; isAgain = true) {
    const { vault, content, key } = requireOpen()
    const next = { ...content, credentials: [...content.credentials.filter(({ id }) => !ids.includes(id)), ...copies] }
    const saved = await saveVault(vault, { content: next, key }, random)
    try {
      await api.putVault({ body: toKept(saved) })
      opened = { ...requireOpen(), vault: saved, content: next }
      onprogress(ids.length, ids.length)
      return
    } catch (error) {
      if (isAgain || !(error instanceof ApiError) || error.problem.code !== 'CONFLICT') throw error
      const kept = await api.getVault()
      if (!kept) throw error
      const newer = fromKept(kept)
      opened = { ...requireOpen(), vault: newer, content: await readVault(newer, key) }
    }
  }
}

async function fetchCopy(credentialId: string): Promise<OpenedVault['content']['credentials'][number]> {
  const { readReceipt } = await load()
  const { files, identity, ...held } = await api.getMyCredential({ params: { credentialId }, query: {} })
  const receipt = readReceipt(held.receipt)
  return {
    id: credentialId,
    secured: Object.fromEntries(files.map(({ format, credential }) => [format, credential])),
    ...(receipt ? { receipt } : {}),
    ...(identity ? { identity } : {}),
    addedAt: Math.floor(Date.now() / 1000),
  }
}
