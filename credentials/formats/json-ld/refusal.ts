import type { Outcome } from '../format.ts'
import { type ProofReason, type ProofReasonCode, proofReason } from '../reasons.ts'

/** A document that has no canonical form, and what that says of its proof. */
export interface Refusal {
  outcome: Outcome
  reason: ProofReason
}

/** Makes a `Refusal`. */
export function refusal(outcome: Outcome, code: ProofReasonCode, params: Record<string, string> = {}): Refusal {
  return { outcome, reason: proofReason(code, params) }
}
