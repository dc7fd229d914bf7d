export { CredentialError, type CredentialErrorCode, credentialErrorCodes } from './errors.ts'
export * from './formats/index.ts'
export * from './issue/index.ts'
export * from './keys/index.ts'
export * from './ports.ts'
export * from './status/status-list.ts'
export * from './status/status-list-credential.ts'
export type { CredentialInput, FrameProof, VerifyOptions } from './verify/case.ts'
export { fingerprintOf, networkIdOf } from './verify/network.ts'
export { type Reason, type ReasonCode, reasons, sentenceOf } from './verify/reasons.ts'
export { readReceipt } from './verify/receipt.ts'
export {
  type Check,
  type CheckId,
  checkIds,
  type LocalisedText,
  type Outcome,
  type Overall,
  overallOf,
  type Verdict,
  type VerdictFacts,
} from './verify/verdict.ts'
export { verifyCredential } from './verify/verify-credential.ts'
