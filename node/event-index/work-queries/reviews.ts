import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from '../queries/select.ts'

/** A member's opinion; `panel` is 0 content, 1 technical, 2 experts; `marks` and `reasons` as on the ledger. */
export interface IndexedOpinion extends LedgerPlace {
  workId: number
  version: number
  member: string
  panel: number
  marks: number
  reasons: string
}

/** What a panel decided: 1 approved, 2 rejected. */
export interface IndexedDecision extends LedgerPlace {
  panel: number
  decision: number
}

/** A version that became the listed one. */
export interface IndexedListing extends LedgerPlace {
  version: number
  previous: number
}

/** A member's term on a panel; `baseId` is 0 for none. Times are UnixSeconds. */
export interface IndexedSeat {
  panel: number
  member: string
  baseId: number
  from: number
  until: number
}

/** A version that waits for a panel. */
export interface WaitingVersion {
  workId: number
  version: number
  contentDigest: string
  codec: string
  publishedAt: number
}

/** Opinions of a version, in order. */
export function listOpinions(db: DatabaseSync, workId: number, version: number): IndexedOpinion[] {
  const sql = `SELECT ${PLACE}, work_id AS workId, version, member, panel, marks, reasons FROM index_opinions
    WHERE work_id = ? AND version = ? ORDER BY block, log_index`
  return selectAll(db, sql, workId, version)
}

/** What the panels decided about a version, in order. */
export function listDecisions(db: DatabaseSync, workId: number, version: number): IndexedDecision[] {
  const sql = `SELECT ${PLACE}, panel, decision FROM index_decisions WHERE work_id = ? AND version = ? ORDER BY block, log_index`
  return selectAll(db, sql, workId, version)
}

/** When a version was taken to the expert committee, and why; undefined when it was not. */
export function findAppeal(db: DatabaseSync, workId: number, version: number): (LedgerPlace & { grounds: string }) | undefined {
  return selectOne(db, `SELECT ${PLACE}, grounds FROM index_appeals WHERE work_id = ? AND version = ?`, workId, version)
}

/** The versions of a work that were listed one after the other, in order. */
export function listListings(db: DatabaseSync, workId: number): IndexedListing[] {
  return selectAll(db, `SELECT ${PLACE}, version, previous FROM index_listings WHERE work_id = ? ORDER BY block, log_index`, workId)
}

/** What `ReviewPanels.listedVersionAt` answers: the version listed at a time; 0 for none, also while the work was taken down. */
export function findListedVersion(db: DatabaseSync, workId: number, time: number): number {
  const last = (column: string, table: string) =>
    selectOne<{ value: number }>(
      db,
      `SELECT ${column} AS value FROM ${table} WHERE work_id = ? AND time <= ? ORDER BY block DESC, log_index DESC LIMIT 1`,
      workId,
      time,
    )?.value ?? 0
  return last('is_down', 'index_work_takedowns') === 1 ? 0 : last('version', 'index_listings')
}

/** Who sits on the panels at a time. */
export function listSeats(db: DatabaseSync, time: number): IndexedSeat[] {
  const sql = `SELECT panel, member, base_id AS baseId, seated_from AS "from", until FROM index_panel_seats AS seat
    WHERE seat.time <= ?1 AND seated_from <= ?1 AND until > ?1 AND NOT EXISTS (SELECT 1 FROM index_panel_seats AS late
      WHERE late.panel = seat.panel AND late.member = seat.member AND late.time <= ?1
        AND (late.block, late.log_index) > (seat.block, seat.log_index)) ORDER BY panel, block, log_index`
  return selectAll(db, sql, time)
}

/** The versions that wait for a panel, the longest first: for the experts those appealed, for the others those not. */
export function listWaitingVersions(db: DatabaseSync, panel: number): WaitingVersion[] {
  const appealed = 'EXISTS (SELECT 1 FROM index_appeals AS a WHERE a.work_id = v.work_id AND a.version = v.version)'
  const sql = `SELECT work_id AS workId, version, content_digest AS contentDigest, codec, time AS publishedAt FROM index_work_versions AS v
    WHERE NOT EXISTS (SELECT 1 FROM index_decisions AS d WHERE d.work_id = v.work_id AND d.version = v.version AND d.panel = ?)
      AND ${panel === 2 ? appealed : `NOT ${appealed}`} ORDER BY block, log_index`
  return selectAll(db, sql, panel)
}

/** How many opinions decide a review of a panel that begins now; panels for which nobody has set it are not in the list. */
export function listQuorums(db: DatabaseSync): { panel: number; approvals: number; rejections: number }[] {
  const sql = `SELECT panel, approvals, rejections FROM index_panel_quorums AS quorum WHERE NOT EXISTS (SELECT 1 FROM index_panel_quorums AS late
      WHERE late.panel = quorum.panel AND (late.block, late.log_index) > (quorum.block, quorum.log_index)) ORDER BY panel`
  return selectAll(db, sql)
}
