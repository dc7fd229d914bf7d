import type { DatabaseSync } from 'node:sqlite'
import type { UnixSeconds } from '../../base.ts'
import { openTable, type TableShape } from '../table.ts'

/**
 * The key of the sealed files of one version, sealed by the base's key. Before the ledger has numbered a work its row is found by the draft.
 * `own`: sealed here; `kept`: another base's, handed out for it by the ledger's licences; `licensed`: got by this base's own licence.
 */
export type ContentKeyRow = {
  contentKeyId: string
  origin: 'own' | 'kept' | 'licensed'
  draftId: string | null
  workId: number | null
  version: number
  /** The base that vouched for the work when the key came. */
  fromBase: number
  sealed: Uint8Array
  addedAt: UnixSeconds
  /** A key got by a licence goes when the licence does; null for one without end. */
  dropAt: UnixSeconds | null
}

/** One base's acknowledgement that it has the key of an own version on its disk. */
export type KeyDepositRow = { depositId: string; contentKeyId: string; baseId: number; keptAt: UnixSeconds }

/** The schema of these tables. */
export const contentKeyTables = `
CREATE TABLE content_keys (
  content_key_id TEXT PRIMARY KEY, origin TEXT NOT NULL, draft_id TEXT, work_id INTEGER, version INTEGER NOT NULL, from_base INTEGER NOT NULL,
  sealed BLOB NOT NULL, added_at INTEGER NOT NULL, drop_at INTEGER
) STRICT;
CREATE UNIQUE INDEX content_keys_by_version ON content_keys (work_id, version) WHERE work_id IS NOT NULL;
CREATE UNIQUE INDEX content_keys_by_draft ON content_keys (draft_id, version) WHERE draft_id IS NOT NULL;
CREATE INDEX content_keys_by_end ON content_keys (drop_at) WHERE drop_at IS NOT NULL;

CREATE TABLE key_deposits (
  deposit_id TEXT PRIMARY KEY, content_key_id TEXT NOT NULL REFERENCES content_keys ON DELETE CASCADE, base_id INTEGER NOT NULL, kept_at INTEGER NOT NULL
) STRICT;
CREATE INDEX key_deposits_by_key ON key_deposits (content_key_id);
`

const contentKeys: TableShape<ContentKeyRow> = {
  name: 'content_keys',
  thing: 'content key',
  key: 'contentKeyId',
  columns: {
    contentKeyId: 'text',
    origin: 'text',
    draftId: 'text',
    workId: 'integer',
    version: 'integer',
    fromBase: 'integer',
    sealed: 'blob',
    addedAt: 'integer',
    dropAt: 'integer',
  },
}
const keyDeposits: TableShape<KeyDepositRow> = {
  name: 'key_deposits',
  thing: 'key deposit',
  key: 'depositId',
  columns: { depositId: 'text', contentKeyId: 'text', baseId: 'integer', keptAt: 'integer' },
}

/** The keys of sealed works, over one database. */
export const openContentKeyTables = (db: DatabaseSync) => ({
  contentKeys: openTable(db, contentKeys),
  keyDeposits: openTable(db, keyDeposits),
})
