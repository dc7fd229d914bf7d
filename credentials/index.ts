export type * from './bundle/bundle.ts'
export * from './bundle/checkpoint.ts'
export { type Collected, collectFacts } from './bundle/collect-facts.ts'
export type { Fact } from './bundle/fact.ts'
export { type FactBook, factPorts } from './bundle/fact-ports.ts'
export { readBundle } from './bundle/read-bundle.ts'
export { type BundleVerdict, type VerifyBundleOptions, verifyBundle } from './bundle/verify-bundle.ts'
export { writeBundle } from './bundle/write-bundle.ts'
export { CredentialError, type CredentialErrorCode, credentialErrorCodes } from './errors.ts'
export * from './formats/index.ts'
export * from './issue/index.ts'
export * from './keys/index.ts'
export * from './ports.ts'
export { type BakedCredential, bakePng, bakeSvg, unbakePng, unbakeSvg } from './present/bake.ts'
export { type LearningCode, learningCodeSeconds, readLearningCode, writeLearningCode } from './present/learning-code.ts'
export { buildPresentation, type PresentOptions, presentCertificates } from './present/present-certificates.ts'
export { type Recognised, recognise } from './present/recognise.ts'
export * from './status/status-list.ts'
export * from './status/status-list-credential.ts'
export type { CredentialInput, FrameProof, VerifyOptions } from './verify/case.ts'
export { readReceipt } from './verify/evidence/anchor-receipt.ts'
export { fingerprintOf, networkIdOf, readNetwork } from './verify/issuer/network.ts'
export { crossChecked, withFallback } from './verify/ports/combine-ports.ts'
export { type Reason, type ReasonCode, reasons, sentenceOf } from './verify/reasons.ts'
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
export {
  type PresentationCheck,
  type PresentationInput,
  type PresentationVerdict,
  verifyPresentation,
} from './verify/verify-presentation.ts'
export * from './wallet/holder-key.ts'
export { checkHolderProof, type HolderClaim, type HolderProofProblem, proveHolder } from './wallet/holder-proof.ts'
export { type Argon2Cost, type Argon2id, type Lock, pinProofOf, type Unlocking, writeRecoveryKey } from './wallet/lock.ts'
export * from './wallet/vault.ts'
