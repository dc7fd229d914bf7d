import { CredentialError } from '../../errors.ts'
import type { Signer } from '../../keys/key.ts'
import type { IssueOptions, JsonObject, ProofFormat, ProofVerification, Secured, VerifyProofOptions } from '../format.ts'
import { proofReason } from '../reasons.ts'
import { createProof, listProofs, verifyProofs, withoutProof } from './data-integrity.ts'

/** Data Integrity: the proof stands in the document. Issues eddsa-rdfc-2022, verifies the suites of `cryptosuites.ts`. */
export const eddsaRdfc2022: ProofFormat = {
  id: 'eddsa-rdfc-2022',
  mediaType: 'application/vc',
  recognise: (input) => typeof input === 'object' && input['proof'] !== undefined,
  read: (secured) => withoutProof(asDocument(secured)),
  issue,
  verifyProof,
}

/** A document that has proofs already gets one more: a proof set (Data Integrity 1.0 §2.1.1). */
async function issue(document: JsonObject, signer: Signer, options: IssueOptions): Promise<JsonObject> {
  const proof = await createProof(document, signer, { ...options, cryptosuite: 'eddsa-rdfc-2022' })
  const proofs = listProofs(document)
  return { ...document, proof: proofs.length === 0 ? proof : [...proofs, proof] }
}

async function verifyProof(secured: Secured, options: VerifyProofOptions): Promise<ProofVerification> {
  if (typeof secured === 'string') {
    return { format: 'eddsa-rdfc-2022', outcome: 'failed', reason: proofReason('proof-malformed', { detail: 'it is text' }), proofs: [] }
  }
  const proofs = await verifyProofs(secured, options)
  const decisive = proofs.find(({ outcome }) => outcome === 'failed') ?? proofs.find(({ outcome }) => outcome === 'passed') ?? proofs[0]
  if (!decisive) return { format: 'eddsa-rdfc-2022', outcome: 'failed', reason: proofReason('proof-missing'), proofs }
  return { format: 'eddsa-rdfc-2022', outcome: decisive.outcome, reason: decisive.reason, proofs }
}

function asDocument(secured: Secured): JsonObject {
  if (typeof secured === 'string')
    throw new CredentialError('CREDENTIAL_MALFORMED', 'A Data Integrity document is a JSON object, not text.')
  return secured
}
