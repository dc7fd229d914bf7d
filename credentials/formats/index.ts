export { decodeBase64url, encodeBase64url } from './base64url.ts'
export { bundledContexts, credentialsContext, guildhallTerms, openBadgesContext } from './contexts/index.ts'
export { createProof, listProofs, verifyProofs, withoutProof } from './data-integrity/data-integrity.ts'
export { readInstant } from './data-integrity/proof-options.ts'
export type {
  FormatId,
  IssueOptions,
  JsonObject,
  JsonValue,
  KeyAnswer,
  KeyRequest,
  ProofFormat,
  ProofVerification,
  ResolveKey,
  Secured,
  SingleProofVerification,
  VerifyProofOptions,
} from './format.ts'
export { proofFormats, type RecognisedDocument, recogniseDocument } from './formats.ts'
export { canonicalJson, isJsonObject, parseJson, parseJsonObject } from './json.ts'
export {
  buildMerkleTree,
  hashLeaf,
  hashNode,
  type InclusionProof,
  type MerkleTree,
  proveInclusion,
  verifyInclusion,
} from './merkle-tree.ts'
export { type ProofReason, type ProofReasonCode, proofReasons } from './reasons.ts'
