import type { Fact } from '../../bundle/fact.ts'
import type { JsonObject } from '../../formats/format.ts'
import { hashLeaf, proveInclusion } from '../../formats/merkle-tree.ts'
import { toHex } from '../evidence/anchor-receipt.ts'
import { createWorld, inputOf, optionsOf, secure, segment, times, type World, withFacts } from '../test-world.ts'
import { disagreement, type Fault, legacy, reissued, unreachable, withPorts } from './fault.ts'

/** The sample credential's telemetry receipt with changes, issued and received anew. */
const evidence = (world: World, changes: JsonObject) => {
  const [piece] = world.credential['evidence'] as JsonObject[]
  const receipt = { ...(piece?.['telemetryReceipt'] as JsonObject), ...changes }
  return reissued(world, { evidence: [{ ...piece, telemetryReceipt: receipt }] })
}
const opened = (world: World, changes: object) => ({
  input: { ...inputOf(world), openings: world.openings.map((opening) => ({ ...opening, ...changes })) },
})
const frame = (at: number, leaf: number) => ({
  leafIndex: at,
  leafHash: toHex(hashLeaf(Uint8Array.of(leaf))),
  path: proveInclusion(segment, at).path.map(toHex),
})

/** What the check `evidence` must answer to. */
export const evidenceFaults: readonly Fault[] = [
  {
    title: 'a machine that can not sign',
    check: 'evidence',
    outcome: 'passed',
    code: 'EVIDENCE_OK',
    note: 'EVIDENCE_GATEWAY_ATTESTED',
    arrange: async () => attestedByGateway(),
  },
  { title: 'the older data model', check: 'evidence', outcome: 'unknown', code: 'EVIDENCE_LEGACY', arrange: legacy },
  {
    title: 'a receipt that fits',
    check: 'evidence',
    outcome: 'passed',
    code: 'EVIDENCE_OK',
    note: 'EVIDENCE_DEVICE_SIGNED',
    arrange: () => ({}),
  },
  {
    title: 'a value that the holder opens',
    check: 'evidence',
    outcome: 'passed',
    code: 'EVIDENCE_OK',
    note: 'EVIDENCE_OPENED',
    arrange: (world) => opened(world, {}),
  },
  {
    title: 'a frame that is shown',
    check: 'evidence',
    outcome: 'passed',
    code: 'EVIDENCE_OK',
    arrange: (world) => ({ input: { ...inputOf(world), frames: [frame(3, 3)] } }),
  },
  {
    title: 'a range beyond the segment',
    check: 'evidence',
    outcome: 'failed',
    code: 'EVIDENCE_MALFORMED',
    arrange: (world) => evidence(world, { frames: { first: 2, last: 8 } }),
  },
  {
    title: 'a mode that does not exist',
    check: 'evidence',
    outcome: 'failed',
    code: 'EVIDENCE_MALFORMED',
    arrange: (world) => evidence(world, { attestation: 'trusted' }),
  },
  {
    title: 'an opened value that is another',
    check: 'evidence',
    outcome: 'failed',
    code: 'EVIDENCE_COMMITMENT_MISMATCH',
    arrange: (world) => opened(world, { value: 9999 }),
  },
  {
    title: 'an opened value that nobody committed to',
    check: 'evidence',
    outcome: 'failed',
    code: 'EVIDENCE_COMMITMENT_MISMATCH',
    arrange: (world) => opened(world, { name: 'toString' }),
  },
  {
    title: 'a frame that is not in the segment',
    check: 'evidence',
    outcome: 'failed',
    code: 'EVIDENCE_PATH_MISMATCH',
    arrange: (world) => ({ input: { ...inputOf(world), frames: [frame(3, 200)] } }),
  },
  {
    title: 'a frame of somebody else’s session',
    check: 'evidence',
    outcome: 'failed',
    code: 'EVIDENCE_PATH_MISMATCH',
    arrange: (world) => ({ input: { ...inputOf(world), frames: [frame(7, 7)] } }),
  },
  {
    title: 'no evidence',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_NONE',
    arrange: async (world) => {
      const { evidence: _, ...rest } = world.credential
      return { input: inputOf(world, await secure(rest, 'vc+jwt', world.issuing)) }
    },
  },
  {
    title: 'evidence in words',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_NOT_A_RECEIPT',
    arrange: (world) => reissued(world, { evidence: [{ type: ['Evidence'], narrative: 'A report' }] }),
  },
  {
    title: 'no anchor yet',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_NOT_ANCHORED',
    arrange: (world) => ({ input: { secured: world.jwt } }),
  },
  {
    title: 'a segment whose root the base never recorded',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_SEGMENT_ABSENT',
    arrange: (world) => segmentFact(world, () => undefined),
  },
  {
    title: 'a segment that another base recorded',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_SEGMENT_ABSENT',
    arrange: (world) => segmentFact(world, (fact) => ({ ...fact, baseId: 2 })),
  },
  {
    title: 'a segment that was recorded a second after the certificate',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_SEGMENT_LATE',
    arrange: (world) => segmentFact(world, (fact) => ({ ...fact, recordedAt: times.anchored + 1 })),
  },
  {
    title: 'a segment that was recorded in the certificate’s own block',
    check: 'evidence',
    outcome: 'passed',
    code: 'EVIDENCE_OK',
    arrange: (world) => segmentFact(world, (fact) => ({ ...fact, recordedAt: times.anchored })),
  },
  {
    title: 'a second piece of work whose segment was never recorded',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_SEGMENT_ABSENT',
    arrange: () => twoReceipts(),
  },
  {
    title: 'more receipts than are looked up',
    check: 'evidence',
    outcome: 'failed',
    code: 'EVIDENCE_MALFORMED',
    arrange: (world) =>
      reissued(world, { evidence: Array.from({ length: 65 }, () => (world.credential['evidence'] as JsonObject[])[0] as JsonObject) }),
  },
  {
    title: 'a ledger that does not answer about the segment',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { evidence: { findSegment: unreachable } }) }),
  },
  {
    title: 'two bases that disagree about the segment',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_SOURCES_DISAGREE',
    arrange: (world) => ({ options: withPorts(world, { evidence: { findSegment: disagreement } }) }),
  },
  {
    title: 'a ledger that does not answer',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { evidence: { findAnchor: unreachable } }) }),
  },
  {
    title: 'two bases that disagree about the anchor',
    check: 'evidence',
    outcome: 'unknown',
    code: 'EVIDENCE_SOURCES_DISAGREE',
    arrange: (world) => ({ options: withPorts(world, { evidence: { findAnchor: disagreement } }) }),
  },
]

/** A world of its own: another receipt is another certificate, with another anchor. */
async function attestedByGateway() {
  const [piece] = (await createWorld()).record.evidence
  if (piece?.receipt === undefined) throw new Error('the sample has a receipt')
  const world = await createWorld({ evidence: [{ ...piece, receipt: { ...piece.receipt, attestation: 'gateway-attested' } }] })
  return { world }
}

/** What the ledger says of the segment, changed or left out. */
const segmentFact = (
  world: World,
  change: (fact: Extract<Fact, { kind: 'segment' }>) => Extract<Fact, { kind: 'segment' }> | undefined,
) => ({
  options: optionsOf(
    world,
    withFacts(world.book, (fact) => (fact.kind === 'segment' ? change(fact) : fact)),
  ),
})

async function twoReceipts() {
  const [piece] = (await createWorld()).record.evidence
  if (piece?.receipt === undefined) throw new Error('the sample has a receipt')
  const other = { ...piece, receipt: { ...piece.receipt, segment: { ...piece.receipt.segment, root: `0x${'77'.repeat(32)}` as const } } }
  return { world: await createWorld({ evidence: [piece, other] }) }
}
