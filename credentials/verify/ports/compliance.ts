import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { didLogDigest } from '../../keys/did-log-entry.ts'
import type { EvidenceStore, Hex, IssuerDirectory, Lookup, StatusListName, StatusRegistry } from '../../ports.ts'
import { toHex } from '../evidence/anchor-receipt.ts'
import { networkIdOf } from '../issuer/network.ts'

/** What a test runner offers; vitest's own `describe` and `it` fit. */
export interface TestRunner {
  describe(name: string, body: () => void): void
  it(name: string, body: () => Promise<void>): void
}

/** Things that the adapter under test must know, because the test has put them on its ledger. Times are UnixSeconds. */
export interface KnownFacts {
  networkId: string
  did: string
  baseId: number
  programmeId: number
  keyId: Hex
  entitledAt: number
  notEntitledAt: number
  anchoredRoot: Hex
  /** Root of a telemetry segment whose head the base recorded. */
  segmentRoot: Hex
  /** A list of which the first head was published. */
  list: StatusListName
}

/** An adapter over a ledger that holds `known`, and one like it whose source can not be reached. */
export interface Subject<Port> {
  known: KnownFacts
  port: Port
  unreachable: Port
}

const unknownDigest: Hex = `0x${'ee'.repeat(32)}`

/** Holds an `IssuerDirectory` to what `ports.ts` says of it. */
export function describeIssuerDirectory(setUp: () => Promise<Subject<IssuerDirectory>>, runner: TestRunner): void {
  const rule = rulesFor(setUp, runner)
  runner.describe('an issuer directory', () => {
    rule('lists the networks that it trusts', async ({ port, known }) => {
      const ids = (await port.listNetworks()).map(networkIdOf)
      hold(ids.includes(known.networkId), `listed ${ids.join(', ')}`)
    })
    rule('finds a base by its DID, and says who answered and as of when', async ({ port, known }) => {
      const base = found(await port.findBase(known.networkId, known.did))
      hold(base.baseId === known.baseId && base.did === known.did && base.name !== '', JSON.stringify(base))
    })
    rule('says absent of a DID that is no base, and of a key that was never added', async ({ port, known }) => {
      absent(await port.findBase(known.networkId, 'did:webvh:QmNobody:nobody.example'))
      absent(await port.findKey(known.networkId, known.baseId, unknownDigest))
    })
    rule('gives a DID log whose digest the ledger recorded', async ({ port, known }) => {
      const { log, records } = found(await port.findDidLog(known.networkId, known.did))
      hold(records?.some(({ digest }) => digest === didLogDigest(log)) === true, 'no record has the digest of the log')
    })
    rule('gives the interval of a key', async ({ port, known }) => {
      const key = found(await port.findKey(known.networkId, known.baseId, known.keyId))
      hold(key.keyId === known.keyId && key.validFrom <= known.entitledAt, JSON.stringify(key))
    })
    rule('tells whether a base was entitled at a past time, and what was missing', async ({ port, known }) => {
      const { networkId, baseId, programmeId, keyId } = known
      const question = { networkId, baseId, programmeId, keyId }
      hold(found(await port.isEntitled({ ...question, time: known.entitledAt })).isEntitled, 'it was entitled then')
      const not = found(await port.isEntitled({ ...question, time: known.notEntitledAt }))
      hold(!not.isEntitled && not.gap !== undefined, JSON.stringify(not))
    })
    rule('answers unreachable, and does not throw, for another network and when nobody answers', async ({ port, unreachable, known }) => {
      outage(await port.findBase('ffffffffffffffff', known.did))
      outage(await unreachable.findBase(known.networkId, known.did))
      outage(await unreachable.findDidLog(known.networkId, known.did))
      outage(await unreachable.findKey(known.networkId, known.baseId, known.keyId))
    })
  })
}

/** Holds a `StatusRegistry` to what `ports.ts` says of it. */
export function describeStatusRegistry(setUp: () => Promise<Subject<StatusRegistry>>, runner: TestRunner): void {
  const rule = rulesFor(setUp, runner)
  runner.describe('a status registry', () => {
    rule('finds the head of a list, the newest of its history', async ({ port, known }) => {
      const head = found(await port.findHead(known.list))
      const heads = found(await port.listHeads(known.list))
      hold(heads.at(-1)?.digest === head.digest, 'the last of the history is not the head')
      hold(
        heads.every((one, at) => at === 0 || (heads[at - 1]?.recordedAt ?? 0) <= one.recordedAt),
        'the history is not oldest first',
      )
    })
    rule('gives the list of a head, byte for byte', async ({ port, known }) => {
      const head = found(await port.findHead(known.list))
      const { text } = found(await port.findList(known.list, head))
      hold(toHex(sha256(utf8ToBytes(text))) === head.digest, 'the list has not the digest of its head')
    })
    rule('has no head for a list that was never published', async ({ port, known }) => {
      hold(
        (await port.findHead({ ...known.list, listId: '999999', url: 'https://example.org/status/999999' })).outcome !== 'found',
        'it was found',
      )
    })
    rule('answers unreachable, and does not throw, when nobody answers', async ({ unreachable, known }) => {
      outage(await unreachable.findHead(known.list))
      outage(await unreachable.listHeads(known.list))
      outage(await unreachable.findList(known.list, undefined))
    })
  })
}

/** Holds an `EvidenceStore` to what `ports.ts` says of it. */
export function describeEvidenceStore(setUp: () => Promise<Subject<EvidenceStore>>, runner: TestRunner): void {
  const rule = rulesFor(setUp, runner)
  runner.describe('an evidence store', () => {
    rule('finds an anchored root with its block', async ({ port, known }) => {
      const anchor = found(await port.findAnchor(known.networkId, known.baseId, known.anchoredRoot))
      hold(anchor.root === known.anchoredRoot && anchor.blockTime > 0 && anchor.treeSize > 0, JSON.stringify(anchor))
    })
    rule('says absent of a root that was never anchored, and of another base’s', async ({ port, known }) => {
      absent(await port.findAnchor(known.networkId, known.baseId, unknownDigest))
      absent(await port.findAnchor(known.networkId, known.baseId + 1, known.anchoredRoot))
    })
    rule('finds the recorded root of a telemetry segment, and no other’s', async ({ port, known }) => {
      const segment = found(await port.findSegment(known.networkId, known.baseId, known.segmentRoot))
      hold(segment.root === known.segmentRoot && segment.recordedAt > 0 && segment.baseId === known.baseId, JSON.stringify(segment))
      absent(await port.findSegment(known.networkId, known.baseId, unknownDigest))
      absent(await port.findSegment(known.networkId, known.baseId + 1, known.segmentRoot))
    })
    rule('answers unreachable, and does not throw, when nobody answers', async ({ unreachable, known }) => {
      outage(await unreachable.findAnchor(known.networkId, known.baseId, known.anchoredRoot))
      outage(await unreachable.findSegment(known.networkId, known.baseId, known.segmentRoot))
    })
  })
}

function rulesFor<Port>(setUp: () => Promise<Subject<Port>>, { it }: TestRunner) {
  return (name: string, keep: (subject: Subject<Port>) => Promise<void>) => it(name, async () => keep(await setUp()))
}

function found<T>(lookup: Lookup<T>): T {
  if (lookup.outcome !== 'found') return refuse(`it answered ${JSON.stringify(lookup)}`)
  hold(lookup.source !== '' && Number.isSafeInteger(lookup.asOf) && lookup.asOf > 0, 'it does not say who answered, and as of when')
  return lookup.value
}

function absent(lookup: Lookup<unknown>): void {
  hold(lookup.outcome === 'absent', `it answered ${lookup.outcome}`)
}

function outage(lookup: Lookup<unknown>): void {
  hold(lookup.outcome === 'unreachable' && lookup.source !== '', `it answered ${lookup.outcome}`)
}

function hold(isKept: boolean, otherwise: string): void {
  if (!isKept) refuse(otherwise)
}

function refuse(problem: string): never {
  // A test tool: what it throws is for the runner to show, no code of this package.
  throw new Error(`The adapter does not keep its port: ${problem}.`)
}
