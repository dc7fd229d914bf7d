import type { Outcome } from './format.ts'

/** A stable code with the values that a sentence about it needs; the web translates codes, the command line uses `proofReasons`. */
export interface ProofReason {
  code: ProofReasonCode
  params: Readonly<Record<string, string | number>>
}

/** Every code that the verification of a proof can give, with its English sentence; `{name}` is replaced by the parameter. */
export const proofReasons = {
  'proof-valid': 'The signature fits the document and the key {verificationMethod}.',
  'proof-signature-invalid': 'The signature does not fit: the document was changed after signing, or another key signed.',
  'proof-malformed': 'The proof cannot be read: {detail}.',
  'proof-missing': 'The document carries no proof.',
  'proof-algorithm-refused': 'The algorithm {algorithm} is refused: it does not prove who signed.',
  'proof-suite-unsupported': 'The proof is of a kind that is not verified here: {suite}.',
  'proof-legacy': 'The document is in a retired form ({suite}) that is read, but not verified.',
  'proof-key-mismatch': 'The key found is for {found}, the proof says {expected}.',
  'proof-key-not-found': 'No key was found under {verificationMethod}.',
  'proof-key-unreachable': 'The key {verificationMethod} could not be looked up.',
  'proof-purpose-mismatch': 'The proof was made for {found}, not for {expected}.',
  'proof-domain-mismatch': 'The proof was made for another receiver.',
  'proof-challenge-mismatch': 'The proof answers another question than the one asked.',
  'proof-expired': 'The proof itself expired at {expires}.',
  'proof-not-yet-valid': 'The proof itself is not valid before {notBefore}.',
  'proof-claims-conflict': 'The token says another {claim} than the credential in it.',
  'proof-previous-missing': 'The proof builds on an earlier one, {previousProof}, which is not there.',
  'proof-context-unknown': 'The document uses the vocabulary {context}, which is not bundled here and is never fetched.',
  'proof-terms-undefined': 'The document has parts that its vocabularies do not define, so that no signature covers them: {detail}.',
} as const

/** One of the codes of `proofReasons`. */
export type ProofReasonCode = keyof typeof proofReasons

/** Makes a reason; parameters that come from outside are cut to 200 characters. */
export function proofReason(code: ProofReasonCode, params: Record<string, string | number> = {}): ProofReason {
  const cut = Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, 200) : value])
  return { code, params: Object.fromEntries(cut) }
}

/** A document that has no canonical form, and what that says of its proof. */
export interface Refusal {
  outcome: Outcome
  reason: ProofReason
}

/** Makes a `Refusal`. */
export function refusal(outcome: Outcome, code: ProofReasonCode, params: Record<string, string> = {}): Refusal {
  return { outcome, reason: proofReason(code, params) }
}
