import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from '../queries/select.ts'

/** A work as it is now. Times are UnixSeconds; `askedShare` is in millionths, 16,777,215 when the holder is to be asked each time. */
export interface IndexedWork {
  workId: number
  homeBase: number
  holder: string
  termsHash: string
  askedShare: number
  registeredAt: number
  versionCount: number
  isTakenDown: boolean
  frozenUntil: number
}

/** A version: the digest and codec make its CIDv1. */
export interface PublishedVersion extends LedgerPlace {
  workId: number
  version: number
  contentDigest: string
  codec: string
}

/** What a work owes to one that it was made from, in millionths of all that it earns; `kind` as on the ledger. */
export interface IndexedEdge {
  workId: number
  parentId: number
  share: number
  kind: number
}

/** Who shares what a work earns from `time` on, in millionths of what the parents leave, `ownShare`. */
export interface IndexedEpoch extends LedgerPlace {
  epoch: number
  ownShare: number
  contributors: { account: string; share: number }[]
}

/** Which works: of a holder, of a base, before a number; the newest first. */
export interface WorkFilter {
  holder?: string
  homeBase?: number
  before?: number
  limit?: number
}

/** One work; undefined for a number that was never given. */
export function findWork(db: DatabaseSync, workId: number): IndexedWork | undefined {
  const row = selectOne<WorkRow>(db, `${WORKS} WHERE work_id = ?`, workId)
  return row === undefined ? undefined : toWork(row)
}

/** Works, the newest first; 100 unless told. */
export function listWorks(db: DatabaseSync, { holder, homeBase, before, limit = 100 }: WorkFilter = {}): IndexedWork[] {
  const sql = `SELECT * FROM (${WORKS}) WHERE (?1 IS NULL OR holder = ?1) AND (?2 IS NULL OR homeBase = ?2) AND (?3 IS NULL OR workId < ?3)
    ORDER BY workId DESC LIMIT ?4`
  return selectAll<WorkRow>(db, sql, holder?.toLowerCase() ?? null, homeBase ?? null, before ?? null, limit).map(toWork)
}

/** A work's versions, the first one first. */
export function listVersions(db: DatabaseSync, workId: number): PublishedVersion[] {
  return selectAll(db, `${VERSIONS} WHERE work_id = ? ORDER BY version`, workId)
}

/** Every version with a content, the earliest first: who registers it again is told of that one. */
export function listVersionsOfContent(db: DatabaseSync, contentDigest: string): PublishedVersion[] {
  return selectAll(db, `${VERSIONS} WHERE content_digest = ? ORDER BY block, log_index`, contentDigest.toLowerCase())
}

/** What a work was made from, by rising number; after a ruling, as it was ruled. */
export function listParents(db: DatabaseSync, workId: number): IndexedEdge[] {
  return selectAll(db, `${EDGES} AND work_id = ? ORDER BY parent_id`, workId)
}

/** What was made from a work, by rising number. */
export function listChildren(db: DatabaseSync, parentId: number): IndexedEdge[] {
  return selectAll(db, `${EDGES} AND parent_id = ? ORDER BY work_id`, parentId)
}

/** A work's lists of shares, the first one first. */
export function listEpochs(db: DatabaseSync, workId: number): IndexedEpoch[] {
  const sql = `SELECT ${PLACE}, epoch, own_share AS ownShare, contributors FROM index_work_epochs WHERE work_id = ? ORDER BY epoch`
  return selectAll<Omit<IndexedEpoch, 'contributors'> & { contributors: string }>(db, sql, workId).map((row) => ({
    ...row,
    contributors: JSON.parse(row.contributors),
  }))
}

/** Claims of authorship of a work, the first one first. */
export function listAuthorships(db: DatabaseSync, workId: number): (LedgerPlace & { version: number; author: string })[] {
  return selectAll(db, `SELECT ${PLACE}, version, author FROM index_authorships WHERE work_id = ? ORDER BY block, log_index`, workId)
}

type WorkRow = Omit<IndexedWork, 'isTakenDown'> & { isTakenDown: number }

/** The latest value that an event gave a work, else the one that it was registered with. */
const latest = (column: string, table: string, first = `work.${column}`) =>
  `COALESCE((SELECT ${column} FROM ${table} AS late WHERE late.work_id = work.work_id ORDER BY block DESC, log_index DESC LIMIT 1), ${first})`

const WORKS = `SELECT work_id AS workId, time AS registeredAt, ${latest('home_base', 'index_work_homes')} AS homeBase,
  ${latest('holder', 'index_work_holders')} AS holder, ${latest('terms_hash', 'index_work_terms')} AS termsHash,
  ${latest('asked_share', 'index_work_terms')} AS askedShare, ${latest('is_down', 'index_work_takedowns', '0')} AS isTakenDown,
  ${latest('until', 'index_work_freezes', '0')} AS frozenUntil,
  (SELECT COUNT(*) FROM index_work_versions AS version WHERE version.work_id = work.work_id) AS versionCount FROM index_works AS work`

const VERSIONS = `SELECT ${PLACE}, work_id AS workId, version, content_digest AS contentDigest, codec FROM index_work_versions`

const EDGES = `SELECT work_id AS workId, parent_id AS parentId, share, kind FROM index_work_edges AS edge
  WHERE NOT EXISTS (SELECT 1 FROM index_work_rulings AS ruling WHERE ruling.work_id = edge.work_id
    AND (ruling.block, ruling.log_index) > (edge.block, edge.log_index))`

function toWork(row: WorkRow): IndexedWork {
  return { ...row, isTakenDown: row.isTakenDown === 1 }
}
