import type { Lock } from '@guildhall/credentials'
import { expect, it } from 'vitest'
import { fromKept, toKept } from './kept-vault.ts'

const passkey: Lock = { id: 'a', kind: 'passkey', salt: 's', iv: 'i', wrapped: 'wrapped-a', credentialId: 'c' }
const pin: Lock = { id: 'b', kind: 'pin', salt: 's', iv: 'i', wrapped: 'wrapped-b', cost: { memoryKiB: 8, passes: 1, lanes: 1 } }
const vault = { type: 'GuildhallVault', version: 1, revision: 3, iv: 'iv', ciphertext: 'text', locks: [passkey, pin] } as const

it('hands over what a PIN opens once, with its proof, and never again', () => {
  expect(toKept(vault, { b: 'proof' }).locks).toEqual([passkey, { ...pin, pinProof: 'proof' }])
  expect(toKept(vault).locks).toEqual([passkey, { ...pin, wrapped: '' }])
})

it('gives the same vault back, with what the base released for the PIN', () => {
  const kept = { version: 3, iv: 'iv', ciphertext: 'text', locks: [passkey, { ...pin, wrapped: '', attemptsLeft: 4 }] }
  expect(fromKept(kept, { lockId: 'b', wrapped: 'wrapped-b' })).toEqual(vault)
  expect(fromKept(kept).locks).toEqual([passkey, { ...pin, wrapped: '' }])
})
