import type { DatabaseSync } from 'node:sqlite'
import {
  cidFromLedger,
  type EventIndex,
  findBalance,
  findBase,
  findListedVersion,
  findOffer,
  findReadingRight,
  findWork,
  findWorkVersion,
  lastUsageDay,
  lastUsageSequence,
  listLicences,
  listMemberPeers,
  listOffers,
  listUsageBatches,
} from '@guildhall/node'
import type { UnixSeconds } from '../base.ts'
import type { LicenceBook } from '../use-cases/works/ports.ts'

/** Licences, offers and use from the base's own copy of the ledger's events. */
export function createLicenceBook(db: DatabaseSync, index: Pick<EventIndex, 'status'>, now: () => UnixSeconds): LicenceBook {
  // A block may bear a time a little ahead of this clock: what it holds is there all the same.
  const present = () => Math.max(now(), index.status().syncedTo?.time ?? 0)
  return {
    accountOf: (baseId) => findBase(db, baseId)?.account,
    findWork: (workId) => {
      const work = findWork(db, workId)
      return work && { ...work, listedVersion: findListedVersion(db, workId, present()) }
    },
    findVersion: (workId, version) => {
      const found = findWorkVersion(db, workId, version)
      return (
        found && { workId, version, homeBase: found.homeBase, holder: found.holder, cid: cidFromLedger(found.contentDigest, found.codec) }
      )
    },
    readingRight: (question) => findReadingRight(db, question),
    offersOf: (workId) => listOffers(db, workId),
    findOffer: (offerId) => findOffer(db, offerId),
    licences: (question) => listLicences(db, question),
    balanceOf: (account) => findBalance(db, account),
    batches: (question) => listUsageBatches(db, question),
    lastSequence: (baseId) => lastUsageSequence(db, baseId),
    lastDay: (baseId, workId) => lastUsageDay(db, baseId, workId),
    otherBases: (ownBaseId) => [
      ...new Set(listMemberPeers(db).flatMap(({ baseId, addresses }) => (baseId === ownBaseId || addresses.length === 0 ? [] : [baseId]))),
    ],
  }
}
