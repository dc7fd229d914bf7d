import type { Base } from '../../../base.ts'
import { openKeyRow, sealKeyFor } from './content-keys.ts'

type Use = Pick<Base, 'records' | 'keys' | 'clock' | 'random'>
type Version = { workId: number; version: number }

/** The key of a version that this base may hand on: its own, or one kept for the base whose it is. One got by a licence is not. */
export function findKeptKey(base: Pick<Use, 'records' | 'keys'>, { workId, version }: Version): Uint8Array | undefined {
  const row = base.records.contentKeys.find({ workId, version, origin: ['own', 'kept'] })
  return row && openKeyRow(base, row)
}

/**
 * Keeps the key of another base's version, to hand it out by the ledger's licences while that base is off. Inside the caller's transaction.
 * @returns false when another key is kept for that version, which stays
 */
export function keepForAnother(base: Use, { workId, version, fromBase, key }: Version & { fromBase: number; key: Uint8Array }): boolean {
  const known = base.records.contentKeys.find({ workId, version })
  if (known === undefined) {
    const contentKeyId = base.random.uuid()
    const sealed = sealKeyFor(base, contentKeyId, key)
    const row = {
      contentKeyId,
      origin: 'kept',
      draftId: null,
      workId,
      version,
      fromBase,
      sealed,
      addedAt: base.clock.now(),
      dropAt: null,
    } as const
    base.records.contentKeys.insert(row)
    return true
  }
  if (!Buffer.from(openKeyRow(base, known)).equals(key)) return false
  // What came by a licence may be handed on from now on, and stays when the licence ends.
  if (known.origin === 'licensed') {
    base.records.contentKeys.remove({ contentKeyId: known.contentKeyId })
    base.records.contentKeys.insert({ ...known, origin: 'kept', dropAt: null })
  }
  return true
}
