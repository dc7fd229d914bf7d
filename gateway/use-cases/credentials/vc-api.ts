import {
  type Check,
  type JsonObject,
  proofFormats,
  type Secured,
  sentenceOf,
  type Verdict,
  verifyCredential,
  verifyPresentation,
} from '@guildhall/credentials'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import { passGate } from '../learning/gate.ts'
import { credentialsIn, findReceiptOf } from './find-receipt.ts'
import { issuerSigner } from './holder.ts'

type Verifying = Pick<IssuingBase, 'verifier' | 'clock' | 'records'>

/** The answer of VC-API 0.7 §3.2: `verified` only when nothing failed and nothing is unknown that the standard asks for. */
function showVerification(verdict: Verdict) {
  const all = withInside(verdict)
  const checks = verdict.checks.map(({ id, outcome, reason }) => ({ id, outcome, reason: showReason(reason) }))
  const verified = all.every((one) => isVerified(one.checks) && one.insideOmitted === 0)
  return { verified, checks, problemDetails: all.flatMap((one) => one.checks.flatMap(problemOf)).slice(0, 100) }
}

/** A verdict with those of the credentials inside, at any depth. */
function withInside(verdict: Verdict): Verdict[] {
  return [verdict, ...verdict.inside.flatMap(withInside)]
}

/**
 * Verifies a credential for an outside program. Data model, proof, dates and status decide `verified`, as the standard has it; whether the
 * issuer is known and was entitled is told in `checks`, since an outside credential need not come from a network at all. The programs of the
 * VC-API have no place for an anchor receipt: of what this base issued it takes its own.
 */
export async function verifyForOutsiders(base: Verifying, verifiableCredential: Secured) {
  const receipt = findReceiptOf(base, verifiableCredential)
  const options = { ports: base.verifier, now: base.clock.now() }
  return showVerification(await verifyCredential({ secured: verifiableCredential, receipt }, options))
}

type PresentationOptions = { challenge?: string | undefined; domain?: string | undefined }

/** Verifies a presentation and every credential in it for an outside program. */
export async function verifyPresentationForOutsiders(base: Verifying, secured: Secured, { challenge, domain }: PresentationOptions) {
  const options = { ports: base.verifier, now: base.clock.now() }
  const receipts = credentialsIn(secured).map((one) => findReceiptOf(base, one) ?? null)
  const { checks, verdicts } = await verifyPresentation({ secured, challenge, domain, receipts }, options)
  // A program that asks for no challenge has not asked who shows it.
  const own = checks.filter(({ outcome, reason }) => outcome !== 'passed' && reason.code !== 'HOLDER_NOT_ASKED')
  const problems = own.map(({ id, outcome, reason }) => ({
    type: `urn:guildhall:problem:${reason.code}`,
    title: `${id}: ${outcome}`,
    detail: sentenceOf(reason).slice(0, 500),
  }))
  const inner = verdicts.map(showVerification)
  return {
    verified: own.length === 0 && inner.every(({ verified }) => verified),
    checks: inner.flatMap((one) => one.checks),
    problemDetails: [...problems, ...inner.flatMap((one) => one.problemDetails)].slice(0, 100),
  }
}

const standardChecks: readonly Check['id'][] = ['data-model', 'proof', 'status', 'dates']

function isVerified(checks: readonly Check[]): boolean {
  return checks.every(({ id, outcome }) => (standardChecks.includes(id) ? outcome === 'passed' : outcome !== 'failed'))
}

function problemOf({ id, outcome, reason }: Check) {
  if (outcome === 'passed') return []
  return [
    { type: `urn:guildhall:problem:${reason.code}`, title: `${id}: ${outcome}`.slice(0, 200), detail: sentenceOf(reason).slice(0, 500) },
  ]
}

function showReason({ code, params }: Check['reason']) {
  return {
    code,
    params: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, typeof value === 'number' ? value : String(value).slice(0, 500)]),
    ),
  }
}

type Issuing = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'keys' | 'transaction' | 'audit'>

/**
 * Signs a credential that an operator's program has built. Its issuer is this base, and every programme that it names must pass the gate. Such a
 * credential is not anchored: its verdict says so.
 * @throws REQUEST_INVALID for another issuer, GATE_REFUSED
 */
export async function issueForPrograms(
  base: Issuing,
  actor: Actor,
  { credential, type = 'DataIntegrityProof' }: { credential: JsonObject; type?: 'DataIntegrityProof' | 'vc+jwt' | undefined },
): Promise<Secured> {
  const { did, issuer } = getIdentity(base)
  const claimed =
    typeof credential['issuer'] === 'string' ? credential['issuer'] : (credential['issuer'] as { id?: string } | undefined)?.id
  if (claimed !== undefined && claimed !== did)
    throw new GuildhallError('REQUEST_INVALID', { where: 'body.credential.issuer', problem: `is not this base, ${did}` })
  for (const programmeId of programmesOf(credential)) passGate(base, programmeId)
  const document = claimed === undefined ? { ...credential, issuer: did } : credential
  const signer = await issuerSigner(base, issuer, did)
  const format = type === 'vc+jwt' ? proofFormats['vc+jwt'] : proofFormats['eddsa-rdfc-2022']
  const secured = await format.issue(document, signer, { created: base.clock.now() })
  base.transaction(() => base.audit.append(actor, 'credential.issued-by-program', { details: { type } }))
  return secured
}

/** Every programme that a credential names, whether it has one subject and achievement or several. */
function programmesOf({ credentialSubject }: JsonObject): number[] {
  const achievements = objectsIn(credentialSubject).flatMap(({ achievement }) => objectsIn(achievement))
  return achievements.flatMap(({ id }) => {
    const number = typeof id === 'string' ? /:programme:(\d{1,10})$/.exec(id)?.[1] : undefined
    return number === undefined ? [] : [Number(number)]
  })
}

function objectsIn(value: JsonObject[string] | undefined): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return typeof value === 'object' && value !== null ? [value] : []
}
