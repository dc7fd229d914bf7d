import type { DatabaseSync } from 'node:sqlite'
import {
  countParents,
  findBalance,
  findBase,
  findLicenceSource,
  findSettlementSource,
  findWork,
  isMinter,
  listBases,
  listFreezes,
  listMints,
  listMoneyEvents,
  listParents,
  listRulings,
  listShares,
  readCause,
  sumTransfers,
} from '@guildhall/node'
import type { DisputeBook } from '../use-cases/works/disputes/list-disputes.ts'
import type { MoneyBook } from '../use-cases/works/royalties/ports.ts'

/** Money from the base's own copy of the ledger's events. */
export function createMoneyBook(db: DatabaseSync): MoneyBook {
  return {
    shares: (accounts) => listShares(db, accounts),
    events: (question) => listMoneyEvents(db, question),
    findWork: (workId) => {
      const work = findWork(db, workId)
      return work && { parents: listParents(db, workId).map(({ parentId }) => parentId), frozenUntil: work.frozenUntil }
    },
    readCause,
    sourceOf: (cause) =>
      cause.kind === 'licence'
        ? findLicenceSource(db, cause.number)
        : cause.kind === 'usage'
          ? findSettlementSource(db, cause.number)
          : undefined,
    baseOfAccount: (account) => listBases(db).find((base) => base.account === account.toLowerCase())?.baseId,
    accountOf: (baseId) => findBase(db, baseId)?.account,
    balanceOf: (account) => findBalance(db, account),
    transfersOf: (account) => sumTransfers(db, account),
    parentCounts: () => countParents(db),
    isMinter: (account) => isMinter(db, account),
    mints: () => listMints(db),
  }
}

/** Contested works from the base's own copy of the ledger's events. */
export function createDisputeBook(db: DatabaseSync): DisputeBook {
  return { freezes: (workId) => listFreezes(db, workId), rulings: (workId) => listRulings(db, workId) }
}
