import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { BaseKeys, Clock, Random } from '../base.ts'
import { GuildhallError } from '../errors.ts'

/**
 * Seals what is personal. Every learner and guardian has a 32-byte key of their own, wrapped by the base's key; destroying it makes everything
 * sealed under it unreadable, in every copy and backup.
 */
export type PersonVault = {
  /** Makes the key of a new person. */
  create(personId: string): void
  /** @param context what the value is, for example `learner`; the same word opens it */
  seal(personId: string, context: string, value: Uint8Array): Uint8Array
  /** @throws LEARNER_ERASED when the key is destroyed, SEAL_BROKEN when the bytes were changed */
  open(personId: string, context: string, sealed: Uint8Array): Uint8Array
  sealJson(personId: string, context: string, value: unknown): Uint8Array
  openJson<T>(personId: string, context: string, sealed: Uint8Array): T
  has(personId: string): boolean
  /** Overwrites and deletes the wrapped key. @returns SHA-256 of what was destroyed, `0x…` */
  destroy(personId: string): string
}

/** AES-256-GCM (NIST SP 800-38D): 12-byte random nonce, ciphertext, 16-byte tag. `context` is authenticated, not stored. */
export const seal = (key: Uint8Array, context: string, value: Uint8Array, nonce: Uint8Array): Uint8Array => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()])
}

/** The reverse of `seal`. @throws when key, context or bytes are not the same */
export const unseal = (key: Uint8Array, context: string, sealed: Uint8Array): Uint8Array => {
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 }).setAAD(Buffer.from(context))
  cipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()])
}

/** Opens the vault of one database. */
export const openPersonVault = (
  db: DatabaseSync,
  keys: Pick<BaseKeys, 'seal' | 'open'>,
  use: { clock: Clock; random: Random },
): PersonVault => {
  const find = db.prepare('SELECT wrapped FROM person_keys WHERE person_id = ?')
  const insert = db.prepare('INSERT INTO person_keys (person_id, wrapped, created_at) VALUES (?, ?, ?)')
  const remove = db.prepare('DELETE FROM person_keys WHERE person_id = ?')
  const overwrite = db.prepare('UPDATE person_keys SET wrapped = ? WHERE person_id = ?')
  const wrapContext = (personId: string) => `person-key/${personId}`

  const wrappedOf = (personId: string): Uint8Array => {
    const wrapped = find.get(personId)?.['wrapped']
    if (!(wrapped instanceof Uint8Array)) throw new GuildhallError('LEARNER_ERASED')
    return wrapped
  }
  const withKey = <T>(personId: string, work: (key: Uint8Array) => T): T => {
    const key = keys.open(wrappedOf(personId), wrapContext(personId))
    try {
      return work(key)
    } finally {
      key.fill(0)
    }
  }
  const sealValue: PersonVault['seal'] = (personId, context, value) =>
    withKey(personId, (key) => seal(key, `${personId}/${context}`, value, use.random.bytes(12)))
  const openValue: PersonVault['open'] = (personId, context, sealed) =>
    withKey(personId, (key) => {
      try {
        return unseal(key, `${personId}/${context}`, sealed)
      } catch (cause) {
        throw new GuildhallError('SEAL_BROKEN', { learnerId: personId }, { cause })
      }
    })

  return {
    create: (personId) => {
      insert.run(personId, keys.seal(use.random.bytes(32), wrapContext(personId)), use.clock.now())
    },
    seal: sealValue,
    open: openValue,
    sealJson: (personId, context, value) => sealValue(personId, context, Buffer.from(JSON.stringify(value))),
    openJson: <T>(personId: string, context: string, sealed: Uint8Array) =>
      JSON.parse(Buffer.from(openValue(personId, context, sealed)).toString()) as T,
    has: (personId) => find.get(personId) !== undefined,
    destroy: (personId) => {
      const wrapped = wrappedOf(personId)
      const digest = createHash('sha256').update(wrapped).digest('hex')
      overwrite.run(use.random.bytes(wrapped.length), personId)
      remove.run(personId)
      return `0x${digest}`
    },
  }
}
