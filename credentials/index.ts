export { CredentialError, type CredentialErrorCode, credentialErrorCodes } from './errors.ts'
export * from './formats/index.ts'
export * from './issue/index.ts'
export * from './keys/index.ts'
export type * from './ports.ts'
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
