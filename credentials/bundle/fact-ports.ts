import type {
  EntitlementAnswer,
  EntitlementQuestion,
  Lookup,
  NetworkDescriptor,
  Provenance,
  StatusHead,
  StatusListDocument,
  StatusListName,
  VerifierPorts,
} from '../ports.ts'
import type { Fact } from './fact.ts'

/** What ports over facts answer from. */
export interface FactBook {
  networks: readonly NetworkDescriptor[]
  /** Descriptors that came along and are not trusted. */
  offered?: readonly { networkId: string; descriptor: NetworkDescriptor }[]
  facts: readonly Fact[]
  /** DID logs by DID. */
  didLogs: ReadonlyMap<string, string>
  /** Status list documents by `cid` and by URL. */
  lists: ReadonlyMap<string, StatusListDocument>
  provenance: Provenance
  /** True when what is not in the book is certainly not on the ledger; a bundle is never complete. */
  isComplete: boolean
}

/** Ports that answer from facts alone: a bundle, or a ledger in memory for tests. */
export function factPorts(book: FactBook): VerifierPorts {
  const { provenance, isComplete } = book
  const found = <T>(value: T): Lookup<T> => ({ outcome: 'found', value, ...provenance })
  const missing = <T>(): Lookup<T> =>
    isComplete
      ? { outcome: 'absent', ...provenance }
      : { outcome: 'unreachable', cause: 'not-covered', source: provenance.source, detail: 'it is not in there' }
  const answer = <T>(value: T | undefined): Lookup<T> => (value === undefined ? missing() : found(value))
  return {
    directory: {
      listNetworks: async () => book.networks,
      findDescriptor: async (networkId) => book.offered?.find((offer) => offer.networkId === networkId)?.descriptor,
      findBase: async (networkId, did) => answer(pick(book, 'base', (fact) => fact.networkId === networkId && fact.did === did)),
      findDidLog: async (networkId, did) => answer(findDidLog(book, networkId, did)),
      findKey: async (networkId, baseId, keyId) =>
        answer(pick(book, 'key', (fact) => fact.networkId === networkId && fact.baseId === baseId && fact.keyId === keyId)),
      isEntitled: async (question) => answer(findEntitlement(book, question)),
    },
    status: {
      findHead: async (name) => answer(headsOf(book, name)?.at(-1)),
      listHeads: async (name) => answer(headsOf(book, name)),
      findList: async (name, head) => answer(findList(book, name, head)),
    },
    evidence: {
      findAnchor: async (networkId, baseId, root) =>
        answer(pick(book, 'anchor', (fact) => fact.networkId === networkId && fact.baseId === baseId && fact.root === root)),
      findSegment: async (networkId, baseId, root) =>
        answer(pick(book, 'segment', (fact) => fact.networkId === networkId && fact.baseId === baseId && fact.root === root)),
    },
  }
}

function pick<Kind extends Fact['kind']>({ facts }: FactBook, kind: Kind, fits: (fact: Extract<Fact, { kind: Kind }>) => boolean) {
  return facts.find((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind && fits(fact as Extract<Fact, { kind: Kind }>))
}

function findDidLog(book: FactBook, networkId: string, did: string) {
  const log = book.didLogs.get(did)
  if (log === undefined) return undefined
  const base = pick(book, 'base', (fact) => fact.networkId === networkId && fact.did === did)
  const records = pick(book, 'did-logs', (fact) => fact.networkId === networkId && fact.baseId === base?.baseId)?.records
  return { log, records: records ?? (book.isComplete ? [] : undefined) }
}

function findEntitlement(
  book: FactBook,
  { networkId, baseId, programmeId, keyId, time }: EntitlementQuestion,
): EntitlementAnswer | undefined {
  const fact = pick(book, 'entitlement', (candidate) => {
    const isAsked = candidate.networkId === networkId && candidate.baseId === baseId && candidate.programmeId === programmeId
    return isAsked && candidate.keyId === keyId && candidate.from <= time && (candidate.until === null || time < candidate.until)
  })
  if (fact !== undefined) return { isEntitled: fact.isEntitled, ...(fact.gap === undefined ? {} : { gap: fact.gap }) }
  return book.isComplete ? { isEntitled: false, gap: 'accreditation-missing' } : undefined
}

/**
 * Without a head nothing says that a held list is the latest: whoever put a bundle together could have left the head out and an old list in. So only
 * a complete book answers by URL.
 */
function findList({ lists, isComplete }: FactBook, { url }: StatusListName, head: StatusHead | undefined): StatusListDocument | undefined {
  if (head !== undefined) return lists.get(head.cid)
  return isComplete ? lists.get(url) : undefined
}

function headsOf(book: FactBook, { networkId, baseId, listId }: StatusListName): readonly StatusHead[] | undefined {
  return pick(book, 'status-heads', (fact) => fact.networkId === networkId && fact.baseId === baseId && fact.listId === listId)?.heads
}
