import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from './select.ts'

/** One line of a batch: the uses of one work. `licenceId` is 0 for a work that the base vouches for itself. */
export interface IndexedUsageLine {
  workId: number
  licenceId: number
  uses: number
  teachers: number
  classes: number
}

/** A batch of usage receipts as the ledger has it. Days are whole days since 1970-01-01 UTC. */
export interface IndexedUsageBatch extends LedgerPlace {
  baseId: number
  sequence: number
  root: string
  fromDay: number
  toDay: number
  size: number
  cid: string
  /** Struck for being false: what it counted is taken off. */
  isStruck: boolean
  lines: IndexedUsageLine[]
}

/** Which batches to list; what is absent is not asked for. */
export interface UsageQuestion {
  baseId?: number | undefined
  workId?: number | undefined
}

/** The batches of all bases, the newest first. */
export function listUsageBatches(db: DatabaseSync, { baseId, workId }: UsageQuestion = {}): IndexedUsageBatch[] {
  const asked: [string, SQLInputValue | undefined][] = [
    ['base_id = ?', baseId],
    ['(base_id, sequence) IN (SELECT base_id, sequence FROM index_usage_lines WHERE work_id = ?)', workId],
  ]
  const conditions = asked.filter((one): one is [string, SQLInputValue] => one[1] !== undefined)
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`
  const rows = selectAll<Omit<IndexedUsageBatch, 'isStruck' | 'lines'> & { struck: number }>(
    db,
    `SELECT ${PLACE}, base_id AS baseId, sequence, root, from_day AS fromDay, to_day AS toDay, size, cid,
      EXISTS (SELECT 1 FROM index_usage_strikes AS struck WHERE struck.base_id = told.base_id AND struck.sequence = told.sequence) AS struck
      FROM index_usage_batches AS told${where} ORDER BY block DESC, log_index DESC`,
    ...conditions.map(([, value]) => value),
  )
  return rows.map(({ struck, ...batch }) => ({ ...batch, isStruck: struck === 1, lines: linesOf(db, batch) }))
}

/** The number of a base's last batch; 0 before the first. */
export function lastUsageSequence(db: DatabaseSync, baseId: number): number {
  const sql = 'SELECT MAX(sequence) AS last FROM index_usage_batches WHERE base_id = ?'
  return selectOne<{ last: number | null }>(db, sql, baseId)?.last ?? 0
}

/** The last day for which a base has counted a work, struck batches included; 0 before the first. Only later days are counted. */
export function lastUsageDay(db: DatabaseSync, baseId: number, workId: number): number {
  const sql = 'SELECT MAX(to_day) AS last FROM index_usage_lines WHERE base_id = ? AND work_id = ?'
  return selectOne<{ last: number | null }>(db, sql, baseId, workId)?.last ?? 0
}

/** The lines in the order in which they were given: that of their places in the tree. */
function linesOf(db: DatabaseSync, { baseId, sequence }: { baseId: number; sequence: number }): IndexedUsageLine[] {
  return selectAll(
    db,
    `SELECT work_id AS workId, licence_id AS licenceId, uses, teachers, classes FROM index_usage_lines
      WHERE base_id = ? AND sequence = ? ORDER BY block, log_index`,
    baseId,
    sequence,
  )
}
