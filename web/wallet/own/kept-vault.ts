import type { SealedVault } from '@guildhall/credentials'
import type { RouteInput, RouteOutput } from '@guildhall/gateway/api'

/** A vault as the home base tells it: what a PIN opens is held back. */
export type KeptVault = NonNullable<RouteOutput<'getVault'>>
type NewVault = RouteInput<'putVault'>['body']

/** A vault of the base as one that can be opened; `released` is what the base gave out for the PIN that was proven. */
export function fromKept({ version, iv, ciphertext, locks }: KeptVault, released?: { lockId: string; wrapped: string }): SealedVault {
  return {
    type: 'GuildhallVault',
    version: 1,
    revision: version,
    iv,
    ciphertext,
    locks: locks.map(({ attemptsLeft: _, ...lock }) => (lock.id === released?.lockId ? { ...lock, wrapped: released.wrapped } : lock)),
  }
}

/** A vault to be kept by the base. What a PIN opens goes there once, with the proof that the PIN is told by; later saves leave it out. */
export function toKept({ revision, iv, ciphertext, locks }: SealedVault, pinProofs: Readonly<Record<string, string>> = {}): NewVault {
  return {
    version: revision,
    iv,
    ciphertext,
    locks: locks.map((lock) => {
      const pinProof = pinProofs[lock.id]
      if (lock.kind !== 'pin') return lock
      return pinProof === undefined ? { ...lock, wrapped: '' } : { ...lock, pinProof }
    }),
  }
}
