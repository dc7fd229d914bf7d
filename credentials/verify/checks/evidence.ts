import { hexToBytes } from '@noble/hashes/utils.js'
import { verifyInclusion } from '../../formats/merkle-tree.ts'
import { commitTo, type TelemetryReceipt } from '../../issue/telemetry-receipt.ts'
import type { Case, FrameProof } from '../case.ts'
import { findReceiptMismatch } from '../evidence/anchor-receipt.ts'
import { readTelemetryReceipt, receiptsIn } from '../evidence/telemetry-receipt.ts'
import { type Reason, reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf, instantText, outageReason, provenanceOf } from './check.ts'

/**
 * Check 7: the receipt of the work is well formed, what the holder opens of it fits, and it was on the ledger with the credential. The receipt is
 * inside the credential, so the credential's own anchor dates it. No receipt at all is `unknown`: there was nothing to check.
 */
export async function checkEvidence(verification: Case): Promise<Check> {
  const { document, legacy } = verification
  if (legacy !== undefined) return checkOf('evidence', reason('EVIDENCE_LEGACY'))
  const found = receiptsIn(document)
  const described = [document['evidence']].flat().filter((piece) => piece !== undefined).length
  if (found.length === 0)
    return checkOf('evidence', described === 0 ? reason('EVIDENCE_NONE') : reason('EVIDENCE_NOT_A_RECEIPT', { count: described }))
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
    return checkOf('evidence', outageReason(anchor, { unreachable: 'EVIDENCE_UNREACHABLE', disagreement: 'EVIDENCE_SOURCES_DISAGREE' }))
  }
  const answeredBy = provenanceOf(anchor)
  if (anchor.outcome === 'absent') return checkOf('evidence', notAnchored, { answeredBy })
  const { first: from, last } = first?.frames ?? { first: 0, last: 0 }
  return checkOf('evidence', reason('EVIDENCE_OK', { first: from, last, anchored: instantText(anchor.value.blockTime) }), { answeredBy })
}
