import type { Outcome } from '../format.ts'
import { type ProofReason, type ProofReasonCode, proofReason } from '../reasons.ts'

/** One term of a quad, as RDF/JS and rdf-canonize name it. */
export interface Term {
  termType: 'NamedNode' | 'BlankNode' | 'Literal' | 'DefaultGraph'
  value: string
  language?: string
  datatype?: { termType: 'NamedNode'; value: string }
}

/** One statement of an RDF dataset. */
export interface Quad {
  subject: Term
  predicate: Term
  object: Term
  graph: Term
}

/** A document that cannot be turned into statements, and what that says of its proof. */
export interface Refusal {
  outcome: Outcome
  reason: ProofReason
}

/** The statements of a document, or why there are none. */
export type ToQuads = { quads: Quad[] } | Refusal

/** Makes a `Refusal`. */
export function refusal(outcome: Outcome, code: ProofReasonCode, params: Record<string, string> = {}): Refusal {
  return { outcome, reason: proofReason(code, params) }
}
