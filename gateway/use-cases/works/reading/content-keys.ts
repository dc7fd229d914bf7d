import type { Base } from '../../../base.ts'
import type { ContentKeyRow } from '../../../records/works/content-keys.ts'
import { findIdentity } from '../../base/issuing.ts'

/** Which key: of a version that the ledger has numbered, or of a draft that is to become one. */
export type KeyOf = { workId: number; version: number } | { draftId: string; version: number }

type Keep = Pick<Base, 'records' | 'keys' | 'clock' | 'random'>

/**
 * Keeps the key under which the sealed files of an own version are sealed: 32 bytes, wrapped by the base's key. Inside the caller's
 * transaction. The key that a version has already stays.
 */
export function keepContentKey(base: Keep, { key, ...of }: KeyOf & { key: Uint8Array }): void {
  if (findRow(base, of)) return
  const contentKeyId = base.random.uuid()
  const place = 'draftId' in of ? { draftId: of.draftId, workId: null } : { draftId: null, workId: of.workId }
  base.records.contentKeys.insert({
    contentKeyId,
    origin: 'own',
    ...place,
    version: of.version,
    fromBase: findIdentity(base)?.baseId ?? 0,
    sealed: base.keys.seal(key, contextOf(contentKeyId)),
    addedAt: base.clock.now(),
    dropAt: null,
  })
}

/** The ledger has numbered a draft: its key is found by the work from now on. Inside the caller's transaction; a second call changes nothing. */
export function numberContentKey(
  { records }: Pick<Base, 'records'>,
  { draftId, version, workId }: { draftId: string; version: number; workId: number },
): void {
  records.contentKeys.updateWhere({ draftId, version, workId: null }, { workId })
}

/** The key of an own version, kept version or licensed version that is on this disk; undefined when none is. 32 bytes. */
export function findContentKey(base: Pick<Base, 'records' | 'keys'>, of: KeyOf): Uint8Array | undefined {
  const row = findRow(base, of)
  return row && openKeyRow(base, row)
}

/** Opens the key of a row. */
export function openKeyRow({ keys }: Pick<Base, 'keys'>, { sealed, contentKeyId }: ContentKeyRow): Uint8Array {
  return keys.open(sealed, contextOf(contentKeyId))
}

/** Seals a key for a row with this id. */
export function sealKeyFor({ keys }: Pick<Base, 'keys'>, contentKeyId: string, key: Uint8Array): Uint8Array {
  return keys.seal(key, contextOf(contentKeyId))
}

function findRow({ records }: Pick<Base, 'records'>, of: KeyOf): ContentKeyRow | undefined {
  return 'draftId' in of
    ? records.contentKeys.find({ draftId: of.draftId, version: of.version })
    : records.contentKeys.find({ workId: of.workId, version: of.version })
}

const contextOf = (contentKeyId: string): string => `content-key/${contentKeyId}`
