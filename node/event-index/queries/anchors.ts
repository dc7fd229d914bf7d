import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from './select.ts'

/** A batch of credentials that was anchored. */
export interface IndexedAnchor extends LedgerPlace {
  blockHash: string
  baseId: number
  programmeId: number
  /** The root of the batch's Merkle tree (RFC 9162). */
  root: string
  keyId: string
  /** Number of leaves. */
  size: number
  /** The records that entitled the base. */
  accreditationId: number
  standingId: number
}

/** The head of a log that a base keeps, such as its audit log. */
export interface IndexedHead extends LedgerPlace {
  baseId: number
  purpose: string
  digest: string
  sequence: number
  previous: string
}

/** The anchors of a root, in order; two bases may have anchored the same. */
export function listAnchorsByRoot(db: DatabaseSync, root: string): IndexedAnchor[] {
  return selectAll(db, `${ANCHOR_ROWS} WHERE root = ? ORDER BY block, log_index`, root.toLowerCase())
}

/** The anchor of a root by one base. */
export function findAnchor(db: DatabaseSync, baseId: number, root: string): IndexedAnchor | undefined {
  return selectOne(db, `${ANCHOR_ROWS} WHERE root = ? AND base_id = ? ORDER BY block, log_index LIMIT 1`, root.toLowerCase(), baseId)
}

/** The anchors of a base, the newest first. */
export function listAnchors(db: DatabaseSync, baseId: number, { limit }: { limit: number }): IndexedAnchor[] {
  return selectAll(db, `${ANCHOR_ROWS} WHERE base_id = ? ORDER BY block DESC, log_index DESC LIMIT ?`, baseId, limit)
}

/** How many credentials a base has anchored, in how many batches. */
export function countAnchored(db: DatabaseSync, baseId: number): { batches: number; credentials: number } {
  const row = selectOne<{ batches: number; credentials: number }>(
    db,
    'SELECT COUNT(*) AS batches, COALESCE(SUM(size), 0) AS credentials FROM index_anchors WHERE base_id = ?',
    baseId,
  )
  return row ?? { batches: 0, credentials: 0 }
}

/** Every anchored head of one of a base's logs, in order. */
export function listHeads(db: DatabaseSync, baseId: number, purpose: string): IndexedHead[] {
  const sql = `SELECT ${PLACE}, base_id AS baseId, purpose, digest, sequence, previous FROM index_heads WHERE base_id = ? AND purpose = ? ORDER BY sequence`
  return selectAll(db, sql, baseId, purpose)
}

const ANCHOR_ROWS = `SELECT ${PLACE}, (SELECT hash FROM index_blocks WHERE index_blocks.block = index_anchors.block) AS blockHash, base_id AS baseId,
  programme_id AS programmeId, root, key_id AS keyId, size, accreditation_id AS accreditationId, standing_id AS standingId FROM index_anchors`
