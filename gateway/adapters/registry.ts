import type { DatabaseSync } from 'node:sqlite'
import {
  type EventIndex,
  findBase,
  findEntitlement,
  findNetworkDelay,
  findStandingAt,
  listAccreditationChain,
  listAccreditations,
  listAssessments,
  listBases,
  listKeys,
} from '@guildhall/node'
import type { UnixSeconds } from '../base.ts'
import type { BaseRights, GateAnswer, Registry } from '../use-cases/base/issuing.ts'
import { seenNow } from './verifier-ports.ts'

/** The base's rights from its own copy of the ledger's events. Before the first block was read, nothing is entitled. */
export function createRegistry(db: DatabaseSync, index: Pick<EventIndex, 'status' | 'whenSyncedTo'>, now: () => UnixSeconds): Registry {
  return {
    gate: ({ baseId, programmeId, keyId, time }): GateAnswer => {
      if (index.status().syncedTo === undefined) return { entitled: false, refusal: 'LedgerNotRead' }
      const { reason, accreditationId, standingId } = findEntitlement(db, { baseId, programmeId, keyId, time })
      if (reason !== 'Entitled') return { entitled: false, refusal: reason }
      return { entitled: true, accreditationId, standingId, nextLapse: nextLapseOf(db, { baseId, accreditationId, keyId, time }) }
    },
    rightsOf: (baseId) =>
      index.status().syncedTo === undefined ? { assessments: [], accreditations: [], keys: [] } : readRights(db, baseId),
    placeOf: (baseId) => {
      const base = findBase(db, baseId)
      return base === undefined || base.closedAt !== undefined ? undefined : { tier: base.tier, peers: base.peers }
    },
    decisionDelay: () => (listBases(db).length < 2 ? 0 : (findNetworkDelay(db) ?? 0)),
    syncedTo: () => {
      const { syncedTo, ...status } = index.status()
      return syncedTo === undefined ? null : { blockNumber: syncedTo.block, time: syncedTo.time, ...seenNow(status, now) }
    },
    whenSyncedTo: (blockNumber, signal) => index.whenSyncedTo(blockNumber, { signal }),
  }
}

type Held = { baseId: number; accreditationId: number; keyId: string; time: number }

/** The first instant at which something that entitles now runs out by itself. */
function nextLapseOf(db: DatabaseSync, { baseId, accreditationId, keyId, time }: Held): number {
  const standing = findStandingAt(db, baseId, time)
  const ends = [
    ...(standing ? [standing.informationUntil, standing.safetyUntil, standing.greenUntil] : []),
    ...listAccreditationChain(db, accreditationId).map(({ until }) => until),
    ...listKeys(db, baseId).flatMap((key) => (key.keyId === keyId ? [key.until] : [])),
  ]
  return Math.min(...ends)
}

function readRights(db: DatabaseSync, baseId: number): BaseRights {
  return {
    assessments: listAssessments(db, baseId)
      .reverse()
      .map(({ assessmentId, kind, from, until, assessor, isSelfAssessed, reportCid, withdrawnAt }) => ({
        kind,
        recordId: assessmentId,
        validFrom: from,
        expiresAt: until,
        assessor,
        selfAssessed: isSelfAssessed,
        reportCid,
        isWithdrawn: withdrawnAt !== undefined,
      })),
    accreditations: listAccreditations(db, baseId)
      .reverse()
      .map(({ accreditationId, programmeId, from, until, revokedAt }) => ({
        recordId: accreditationId,
        programmeId,
        validFrom: from,
        expiresAt: until,
        chain: listAccreditationChain(db, accreditationId).map((one) => one.accreditationId),
        isRevoked: revokedAt !== undefined,
      })),
    keys: listKeys(db, baseId)
      .reverse()
      .map(({ keyId, from, until, retiredAt, compromisedAt }) => ({
        keyId,
        validFrom: from,
        expiresAt: until,
        retiredAt: retiredAt ?? null,
        compromisedAt: compromisedAt ?? null,
      })),
  }
}
