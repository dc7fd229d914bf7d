import type { DatabaseSync } from 'node:sqlite'
import type { EntitlementReason } from '@guildhall/contracts'
import { findAccreditation, type IndexedAccreditation, listAccreditations } from './accreditations.ts'
import { findStandingAt, type IndexedStanding } from './assessments.ts'
import { findKey } from './keys.ts'

/** Who, for what, with which key, when. `time` is UnixSeconds. */
export interface EntitlementQuestion {
  baseId: number
  programmeId: number
  keyId: string
  time: number
}

/** The answer, the first thing that is missing, and the records it rests on (0 where there is none). */
export interface IndexedEntitlement {
  reason: EntitlementReason
  accreditationId: number
  standingId: number
}

/**
 * What `Entitlements.entitlementOf` answers, worked out from the read model: for a base that is offline, on the last state it has seen.
 * The caller says until when that is (`EventIndex.status().syncedTo`); for a later time the answer is only provisional.
 */
export function findEntitlement(db: DatabaseSync, { baseId, programmeId, keyId, time }: EntitlementQuestion): IndexedEntitlement {
  const standing = findStandingAt(db, baseId, time)
  const accreditation = findBestAccreditation(db, { baseId, programmeId, time })
  const reasons = [
    standing === undefined ? 'BaseUnknown' : standingReason(standing, time),
    accreditation.reason,
    keyReason(db, { baseId, keyId, time }),
  ] as const
  return {
    reason: reasons.find((reason) => reason !== 'Entitled') ?? 'Entitled',
    accreditationId: accreditation.accreditationId,
    standingId: standing?.standingId ?? 0,
  }
}

function standingReason(standing: IndexedStanding, time: number): EntitlementReason {
  if (standing.isClosed) return 'BaseClosed'
  if (standing.isSuspended) return 'BaseSuspended'
  if (time >= standing.informationUntil) return 'InformationLapsed'
  if (time >= standing.safetyUntil) return 'SafetyLapsed'
  if (time >= standing.greenUntil) return 'GreenLapsed'
  return 'Entitled'
}

/** The newest that entitles, else the newest that had begun, with what is wrong with it. */
function findBestAccreditation(
  db: DatabaseSync,
  { baseId, programmeId, time }: Omit<EntitlementQuestion, 'keyId'>,
): { reason: EntitlementReason; accreditationId: number } {
  const newestFirst = listAccreditations(db, baseId, programmeId).reverse()
  const judged = newestFirst.map((record) => ({ reason: accreditationReason(db, record, time), accreditationId: record.accreditationId }))
  const entitled = judged.find(({ reason }) => reason === 'Entitled')
  return (
    entitled ?? judged.find(({ reason }) => reason !== 'AccreditationMissing') ?? { reason: 'AccreditationMissing', accreditationId: 0 }
  )
}

function accreditationReason(db: DatabaseSync, record: IndexedAccreditation, time: number): EntitlementReason {
  if (time < record.from) return 'AccreditationMissing'
  if (time >= record.until) return 'AccreditationExpired'
  if (isRevokedAt(record, time)) return 'AccreditationRevoked'
  for (let above = findAccreditation(db, record.parent); above !== undefined; above = findAccreditation(db, above.parent)) {
    if (time >= above.until) return 'AncestorExpired'
    if (isRevokedAt(above, time)) return 'AncestorRevoked'
  }
  return 'Entitled'
}

function isRevokedAt({ revokedAt }: IndexedAccreditation, time: number): boolean {
  return revokedAt !== undefined && time >= revokedAt
}

function keyReason(db: DatabaseSync, { baseId, keyId, time }: Omit<EntitlementQuestion, 'programmeId'>): EntitlementReason {
  const key = findKey(db, baseId, keyId)
  if (key === undefined || time < key.from) return 'KeyUnknown'
  if (key.compromisedAt !== undefined && time >= key.compromisedAt) return 'KeyCompromised'
  if (key.retiredAt !== undefined && time >= key.retiredAt) return 'KeyRetired'
  if (time >= key.until) return 'KeyExpired'
  return 'Entitled'
}
