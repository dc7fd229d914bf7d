import { hexToBytes } from '@noble/hashes/utils.js'
import { itemsOf } from '../../formats/json.ts'
import { verifyInclusion } from '../../formats/merkle-tree.ts'
import { commitTo, type TelemetryReceipt } from '../../issue/telemetry-receipt.ts'
import type { AnchorEntry, Provenance, UnixSeconds } from '../../ports.ts'
import type { Case, FrameProof } from '../case.ts'
import { findReceiptMismatch } from '../evidence/anchor-receipt.ts'
import { maxReceipts, readTelemetryReceipt, receiptsIn, segmentRootsOf } from '../evidence/telemetry-receipt.ts'
import { type Reason, reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf, instantText, outageReason, provenanceOf } from './check.ts'

/**
 * Check 7: the receipt of the work is well formed, what the holder opens of it fits, and it was on the ledger with the credential, which it is
 * inside of. A base records each segment of telemetry by itself when the session closes: that head dates the work, and must not come after the
 * credential's own anchor. No receipt at all is `unknown`: there was nothing to check.
 */
export async function checkEvidence(verification: Case): Promise<Check> {
  const { document, legacy } = verification
  if (legacy !== undefined) return checkOf('evidence', reason('EVIDENCE_LEGACY'))
  const found = receiptsIn(document)
  const described = itemsOf(document['evidence']).length
  if (found.length === 0)
    return checkOf('evidence', described === 0 ? reason('EVIDENCE_NONE') : reason('EVIDENCE_NOT_A_RECEIPT', { count: described }))
  if (found.length > maxReceipts)
    return checkOf('evidence', reason('EVIDENCE_MALFORMED', { problem: `there are more than ${maxReceipts}` }))
  const receipts: TelemetryReceipt[] = []
  for (const value of found) {
    const receipt = readTelemetryReceipt(value)
    if ('problem' in receipt) return checkOf('evidence', reason('EVIDENCE_MALFORMED', receipt))
    receipts.push(receipt)
  }
  const opened = judgeOpenings(receipts, verification) ?? judgeFrames(receipts, verification.frames)
  const notes = [...receipts.map(({ attestation }) => attestationNote(attestation)), ...openedNotes(verification)]
  if (opened !== undefined) return checkOf('evidence', opened)
  return { ...(await judgeAnchor(receipts, verification)), notes }
}

const outages = { unreachable: 'EVIDENCE_UNREACHABLE', disagreement: 'EVIDENCE_SOURCES_DISAGREE' } as const

function attestationNote(attestation: TelemetryReceipt['attestation']): Reason {
  return reason(attestation === 'device-signed' ? 'EVIDENCE_DEVICE_SIGNED' : 'EVIDENCE_GATEWAY_ATTESTED')
}

function openedNotes({ openings }: Case): Reason[] {
  return openings.map(({ name, value }) => reason('EVIDENCE_OPENED', { name, value: String(value) }))
}

/** Every value that the holder opens must be one that some receipt committed to. */
function judgeOpenings(receipts: readonly TelemetryReceipt[], { openings }: Case): Reason | undefined {
  for (const { name, value, salt } of openings) {
    const isSalt = /^0x[0-9a-f]{32}$/.test(salt)
    const commitment = isSalt ? commitTo(name, value, hexToBytes(salt.slice(2))) : undefined
    const fits = receipts.some(({ commitments }) => Object.hasOwn(commitments, name) && commitments[name] === commitment)
    if (!fits) return reason('EVIDENCE_COMMITMENT_MISMATCH', { name })
  }
  return undefined
}

/** A frame that is shown must be within a receipt's range and lead to its root. */
function judgeFrames(receipts: readonly TelemetryReceipt[], frames: readonly FrameProof[]): Reason | undefined {
  for (const { leafIndex, leafHash, path } of frames) {
    const fits = receipts.some(({ segment, frames: { first, last } }) => {
      const proof = { leafIndex, treeSize: segment.treeSize, path: path.map((node) => hexToBytes(node.slice(2))) }
      return (
        leafIndex >= first && leafIndex <= last && verifyInclusion(hexToBytes(leafHash.slice(2)), proof, hexToBytes(segment.root.slice(2)))
      )
    })
    if (!fits) return reason('EVIDENCE_PATH_MISMATCH', { root: receipts[0]?.segment.root ?? '—' })
  }
  return undefined
}

async function judgeAnchor(receipts: readonly TelemetryReceipt[], verification: Case): Promise<Check> {
  const { receipt, programme, document } = verification
  const [first] = receipts
  const notAnchored = reason('EVIDENCE_NOT_ANCHORED', { root: first?.segment.root ?? '—' })
  if (receipt === undefined || programme === undefined) return checkOf('evidence', notAnchored)
  // Whose receipt does not fit is said by the entitlement check; here it only proves no date.
  if (findReceiptMismatch(receipt, document, programme) !== undefined) return checkOf('evidence', notAnchored)
  const anchor = await verification.anchor()
  if (anchor.outcome === 'unreachable') {
    return checkOf('evidence', outageReason(anchor, outages))
  }
  const answeredBy = provenanceOf(anchor)
  if (anchor.outcome === 'absent') return checkOf('evidence', notAnchored, { answeredBy })
  const recorded = await judgeSegments(anchor.value, verification, answeredBy)
  if ('why' in recorded) return checkOf('evidence', recorded.why, { answeredBy })
  const { first: from, last } = first?.frames ?? { first: 0, last: 0 }
  return checkOf('evidence', reason('EVIDENCE_OK', { first: from, last, anchored: instantText(recorded.at) }), { answeredBy })
}

/** When the last of the segments was recorded: each has a head of its own on the ledger, before the credential was anchored. */
async function judgeSegments(
  { baseId, blockTime }: AnchorEntry,
  { document, programme, options }: Case,
  answeredBy: Provenance[],
): Promise<{ at: UnixSeconds } | { why: Reason }> {
  let at = 0
  for (const root of segmentRootsOf(document)) {
    const segment = await options.ports.evidence.findSegment(programme?.networkId ?? '', baseId, root, { signal: options.signal })
    if (segment.outcome === 'unreachable') return { why: outageReason(segment, outages) }
    answeredBy.push(...provenanceOf(segment))
    if (segment.outcome === 'absent') return { why: reason('EVIDENCE_SEGMENT_ABSENT', { root, anchored: instantText(blockTime) }) }
    const { recordedAt } = segment.value
    const [recorded, anchored] = [instantText(recordedAt), instantText(blockTime)]
    if (recordedAt > blockTime) return { why: reason('EVIDENCE_SEGMENT_LATE', { recorded, anchored }) }
    at = Math.max(at, recordedAt)
  }
  return { at }
}
