import type { ProofVerification, SingleProofVerification } from '../../formats/format.ts'
import type { ProofReason } from '../../formats/reasons.ts'
import { decodeMultikey, keyIdOf } from '../../keys/multikey.ts'
import type { Case, ProofFinding } from '../case.ts'
import { keyNamedBy, standingOf } from '../issuer/issuer-key.ts'
import { type Reason, type ReasonCode, reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf } from './check.ts'

/** Check 2: the proof is intact and made with a key of the issuer. */
export async function checkProof(verification: Case): Promise<Check> {
  return (await verification.proof()).check
}

/** Verifies the proof and learns which key made it; the entitlement check asks about that key. */
export async function findProof(verification: Case): Promise<ProofFinding> {
  const { format, secured, options, legacy } = verification
  if (legacy !== undefined) return finding(await judgeLegacy(verification, legacy))
  if (format === undefined) {
    // VC Data Model 2.0 §4.13.3: a self-asserted credential is secured by the presentation, if its issuer is the holder.
    const isOwnWord = verification.assertedBy !== undefined && verification.assertedBy === verification.issuerId
    return finding(checkOf('proof', isOwnWord ? reason('PROOF_BY_HOLDER') : reason('PROOF_MISSING')))
  }
  const result = await format.verifyProof(secured, { resolveKey: keyNamedBy, now: options.now })
  if (result.outcome !== 'passed') return finding(checkOf('proof', translate(result.reason, decisive(result))))
  const own = result.proofs.find((proof) => proof.outcome === 'passed' && isOfIssuer(proof, verification.issuerId))
  if (own?.verificationMethod === undefined) return finding(foreign(result, verification.issuerId))
  const standing = await standingOf(own.verificationMethod, verification)
  const key = own.verificationMethod
  if (standing === 'denied') return finding(checkOf('proof', reason('PROOF_KEY_ABSENT', { key })))
  if (standing === 'unconfirmed') {
    return finding(checkOf('proof', reason('PROOF_KEY_UNREACHABLE', { key, detail: 'its owner is not confirmed' })))
  }
  const multikey = key.split('#')[1] ?? key.split(':').at(-1)
  return { ...finding(checkOf('proof', reason('PROOF_OK', { suite: own.suite }))), multikey, keyId: keyIdOfMultikey(multikey) }
}

/** Retired suites and VC 1.1 tokens: what they are is said, nothing is judged. */
async function judgeLegacy({ format, secured, options }: Case, legacy: string): Promise<Check> {
  const result = await format?.verifyProof(secured, { resolveKey: keyNamedBy, now: options.now })
  const suite = result?.proofs[0]?.suite ?? ''
  return checkOf('proof', reason('PROOF_SUITE_RETIRED', { suite: suite === '' ? legacy : suite }))
}

function decisive({ proofs, outcome }: ProofVerification): SingleProofVerification | undefined {
  return proofs.find((proof) => proof.outcome === outcome)
}

function foreign({ proofs }: ProofVerification, issuerId: string | undefined): Check {
  const other = proofs.find((proof) => proof.outcome === 'passed')
  const controller = other?.verificationMethod?.split('#')[0] ?? '—'
  return checkOf('proof', reason('PROOF_NOT_BY_ISSUER', { controller, issuer: issuerId ?? '—' }))
}

/** VC Data Model 2.0 §4.7: the issuer's own key; the DID before the fragment must be the issuer. */
function isOfIssuer(proof: SingleProofVerification, issuerId: string | undefined): boolean {
  return issuerId !== undefined && proof.verificationMethod?.split('#')[0] === issuerId.split('#')[0]
}

/** How the reasons of a proof format are said here. */
const codes: Partial<Record<ProofReason['code'], ReasonCode>> = {
  'proof-signature-invalid': 'PROOF_INVALID',
  'proof-missing': 'PROOF_MISSING',
  'proof-suite-unsupported': 'PROOF_SUITE_UNSUPPORTED',
  'proof-legacy': 'PROOF_SUITE_RETIRED',
  'proof-key-not-found': 'PROOF_KEY_ABSENT',
  'proof-key-unreachable': 'PROOF_KEY_UNREACHABLE',
  'proof-context-unknown': 'PROOF_CONTEXT_UNKNOWN',
}

/** Suites that no present standard names: a proof by one is neither good nor bad, it is not judged. */
const retiredSuites =
  /(Ed25519Signature20(18|20)|EcdsaSecp256k1Signature2019|RsaSignature2018|JsonWebSignature2020|BbsBlsSignature2020|MerkleProof2019|eddsa-2022|ecdsa-2019)$/

/** Reads a proof format's reason: known ones by their own code, every other failure as malformed with its words. */
function translate(why: ProofReason, proof: SingleProofVerification | undefined): Reason {
  const params = { suite: proof?.suite ?? '—', key: proof?.verificationMethod ?? '—', detail: '', ...why.params }
  if (why.code === 'proof-suite-unsupported' && retiredSuites.test(String(params.suite))) return reason('PROOF_SUITE_RETIRED', params)
  const code = codes[why.code] ?? 'PROOF_MALFORMED'
  return reason(code, code === 'PROOF_MALFORMED' ? { ...params, problem: [why.code, ...Object.values(why.params)].join(' ') } : params)
}

function finding(check: Check): ProofFinding {
  return { check, outcome: check.outcome, keyId: undefined, multikey: undefined }
}

function keyIdOfMultikey(multikey: string | undefined) {
  if (multikey === undefined) return undefined
  try {
    return keyIdOf(decodeMultikey(multikey).publicKey)
  } catch {
    return undefined
  }
}
