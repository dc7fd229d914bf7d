import type { DatabaseSync } from 'node:sqlite'
import type { UnixSeconds } from '../../base.ts'
import { openTable, type TableShape } from '../table.ts'

/**
 * One use of a work by a class on a day; the same class on the same day is one use. `class` and `teacher` are HMACs under the base's secret
 * (`0x…`), all zero where there is none. `batchId`: the batch that carries it to the ledger.
 */
export type UseRow = {
  /** SHA-256 of base, work, class and day (TRUST.md, Usage). */
  useId: string
  workId: number
  /** 0 for a work that the base vouches for itself. */
  licenceId: number
  /** Whole days since 1970-01-01 UTC. */
  day: number
  class: string
  teacher: string
  openedAt: UnixSeconds
  batchId: string | null
}

/** A batch of this base's uses of one day, on its way to the ledger or there. */
export type UsageBatchRow = {
  batchId: string
  sequence: number
  day: number
  size: number
  root: string
  cid: string
  state: 'queued' | 'recorded' | 'refused'
  outboxId: number | null
  queuedAt: UnixSeconds
}

/** What was made of a batch of any base: its receipts found and whole, or found and false. Not found has no row. */
export type CountedBatchRow = { key: string; baseId: number; sequence: number; outcome: 'passed' | 'failed'; reason: string | null }

/** The schema of these tables. `usage_receipts`: the receipts of all bases, as they were found. */
export const usageTables = `
CREATE TABLE uses (
  use_id TEXT PRIMARY KEY, work_id INTEGER NOT NULL, licence_id INTEGER NOT NULL, day INTEGER NOT NULL, class TEXT NOT NULL, teacher TEXT NOT NULL,
  opened_at INTEGER NOT NULL, batch_id TEXT
) STRICT;
CREATE INDEX uses_waiting ON uses (day, work_id) WHERE batch_id IS NULL;
CREATE INDEX uses_by_batch ON uses (batch_id);

CREATE TABLE usage_batches (
  batch_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, day INTEGER NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, cid TEXT NOT NULL,
  state TEXT NOT NULL, outbox_id INTEGER, queued_at INTEGER NOT NULL
) STRICT;
CREATE INDEX usage_batches_by_write ON usage_batches (outbox_id);

CREATE TABLE counted_batches (
  key TEXT PRIMARY KEY, base_id INTEGER NOT NULL, sequence INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT
) STRICT;

CREATE TABLE usage_receipts (
  work_id INTEGER NOT NULL, base_id INTEGER NOT NULL, day INTEGER NOT NULL, class BLOB NOT NULL, teacher BLOB NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (work_id, base_id, day, class, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_receipts_by_batch ON usage_receipts (base_id, sequence);
`

const uses: TableShape<UseRow> = {
  name: 'uses',
  thing: 'use',
  key: 'useId',
  columns: {
    useId: 'text',
    workId: 'integer',
    licenceId: 'integer',
    day: 'integer',
    class: 'text',
    teacher: 'text',
    openedAt: 'integer',
    batchId: 'text',
  },
}
const usageBatches: TableShape<UsageBatchRow> = {
  name: 'usage_batches',
  thing: 'usage batch',
  key: 'batchId',
  columns: {
    batchId: 'text',
    sequence: 'integer',
    day: 'integer',
    size: 'integer',
    root: 'text',
    cid: 'text',
    state: 'text',
    outboxId: 'integer',
    queuedAt: 'integer',
  },
}
const countedBatches: TableShape<CountedBatchRow> = {
  name: 'counted_batches',
  thing: 'usage batch',
  key: 'key',
  columns: { key: 'text', baseId: 'integer', sequence: 'integer', outcome: 'text', reason: 'text' },
}

/** Uses of works, over one database. */
export const openUsageTables = (db: DatabaseSync) => ({
  uses: openTable(db, uses),
  usageBatches: openTable(db, usageBatches),
  countedBatches: openTable(db, countedBatches),
})
