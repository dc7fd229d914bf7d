import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll } from '../queries/select.ts'

/** A work was frozen until a time, or the freeze was ended: then `until` is not after the event's own time. `reason`: SHA-256 of what was written. */
export interface IndexedFreeze extends LedgerPlace {
  workId: number
  until: number
  by: string
  reason: string
}

/** A ruling, with the epoch that it began. */
export interface IndexedRuling extends LedgerPlace {
  workId: number
  epoch: number
  reason: string
}

/** Freezes and their ends, of all works or of one, in order. */
export function listFreezes(db: DatabaseSync, workId?: number): IndexedFreeze[] {
  const sql = `SELECT ${PLACE}, work_id AS workId, until, "by", reason FROM index_work_freezes WHERE ?1 IS NULL OR work_id = ?1
    ORDER BY block, log_index`
  return selectAll(db, sql, workId ?? null)
}

/** Rulings on contested works, of all or of one, in order. */
export function listRulings(db: DatabaseSync, workId?: number): IndexedRuling[] {
  const sql = `SELECT ${PLACE}, work_id AS workId, epoch, reason FROM index_work_rulings WHERE ?1 IS NULL OR work_id = ?1 ORDER BY block, log_index`
  return selectAll(db, sql, workId ?? null)
}
