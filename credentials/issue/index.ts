export { achievementIdOf } from './achievement.ts'
export { leafOf } from './anchor-leaf.ts'
export { buildCredential } from './build-credential.ts'
export type {
  Bilingual,
  CertifiedProgramme,
  Competency,
  CredentialRecord,
  EvidenceRecord,
  RubricCriterion,
  StatusPlace,
} from './credential-record.ts'
export { hashIdentity, identityObject, opensIdentity } from './identity.ts'
export { type IssuedCredential, issueCredential } from './issue-credential.ts'
export { type Attestation, type CommittedValue, commitTo, type StoredContent, type TelemetryReceipt } from './telemetry-receipt.ts'
