import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from './select.ts'

/** A published state of a status list. `digest` is SHA-256 of the status list credential, `cid` where it is. */
export interface IndexedStatusHead extends LedgerPlace {
  baseId: number
  listId: number
  sequence: number
  digest: string
  previous: string
  cid: string
}

/** Every state of a status list, the first one first: "since when" a bit is set is the first head that has it. */
export function listStatusHeads(db: DatabaseSync, baseId: number, listId: number): IndexedStatusHead[] {
  return selectAll(db, `${ROWS} WHERE base_id = ? AND list_id = ? ORDER BY sequence`, baseId, listId)
}

/** The latest state of a status list. */
export function findStatusHead(db: DatabaseSync, baseId: number, listId: number): IndexedStatusHead | undefined {
  return selectOne(db, `${ROWS} WHERE base_id = ? AND list_id = ? ORDER BY sequence DESC LIMIT 1`, baseId, listId)
}

/** The state of a status list that was the latest at a time. */
export function findStatusHeadAt(db: DatabaseSync, list: { baseId: number; listId: number }, time: number): IndexedStatusHead | undefined {
  const sql = `${ROWS} WHERE base_id = ? AND list_id = ? AND time <= ? ORDER BY sequence DESC LIMIT 1`
  return selectOne(db, sql, list.baseId, list.listId, time)
}

/** The latest state of every list of a base. */
export function listStatusLists(db: DatabaseSync, baseId: number): IndexedStatusHead[] {
  const sql = `${ROWS} AS mine WHERE base_id = ? AND sequence = (SELECT MAX(sequence) FROM index_status_heads AS late
    WHERE late.base_id = mine.base_id AND late.list_id = mine.list_id) ORDER BY list_id`
  return selectAll(db, sql, baseId)
}

const ROWS = `SELECT ${PLACE}, base_id AS baseId, list_id AS listId, sequence, digest, previous, cid FROM index_status_heads`
