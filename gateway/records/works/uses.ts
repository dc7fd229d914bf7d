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

/** One receipt of a base, as it was found. `class` and `teacher` are 32 bytes. */
export type ReceiptRow = { workId: number; baseId: number; day: number; class: Uint8Array; teacher: Uint8Array }
type Counts = { uses: number; teachers: number; classes: number }

/** The receipts of all bases: counted by whoever has found them, whatever the bases claim. Openings without a teacher or class count as uses only. */
export const openUsageReceipts = (db: DatabaseSync) => {
  const nobody = `x'${'00'.repeat(32)}'`
  // A teacher or class is a pseudonym of one base: together with the base it is told apart from every other.
  const distinct = (column: string) => `count(DISTINCT CASE WHEN ${column} <> ${nobody} THEN base_id || ':' || hex(${column}) END)`
  const counts = `count(*) AS uses, ${distinct('teacher')} AS teachers, ${distinct('class')} AS classes`
  const month = `strftime('%Y-%m', day * 86400, 'unixepoch')`
  const insert = db.prepare('INSERT INTO usage_receipts (work_id, base_id, day, class, teacher, sequence) VALUES (?, ?, ?, ?, ?, ?)')
  const removed = db.prepare('DELETE FROM usage_receipts WHERE base_id = ? AND sequence = ?')
  const total = db.prepare(`SELECT ${counts}, count(DISTINCT base_id) AS bases FROM usage_receipts WHERE work_id = ?`)
  const byBase = db.prepare(
    `SELECT base_id AS "baseId", ${counts} FROM usage_receipts WHERE work_id = ? GROUP BY base_id ORDER BY uses DESC, base_id`,
  )
  const byMonth = db.prepare(
    `SELECT ${month} AS month, ${counts}, count(DISTINCT base_id) AS bases FROM usage_receipts WHERE work_id = ? GROUP BY month ORDER BY month`,
  )
  const rows = <Row>(found: Record<string, unknown>[]): Row[] => found.map((row) => ({ ...row }) as Row)
  return {
    /** Inside the caller's transaction. @throws for two receipts of one id in a batch */
    add: (sequence: number, receipts: Iterable<ReceiptRow>) => {
      for (const one of receipts) insert.run(one.workId, one.baseId, one.day, one.class, one.teacher, sequence)
    },
    /** Takes a batch out again, because it was struck or replaced. */
    remove: (baseId: number, sequence: number) => void removed.run(baseId, sequence),
    count: (workId: number): Counts & { bases: number } => ({ ...(total.get(workId) as Counts & { bases: number }) }),
    countByBase: (workId: number) => rows<Counts & { baseId: number }>(byBase.all(workId)),
    countByMonth: (workId: number) => rows<Counts & { bases: number; month: string }>(byMonth.all(workId)),
  }
}
