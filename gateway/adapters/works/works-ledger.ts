import type { DatabaseSync } from 'node:sqlite'
import {
  findAppeal,
  findBase,
  findListedVersion,
  findWork,
  type IndexedWork,
  listAuthorships,
  listBases,
  listChildren,
  listDecisions,
  listEpochs,
  listListings,
  listOpinions,
  listParents,
  listQuorums,
  listSeats,
  listVersions,
  listVersionsOfContent,
  listWorks,
  type PublishedVersion,
} from '@guildhall/node'
import { cidOf } from '../../use-cases/works/register/content-digest.ts'

/** A version with its CID, put together from the digest and the codec on the ledger. */
export type LedgerVersion = PublishedVersion & { cid: string }

/** What the ledger says of works and their review, as this base has read it. */
export type WorksLedger = ReturnType<typeof createWorksLedger>

/** The read model's answers about works. Reads are local and synchronous. */
export function createWorksLedger(db: DatabaseSync) {
  return {
    find: (workId: number): IndexedWork | undefined => findWork(db, workId),
    /** The newest first. */
    list: (filter: { homeBase?: number; before?: number; limit?: number } = {}) => listWorks(db, filter),
    versions: (workId: number): LedgerVersion[] => listVersions(db, workId).map(withCid),
    versionsOfContent: (contentDigest: string): LedgerVersion[] => listVersionsOfContent(db, contentDigest).map(withCid),
    parents: (workId: number) => listParents(db, workId),
    children: (workId: number) => listChildren(db, workId),
    epochs: (workId: number) => listEpochs(db, workId),
    authorships: (workId: number) => listAuthorships(db, workId),
    opinions: (workId: number, version: number) => listOpinions(db, workId, version),
    decisions: (workId: number, version: number) => listDecisions(db, workId, version),
    appeal: (workId: number, version: number) => findAppeal(db, workId, version),
    listings: (workId: number) => listListings(db, workId),
    listedVersion: (workId: number, time: number) => findListedVersion(db, workId, time),
    seats: (time: number) => listSeats(db, time),
    quorums: () => listQuorums(db),
    /** The account that acts for a base, in lower case. */
    accountOf: (baseId: number): string | undefined => findBase(db, baseId)?.account.toLowerCase(),
    /** How many bases there are that have not closed. */
    openBases: (): number => listBases(db).filter(({ closedAt }) => closedAt === undefined).length,
  }
}

function withCid(version: PublishedVersion): LedgerVersion {
  return { ...version, cid: cidOf(version) }
}
