import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** Where an event stands on the ledger; `time` is its block's, UnixSeconds. */
export interface LedgerPlace {
  block: number
  logIndex: number
  transactionHash: string
  time: number
}

/** The columns of a place, for a SELECT. */
export const PLACE = 'block, log_index AS logIndex, transaction_hash AS transactionHash, time'

/** All rows of a SELECT whose column names are the members of `Shape`. */
export function selectAll<Shape>(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): Shape[] {
  // node:sqlite gives objects without a prototype, which no test can compare.
  return db
    .prepare(sql)
    .all(...values)
    .map((row) => ({ ...row }) as Shape)
}

/** The first row, or undefined. */
export function selectOne<Shape>(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): Shape | undefined {
  const row = db.prepare(sql).get(...values)
  return row === undefined ? undefined : ({ ...row } as Shape)
}
