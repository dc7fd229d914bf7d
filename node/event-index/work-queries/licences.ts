import type { DatabaseSync } from 'node:sqlite'
import { selectOne } from '../queries/select.ts'

/** A base, or an account for itself. */
export type Licensee = { readonly baseId: number } | { readonly account: string }

/**
 * What `Licences.baseLicenceAt` and `licenceAt` answer about any time: the newest licence that held; 0 for none, also while the work was
 * taken down.
 */
export function findLicenceAt(db: DatabaseSync, licensee: Licensee, { workId, time }: { workId: number; time: number }): number {
  const takedown =
    'SELECT is_down AS isDown FROM index_work_takedowns WHERE work_id = ? AND time <= ? ORDER BY block DESC, log_index DESC LIMIT 1'
  if (selectOne<{ isDown: number }>(db, takedown, workId, time)?.isDown === 1) return 0
  const [whose, value] =
    'baseId' in licensee
      ? ['base_id = ? AND base_id <> 0', licensee.baseId]
      : ['base_id = 0 AND holder = ?', licensee.account.toLowerCase()]
  const held = `SELECT given.licence_id AS licenceId FROM index_licences AS given LEFT JOIN index_licence_ends AS ended
      ON ended.licence_id = given.licence_id
    WHERE ${whose} AND work_id = ? AND given.time <= ? AND until > ? AND (ended.time IS NULL OR ended.time > ?)
    ORDER BY given.licence_id DESC LIMIT 1`
  return selectOne<{ licenceId: number }>(db, held, value, workId, time, time, time)?.licenceId ?? 0
}
