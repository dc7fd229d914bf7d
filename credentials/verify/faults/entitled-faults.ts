import type { Fact } from '../../bundle/fact.ts'
import type { AnchorReceipt } from '../../ports.ts'
import { anchorOf, inputOf, optionsOf, times, type World, withFacts } from '../test-world.ts'
import { disagreement, type Fault, legacy, reissued, unreachable, withPorts } from './fault.ts'

const facts = (world: World, change: (fact: Fact) => Fact | undefined) => ({ options: optionsOf(world, withFacts(world.book, change)) })
const receipt = (world: World, changes: Partial<AnchorReceipt>) => ({
  input: { secured: world.jwt, receipt: { ...world.receipt, ...changes } },
})
/** The entitlement with another end. */
const entitledUntil = (until: number) => (fact: Fact) => (fact.kind === 'entitlement' ? { ...fact, until } : fact)

/** The sound certificate, anchored that many seconds after it is dated. */
function anchoredAfter(world: World, seconds: number) {
  const blockTime = times.issued + seconds
  const book = withFacts(world.book, (fact) => (fact.kind === 'anchor' ? { ...fact, blockTime } : fact))
  const asOf = Math.max(times.now, blockTime + 60)
  const options = { ...optionsOf(world, { ...book, provenance: { ...book.provenance, asOf } }), now: asOf }
  return { ...receipt(world, { blockTime }), options }
}

/** What the check `entitled` must answer to. */
export const entitledFaults: readonly Fault[] = [
  { title: 'the older data model', check: 'entitled', outcome: 'unknown', code: 'ENTITLED_LEGACY', arrange: legacy },
  { title: 'entitled on both days', check: 'entitled', outcome: 'passed', code: 'ENTITLED_OK', arrange: () => ({}) },
  {
    title: 'an entitlement that ended after the anchor',
    check: 'entitled',
    outcome: 'passed',
    code: 'ENTITLED_OK',
    arrange: (world) => facts(world, entitledUntil(times.anchored + 1)),
  },
  {
    title: 'an anchor 14 days after the date, to the second',
    check: 'entitled',
    outcome: 'passed',
    code: 'ENTITLED_OK',
    arrange: (world) => anchoredAfter(world, 14 * 86_400),
  },
  {
    title: 'an entitlement that began after the day of issue',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_NOT_AT_ISSUE',
    arrange: (world) => facts(world, (fact) => (fact.kind === 'entitlement' ? { ...fact, from: times.issued + 1 } : fact)),
  },
  {
    title: 'an assessment that had lapsed on the day of issue',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_NOT_AT_ISSUE',
    arrange: (world) => facts(world, (fact) => (fact.kind === 'entitlement' ? { ...fact, isEntitled: false, gap: 'safety-lapsed' } : fact)),
  },
  {
    title: 'an entitlement that ended before the anchor',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_NOT_AT_ANCHOR',
    arrange: (world) => facts(world, entitledUntil(times.anchored)),
  },
  {
    title: 'a key reported stolen before the anchor',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_KEY_COMPROMISED',
    arrange: (world) => stolen(world),
  },
  {
    title: 'a receipt of another certificate',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_RECEIPT_MISMATCH',
    arrange: (world) => ({
      input: {
        secured: world.jwt,
        receipt: anchorOf({ ...world.credential, name: 'other' }, { networkId: world.networkId, keyId: world.keyId, programmeId: 3 })
          .receipt,
      },
    }),
  },
  {
    title: 'a receipt for another programme',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_RECEIPT_MISMATCH',
    arrange: (world) => receipt(world, { programmeId: 4 }),
  },
  {
    title: 'a receipt of another network',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_RECEIPT_MISMATCH',
    arrange: (world) => receipt(world, { networkId: 'f'.repeat(16) }),
  },
  {
    title: 'a receipt for another key',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_RECEIPT_MISMATCH',
    arrange: (world) => receipt(world, { keyId: `0x${'00'.repeat(32)}` }),
  },
  {
    title: 'a receipt with another time than the ledger’s',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_RECEIPT_MISMATCH',
    arrange: (world) => receipt(world, { blockTime: times.anchored - 3600 }),
  },
  {
    title: 'a root that the ledger does not have',
    check: 'entitled',
    outcome: 'failed',
    code: 'ENTITLED_ROOT_ABSENT',
    arrange: (world) => facts(world, (fact) => (fact.kind === 'anchor' ? undefined : fact)),
  },
  {
    title: 'no receipt',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_NO_RECEIPT',
    arrange: (world) => ({ input: { secured: world.jwt } }),
  },
  {
    title: 'an anchor 15 days after the date',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_ANCHORED_LATE',
    arrange: (world) => anchoredAfter(world, 15 * 86_400),
  },
  {
    title: 'a source that has not seen the block of the anchor yet',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_NOT_SYNCED',
    arrange: (world) => ({
      options: optionsOf(world, {
        ...withFacts(world.book, (fact) => (fact.kind === 'anchor' ? undefined : fact)),
        provenance: { source: 'behind', asOf: times.issued, blockNumber: 100 },
      }),
    }),
  },
  {
    title: 'no date of issue',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_NO_DATE',
    arrange: (world) => reissued(world, { validFrom: 'yesterday' }),
  },
  {
    title: 'no programme named',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_NOT_NAMED',
    arrange: (world) => reissued(world, { credentialSubject: { id: 'did:example:1' } }),
  },
  {
    title: 'an issuer that could not be looked up',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_ISSUER_UNKNOWN',
    arrange: (world) => ({ options: withPorts(world, { directory: { findBase: unreachable } }) }),
  },
  {
    title: 'a signature that does not fit',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_KEY_UNKNOWN',
    arrange: (world) => ({ input: inputOf(world, world.credential) }),
  },
  {
    title: 'a ledger that does not answer',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { directory: { isEntitled: unreachable } }) }),
  },
  {
    title: 'anchors that can not be looked up',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { evidence: { findAnchor: unreachable } }) }),
  },
  {
    title: 'two bases that disagree about the entitlement',
    check: 'entitled',
    outcome: 'unknown',
    code: 'ENTITLED_SOURCES_DISAGREE',
    arrange: (world) => ({ options: withPorts(world, { directory: { isEntitled: disagreement } }) }),
  },
  {
    title: 'a source that breaks',
    check: 'entitled',
    outcome: 'unknown',
    code: 'CHECK_INTERRUPTED',
    arrange: (world) => ({ options: withPorts(world, { directory: { isEntitled: () => Promise.reject(new Error('socket closed')) } }) }),
  },
]

function stolen(world: World) {
  const revoked = times.anchored - 30
  const book = withFacts(world.book, (fact) =>
    fact.kind === 'key' ? { ...fact, compromisedAt: revoked } : fact.kind === 'entitlement' ? { ...fact, until: revoked } : fact,
  )
  const known = book.facts.find((fact) => fact.kind === 'entitlement')
  const after: Fact[] =
    known?.kind === 'entitlement' ? [{ ...known, from: revoked, until: null, isEntitled: false, gap: 'key-compromised' }] : []
  return { options: optionsOf(world, { ...book, facts: [...book.facts, ...after] }) }
}
