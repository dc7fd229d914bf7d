import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { CredentialError } from '../errors.ts'
import { encodeBase64url } from '../formats/base64url.ts'
import { createWorld, type World } from '../verify/test-world.ts'
import { holderKeyOf } from './holder-key.ts'
import { type Argon2id, pinProofOf, type Unlocking, writeRecoveryKey } from './lock.ts'
import {
  addLock,
  createVault,
  exportVault,
  importVault,
  openVault,
  readVault,
  removeLock,
  type SealedVault,
  saveVault,
  type VaultContent,
} from './vault.ts'

/** Fresh bytes in order, so that a failure can be repeated. */
let counter = 0
const random = (length: number) => Uint8Array.from({ length }, () => (counter++ * 167) & 0xff)
/** In place of argon2id, which is supplied from outside: what matters here is that PIN and salt decide. */
const argon2id: Argon2id = async (pin, salt) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${pin} ${encodeBase64url(salt)}`)))

const passkey: Unlocking = { kind: 'passkey', prfOutput: new Uint8Array(32).fill(4), credentialId: 'cGFzc2tleQ' }
const pin: Unlocking = { kind: 'pin', pin: '4711', argon2id }
const recoveryKey = writeRecoveryKey(new Uint8Array(20).fill(9))
let world: World
let content: VaultContent
let vault: SealedVault

beforeAll(async () => {
  world = await createWorld()
  content = {
    credentials: [
      {
        id: world.record.id,
        secured: { 'vc+jwt': world.jwt },
        receipt: world.receipt,
        openings: world.openings,
        identity: { name: '林一诺', salt: '0f' },
        addedAt: 1,
      },
    ],
    holderSeed: encodeBase64url(new Uint8Array(32).fill(21)),
  }
  vault = await createVault(content, { unlockings: [passkey, pin, { kind: 'recovery', recoveryKey }], random })
})

describe('a vault', () => {
  it('opens with the passkey, the PIN and the recovery sheet, each by itself', async () => {
    for (const unlocking of [passkey, pin, { kind: 'recovery', recoveryKey: recoveryKey.toLowerCase().replaceAll('-', ' ') } as const]) {
      expect((await openVault(vault, unlocking)).content).toEqual(content)
    }
  })

  it('makes the round trip through its export file, and shows nothing of what it holds', async () => {
    const file = exportVault(vault)
    expect((await openVault(importVault(file), pin)).content).toEqual(content)
    for (const secret of [world.jwt.slice(0, 60), world.record.id, String(content.holderSeed), '4711']) expect(file).not.toContain(secret)
  })

  it('stays shut for a wrong secret', async () => {
    for (const wrong of [
      { ...pin, pin: '4712' },
      { ...passkey, prfOutput: new Uint8Array(32) },
      { kind: 'recovery', recoveryKey: 'AAAA' } as const,
    ]) {
      await expect(openVault(vault, wrong as Unlocking)).rejects.toMatchObject({ code: 'CREDENTIAL_VAULT_LOCKED' })
    }
  })

  it('opens with a PIN that is bound to a device only where that device is, and lets nobody else prove the PIN', async () => {
    const newDevice = (fill: number) =>
      crypto.subtle.importKey('raw', new Uint8Array(32).fill(fill), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const [here, elsewhere] = await Promise.all([newDevice(1), newDevice(2)])
    const bound = { ...pin, deviceKey: here } as Extract<Unlocking, { kind: 'pin' }>
    const locked = await createVault(content, { unlockings: [bound], random })
    expect((await openVault(locked, bound)).content).toEqual(content)
    for (const wrong of [pin, { ...bound, deviceKey: elsewhere }, { ...bound, pin: '4712' }])
      await expect(openVault(locked, wrong as Unlocking)).rejects.toMatchObject({ code: 'CREDENTIAL_VAULT_LOCKED' })
    const [lock] = locked.locks
    if (!lock) throw new Error('no lock was made')
    const proofs = await Promise.all(
      [bound, bound, { ...bound, pin: '4712' }, { ...bound, deviceKey: elsewhere }].map((one) => pinProofOf(lock, one)),
    )
    expect(proofs[0]).toBe(proofs[1])
    expect(new Set(proofs).size).toBe(3)
  })

  it('tells when its content, or the number of its revision, was changed', async () => {
    const last = vault.ciphertext.endsWith('A') ? 'B' : 'A'
    const changed = [
      { ...vault, ciphertext: vault.ciphertext.slice(0, -2) + last + vault.ciphertext.slice(-1) },
      { ...vault, revision: 7 },
    ]
    for (const other of changed) await expect(openVault(other, pin)).rejects.toMatchObject({ code: 'CREDENTIAL_VAULT_MALFORMED' })
  })

  it('saves new content under the same locks with a new revision and iv', async () => {
    const opened = await openVault(vault, pin)
    const saved = await saveVault(vault, { ...opened, content: { credentials: [] } }, random)
    expect(saved).toMatchObject({ revision: 2, locks: vault.locks })
    expect(saved.iv).not.toBe(vault.iv)
    expect((await openVault(saved, passkey)).content).toEqual({ credentials: [] })
    expect(await readVault(saved, opened.key)).toEqual({ credentials: [] })
  })

  it('takes a new lock and gives an old one up, but never the last', async () => {
    const second: Unlocking = { kind: 'passkey', prfOutput: new Uint8Array(32).fill(5), credentialId: 'bmV3' }
    let changed = await addLock(vault, second, { by: pin, random })
    for (const { id } of vault.locks) changed = removeLock(changed, id)
    expect((await openVault(changed, second)).content).toEqual(content)
    await expect(openVault(changed, pin)).rejects.toThrow(CredentialError)
    expect(() => removeLock(changed, changed.locks[0]?.id ?? '')).toThrow('last lock')
  })

  it('keeps the holder’s key', async () => {
    expect((await holderKeyOf(content)).did).toMatch(/^did:key:z6Mk/)
    await expect(holderKeyOf({ credentials: [] })).rejects.toMatchObject({ code: 'CREDENTIAL_KEY_NOT_FOUND' })
  })

  it('refuses hostile export files with a CredentialError', () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile vault files: seed ${seed}`)
    const file = exportVault(vault)
    const read = (text: string) => {
      try {
        importVault(text)
      } catch (error) {
        if (!(error instanceof CredentialError)) throw error
      }
    }
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(40), fc.string(), (at, length, text) =>
        read(file.slice(0, at) + text + file.slice(at + length)),
      ),
      { numRuns: 1_000, seed },
    )
    fc.assert(
      fc.property(fc.json(), (text) => read(text)),
      { numRuns: 1_000, seed },
    )
  })
})
