import { CredentialError } from '../errors.ts'
import type { Secured } from '../formats/format.ts'
import { recogniseDocument } from '../formats/formats.ts'
import type { AnchorReceipt } from '../ports.ts'
import { type Case, type CredentialInput, programmeOf, type VerifyOptions } from './case.ts'
import { checkOf } from './checks/check.ts'
import { checkDataModel } from './checks/data-model.ts'
import { checkDates } from './checks/dates.ts'
import { checkEntitled } from './checks/entitled.ts'
import { checkEvidence } from './checks/evidence.ts'
import { checkIssuer } from './checks/issuer.ts'
import { checkProof } from './checks/proof.ts'
import { checkStatus } from './checks/status.ts'
import { findReceiptMismatch } from './evidence/anchor-receipt.ts'
import { gatherFacts } from './facts.ts'
import { type Inside, type Nesting, nothingInside, outermost, overallWith, sentenceInside, walkInside } from './inside.ts'
import { openCase } from './open-case.ts'
import { type Reason, type ReasonCode, reason } from './reasons.ts'
import { type Check, type CheckId, checkIds, overallOf, type Verdict, type VerdictFacts } from './verdict.ts'

/** The seven checks. To change what one does, change its file. */
const checks: Readonly<Record<CheckId, (verification: Case) => Promise<Check>>> = {
  'data-model': checkDataModel,
  proof: checkProof,
  issuer: checkIssuer,
  entitled: checkEntitled,
  status: checkStatus,
  dates: checkDates,
  evidence: checkEvidence,
}

/**
 * Verifies a credential: always seven checks, in order, each passed, failed or unknown, and the seven of each credential inside it. What is wrong
 * with the input is an answer, not an error.
 * @throws the signal's reason when it is aborted.
 */
export function verifyCredential(input: CredentialInput, options: VerifyOptions): Promise<Verdict> {
  return verifyAt(outermost(), input, options)
}

async function verifyAt(nesting: Nesting, input: CredentialInput, options: VerifyOptions): Promise<Verdict> {
  let verification: Case
  try {
    verification = openCase(input, options)
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    return unreadable(error, options)
  }
  const results: Check[] = []
  for (const id of checkIds) {
    options.signal?.throwIfAborted()
    const check = await runCheck(id, verification)
    results.push(check)
    options.onCheck?.(check)
  }
  const facts = await gatherFacts(verification, results).catch(() => noFacts)
  const { receiptsInside: receipts = [] } = input
  // The checks that are told one by one are this certificate's own.
  const within = { ...options, onCheck: undefined }
  const { visited: verdicts, omitted } = await walkInside(verification.document, nesting, (secured, deeper) =>
    verifyAt(deeper, { secured, receipt: findReceipt(secured, receipts), receiptsInside: receipts }, within),
  )
  return { ...verdictOf(results, facts, { verdicts, omitted }), facts }
}

/** The receipt that leads from this credential to a root; which it is, the receipts themselves tell. */
function findReceipt(secured: Secured, receipts: readonly AnchorReceipt[]): AnchorReceipt | undefined {
  if (receipts.length === 0) return undefined
  try {
    const { document } = recogniseDocument(secured)
    const programme = programmeOf(document)
    return programme && receipts.find((receipt) => findReceiptMismatch(receipt, document, programme) === undefined)
  } catch (error) {
    if (error instanceof CredentialError) return undefined
    throw error
  }
}

function verdictOf(checks: readonly Check[], facts: VerdictFacts, inside: Inside): Omit<Verdict, 'facts'> {
  const own = overallOf(checks)
  const overall = overallWith(own, inside)
  const sentence = own === overall && own !== 'valid' ? sentenceFor(checks, facts) : (sentenceInside(inside) ?? sentenceFor(checks, facts))
  return { overall, sentence, checks, inside: inside.verdicts, insideOmitted: inside.omitted }
}

/** An adapter that throws, though it should answer `unreachable`, must neither end the verification nor pass. */
async function runCheck(id: CheckId, verification: Case): Promise<Check> {
  try {
    return await checks[id](verification)
  } catch (error) {
    verification.options.signal?.throwIfAborted()
    return checkOf(id, reason('CHECK_INTERRUPTED', { problem: error instanceof Error ? error.message.slice(0, 200) : 'unknown' }))
  }
}

/** What the other checks say when there is no readable certificate to look at. */
const nothingToRead: Readonly<Record<Exclude<CheckId, 'data-model' | 'proof'>, ReasonCode>> = {
  issuer: 'ISSUER_NETWORK_NOT_NAMED',
  entitled: 'ENTITLED_NOT_NAMED',
  status: 'STATUS_UNREACHABLE',
  dates: 'DATES_UNREADABLE',
  evidence: 'EVIDENCE_NONE',
}

function unreadable(error: CredentialError, { onCheck }: VerifyOptions): Verdict {
  const results = checkIds.map((id) => {
    if (id === 'data-model') return checkOf(id, reason('DATA_MODEL_UNREADABLE', { problem: error.message }))
    if (id === 'proof') return checkOf(id, reason('PROOF_FORMAT_UNSUPPORTED', { problem: 'nothing could be read' }))
    return checkOf(id, reason(nothingToRead[id], { did: '—', source: '—' }))
  })
  for (const check of results) onCheck?.(check)
  return { ...verdictOf(results, noFacts, nothingInside), facts: noFacts }
}

function sentenceFor(results: readonly Check[], facts: VerdictFacts): Reason {
  const overall = overallOf(results)
  const failed = results.find(({ outcome }) => outcome === 'failed')
  if (overall === 'not-valid' && failed !== undefined) return reason('VERDICT_NOT_VALID', { check: failed.id })
  if (overall === 'valid') return reason(facts.isTrial === true ? 'VERDICT_VALID_TRIAL' : 'VERDICT_VALID')
  const open = results.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id)
  return reason('VERDICT_UNCONFIRMED', { checks: open.join(', ') })
}

const noFacts: VerdictFacts = {
  credentialId: undefined,
  types: [],
  title: {},
  description: {},
  issuerId: undefined,
  issuerName: undefined,
  claimedIssuerName: undefined,
  validFrom: undefined,
  validUntil: undefined,
  anchoredAt: undefined,
  timeZone: undefined,
  networkId: undefined,
  networkName: undefined,
  fingerprint: undefined,
  isTrial: undefined,
  threshold: undefined,
  programmeId: undefined,
  attestation: undefined,
  supersededBy: undefined,
}
