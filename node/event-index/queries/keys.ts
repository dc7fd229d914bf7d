import type { DatabaseSync } from 'node:sqlite'
import { selectAll, selectOne } from './select.ts'

/** An issuer key of a base. Times are UnixSeconds; `keyId` is SHA-256 of the raw Ed25519 public key. */
export interface IndexedKey {
  baseId: number
  keyId: string
  from: number
  until: number
  retiredAt: number | undefined
  /** From then on it is void for what is anchored. */
  compromisedAt: number | undefined
}

type KeyRow = { baseId: number; keyId: string; from: number; until: number; retiredAt: number | null; compromisedAt: number | null }

/** All keys that a base ever added, in order. */
export function listKeys(db: DatabaseSync, baseId: number): IndexedKey[] {
  return selectAll<KeyRow>(db, `${KEY_ROWS} WHERE base_id = ? ORDER BY block, log_index`, baseId).map(toKey)
}

/** One key of one base; another base may have the same. */
export function findKey(db: DatabaseSync, baseId: number, keyId: string): IndexedKey | undefined {
  const row = selectOne<KeyRow>(db, `${KEY_ROWS} WHERE base_id = ? AND key_id = ?`, baseId, keyId.toLowerCase())
  return row === undefined ? undefined : toKey(row)
}

const ended = (isCompromised: 0 | 1) =>
  `(SELECT MIN(time) FROM index_issuer_key_ends AS ended WHERE ended.base_id = added.base_id AND ended.key_id = added.key_id AND is_compromised = ${isCompromised})`

const KEY_ROWS = `SELECT base_id AS baseId, key_id AS keyId, time AS "from", until, ${ended(0)} AS retiredAt, ${ended(1)} AS compromisedAt
  FROM index_issuer_keys AS added`

function toKey({ retiredAt, compromisedAt, ...key }: KeyRow): IndexedKey {
  return { ...key, retiredAt: retiredAt ?? undefined, compromisedAt: compromisedAt ?? undefined }
}
