import type { DatabaseSync } from 'node:sqlite'
import { selectAll, selectOne } from '../queries/select.ts'

/** How often something was used, without what was struck. Teachers and classes are counted once a base, as the bases claim. */
export interface UsageCount {
  uses: number
  teachers: number
  classes: number
  bases: number
}

/** "Cited 1,604 times by 1,156 teachers of 399 schools in 9,101 classes": what `UsageReceipts.usageOf` answers. */
export function countUsage(db: DatabaseSync, workId: number): UsageCount {
  const row = selectOne<UsageCount>(db, `SELECT ${SUMS}, COUNT(DISTINCT base_id) AS bases ${STANDING} AND work_id = ?`, workId)
  return row ?? { uses: 0, teachers: 0, classes: 0, bases: 0 }
}

/** The use of a work by each base, the one that used it most first. */
export function listUsageByBase(db: DatabaseSync, workId: number): (Omit<UsageCount, 'bases'> & { baseId: number })[] {
  return selectAll(db, `SELECT base_id AS baseId, ${SUMS} ${STANDING} AND work_id = ? GROUP BY base_id ORDER BY uses DESC, base_id`, workId)
}

/** The use of a work in each month, by the last day of the batch, as `2026-11`; the first month first. */
export function listUsageByMonth(db: DatabaseSync, workId: number): (UsageCount & { month: string })[] {
  const sql = `SELECT strftime('%Y-%m', to_day * 86400, 'unixepoch') AS month, ${SUMS}, COUNT(DISTINCT base_id) AS bases ${STANDING}
    AND work_id = ? GROUP BY month ORDER BY month`
  return selectAll(db, sql, workId)
}

/** The works used most, by everyone or by one base. */
export function listMostUsed(
  db: DatabaseSync,
  { baseId, limit = 20 }: { baseId?: number; limit?: number } = {},
): (UsageCount & {
  workId: number
})[] {
  const sql = `SELECT work_id AS workId, ${SUMS}, COUNT(DISTINCT base_id) AS bases ${STANDING} AND (?1 IS NULL OR base_id = ?1)
    GROUP BY work_id ORDER BY uses DESC, work_id LIMIT ?2`
  return selectAll(db, sql, baseId ?? null, limit)
}

const SUMS = 'COALESCE(SUM(uses), 0) AS uses, COALESCE(SUM(teachers), 0) AS teachers, COALESCE(SUM(classes), 0) AS classes'
const STANDING = `FROM index_usage_lines AS line WHERE NOT EXISTS (SELECT 1 FROM index_usage_strikes AS struck
  WHERE struck.base_id = line.base_id AND struck.sequence = line.sequence)`
