import type { DatabaseSync } from 'node:sqlite'
import { selectAll, selectOne } from './select.ts'

/** An accreditation. Times are UnixSeconds. */
export interface IndexedAccreditation {
  accreditationId: number
  baseId: number
  programmeId: number
  /** The accreditation that it was given under; 0 when the network gave it. */
  parent: number
  from: number
  until: number
  revokedAt: number | undefined
  /** SHA-256 of the reason, when it was revoked. */
  revocationReason: string | undefined
  mayAccredit: boolean
}

/** One accreditation by its number. */
export function findAccreditation(db: DatabaseSync, accreditationId: number): IndexedAccreditation | undefined {
  const row = selectOne<AccreditationRow>(db, `${ROWS} WHERE given.accreditation_id = ?`, accreditationId)
  return row === undefined ? undefined : toAccreditation(row)
}

/** A base's accreditations, in order; for one programme when it is named. */
export function listAccreditations(db: DatabaseSync, baseId: number, programmeId?: number): IndexedAccreditation[] {
  const rows =
    programmeId === undefined
      ? selectAll<AccreditationRow>(db, `${ROWS} WHERE base_id = ? ORDER BY accreditationId`, baseId)
      : selectAll<AccreditationRow>(db, `${ROWS} WHERE base_id = ? AND programme_id = ? ORDER BY accreditationId`, baseId, programmeId)
  return rows.map(toAccreditation)
}

/** The accreditation and all above it, up to the network's own; empty when there is none of that number. */
export function listAccreditationChain(db: DatabaseSync, accreditationId: number): IndexedAccreditation[] {
  const chain: IndexedAccreditation[] = []
  for (let next = findAccreditation(db, accreditationId); next !== undefined; next = findAccreditation(db, next.parent)) chain.push(next)
  return chain
}

/** Accreditations that were given under this one, directly. */
export function listAccreditationsUnder(db: DatabaseSync, parent: number): IndexedAccreditation[] {
  return selectAll<AccreditationRow>(db, `${ROWS} WHERE given.parent = ? ORDER BY accreditationId`, parent).map(toAccreditation)
}

type AccreditationRow = Omit<IndexedAccreditation, 'revokedAt' | 'revocationReason' | 'mayAccredit'> & {
  revokedAt: number | null
  revocationReason: string | null
  mayAccredit: number
}

const ROWS = `SELECT given.accreditation_id AS accreditationId, base_id AS baseId, programme_id AS programmeId, parent, given.time AS "from", until,
  may_accredit AS mayAccredit, revoked.time AS revokedAt, revoked.reason AS revocationReason
  FROM index_accreditations AS given LEFT JOIN index_accreditation_revocations AS revoked ON revoked.accreditation_id = given.accreditation_id`

function toAccreditation({ revokedAt, revocationReason, mayAccredit, ...record }: AccreditationRow): IndexedAccreditation {
  return { ...record, revokedAt: revokedAt ?? undefined, revocationReason: revocationReason ?? undefined, mayAccredit: mayAccredit === 1 }
}
