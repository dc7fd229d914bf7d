import type { AnchorReceipt, EntitlementQuestion, Provenance, UnixSeconds } from '../../ports.ts'
import type { Case } from '../case.ts'
import { parseInstant } from '../data-model/instant.ts'
import { findReceiptMismatch } from '../evidence/anchor-receipt.ts'
import { type Reason, reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf, instantText, knownUntil, outageReason, provenanceOf } from './check.ts'

/** TRUST "Time of issue": how long after `validFrom` an anchor may come. */
const anchorWithinSeconds = 14 * 86_400

/** Check 4: the base was entitled to the programme with that key, at `validFrom` and at the time of the block that anchors. */
export async function checkEntitled(verification: Case): Promise<Check> {
  const answeredBy: Provenance[] = []
  const why = await judge(verification, answeredBy)
  return checkOf('entitled', why, { answeredBy })
}

const outages = { unreachable: 'ENTITLED_UNREACHABLE', disagreement: 'ENTITLED_SOURCES_DISAGREE' } as const

async function judge(verification: Case, answeredBy: Provenance[]): Promise<Reason> {
  const { legacy, programme, document, receipt } = verification
  if (legacy !== undefined) return reason('ENTITLED_LEGACY')
  if (programme === undefined) return reason('ENTITLED_NOT_NAMED')
  const issued = parseInstant(document['validFrom'])
  if (issued === undefined) return reason('ENTITLED_NO_DATE')
  if (receipt !== undefined) {
    const mismatch = findReceiptMismatch(receipt, document, programme)
    if (mismatch !== undefined) return reason('ENTITLED_RECEIPT_MISMATCH', { what: mismatch })
  }
  const base = await verification.base()
  if (base.outcome === 'unreachable' && base.cause === 'disagreement') return outageReason(base, outages)
  if (base.outcome !== 'found') return reason('ENTITLED_ISSUER_UNKNOWN')
  const { keyId } = await verification.proof()
  if (keyId === undefined) return reason('ENTITLED_KEY_UNKNOWN')
  const question = { networkId: programme.networkId, programmeId: programme.programmeId, baseId: base.value.baseId, keyId }
  const then = await ask({ ...question, time: Math.floor(issued) }, verification, answeredBy)
  if ('why' in then) return then.why
  if (then.gap !== undefined) return reason('ENTITLED_NOT_AT_ISSUE', { issued: instantText(Math.floor(issued)), gap: then.gap })
  if (receipt === undefined) return reason('ENTITLED_NO_RECEIPT')
  if (receipt.baseId !== question.baseId) return reason('ENTITLED_RECEIPT_MISMATCH', { what: 'baseId' })
  if (receipt.keyId !== keyId) return reason('ENTITLED_RECEIPT_MISMATCH', { what: 'keyId' })
  return judgeAnchor({ receipt, question, issued }, verification, answeredBy)
}

interface AnchorCase {
  receipt: AnchorReceipt
  question: Omit<EntitlementQuestion, 'time'>
  issued: UnixSeconds
}

async function judgeAnchor({ receipt, question, issued }: AnchorCase, verification: Case, answeredBy: Provenance[]): Promise<Reason> {
  const anchor = await verification.anchor()
  if (anchor.outcome === 'unreachable') return outageReason(anchor, outages)
  answeredBy.push(...provenanceOf(anchor))
  if (anchor.outcome === 'absent') {
    if ((anchor.blockNumber ?? Number.POSITIVE_INFINITY) < receipt.blockNumber || anchor.asOf < receipt.blockTime) {
      return reason('ENTITLED_NOT_SYNCED', { asOf: instantText(anchor.asOf) })
    }
    return reason('ENTITLED_ROOT_ABSENT', { root: receipt.batch.root, block: receipt.blockNumber })
  }
  const entry = anchor.value
  const differs = differenceOf(receipt, entry)
  if (differs !== undefined) return reason('ENTITLED_RECEIPT_MISMATCH', { what: differs })
  const anchored = instantText(entry.blockTime)
  const at = await ask({ ...question, time: entry.blockTime, records: receipt.records }, verification, answeredBy)
  if ('why' in at) return at.why
  if (at.gap === 'key-compromised')
    return reason('ENTITLED_KEY_COMPROMISED', { anchored, revoked: await revokedAt(question, verification) })
  if (at.gap !== undefined) return reason('ENTITLED_NOT_AT_ANCHOR', { anchored, gap: at.gap })
  const late = entry.blockTime - issued
  const day = instantText(Math.floor(issued))
  if (late > anchorWithinSeconds) return reason('ENTITLED_ANCHORED_LATE', { issued: day, anchored, days: Math.floor(late / 86_400) })
  return reason('ENTITLED_OK', { issued: day, anchored })
}

/** The ledger's record decides; a receipt that says otherwise is not believed. */
function differenceOf(
  receipt: AnchorReceipt,
  entry: { blockNumber: number; blockTime: number; treeSize: number; programmeId: number; keyId: string; blockHash: string },
) {
  if (receipt.batch.treeSize !== entry.treeSize) return 'treeSize'
  if (receipt.programmeId !== entry.programmeId) return 'programmeId'
  if (receipt.keyId !== entry.keyId) return 'keyId'
  if (receipt.blockNumber !== entry.blockNumber) return 'blockNumber'
  if (receipt.blockTime !== entry.blockTime) return 'blockTime'
  return undefined
}

async function ask(
  question: EntitlementQuestion,
  verification: Case,
  answeredBy: Provenance[],
): Promise<{ gap: string | undefined } | { why: Reason }> {
  const answer = await verification.options.ports.directory.isEntitled(question, { signal: verification.options.signal })
  if (answer.outcome === 'unreachable') return { why: outageReason(answer, outages) }
  answeredBy.push(...provenanceOf(answer))
  // A time that the source has not reached yet can still change.
  if (question.time > knownUntil(answer)) return { why: reason('ENTITLED_NOT_SYNCED', { asOf: instantText(answer.asOf) }) }
  if (answer.outcome === 'absent') return { gap: 'accreditation-missing' }
  return { gap: answer.value.isEntitled ? undefined : (answer.value.gap ?? 'accreditation-missing') }
}

async function revokedAt({ networkId, baseId, keyId }: Omit<EntitlementQuestion, 'time'>, verification: Case): Promise<string> {
  const key = await verification.options.ports.directory.findKey(networkId, baseId, keyId, { signal: verification.options.signal })
  return key.outcome === 'found' && key.value.compromisedAt !== null ? instantText(key.value.compromisedAt) : '—'
}
