import type { TelemetryReceipt } from './telemetry-receipt.ts'

/** A text in the product's two languages. */
export interface Bilingual {
  'zh-CN': string
  en: string
}

/** One criterion of a rubric; `levels` are described from the lowest, which is level 1. */
export interface RubricCriterion {
  id: string
  name: Bilingual
  levels: readonly Bilingual[]
}

/** A competency of the catalogue that the programme develops. `code` is its catalogue id. */
export interface Competency {
  code: string
  name: Bilingual
}

/** What the certificate says of the programme. `programmeId` is the ledger's number. */
export interface CertifiedProgramme {
  programmeId: number
  title: Bilingual
  description: Bilingual
  criteria: Bilingual
  /** One of the Open Badges 3.0 AchievementType values, for instance `MicroCredential`. */
  achievementType: string
  credits?: number
  competencies: readonly Competency[]
  rubric: readonly RubricCriterion[]
}

/** A place in a Bitstring Status List. */
export interface StatusPlace {
  /** The list credential's URL; its last segment is the list id on the ledger. */
  list: string
  index: number
  purpose: 'revocation' | 'suspension'
}

/** One piece of evidence. `id` is a URI (`urn:uuid:` of the session). */
export interface EvidenceRecord {
  id: string
  name: Bilingual
  description?: Bilingual
  receipt?: TelemetryReceipt
}

/** Everything that goes into one certificate, whatever formats it is then secured in. Times are UnixSeconds. Nothing in it names the learner. */
export interface CredentialRecord {
  /** `urn:uuid:` and a random UUID. */
  id: string
  /** 16 lower hex digits. */
  networkId: string
  issuer: { did: string; name: Bilingual; url?: string }
  /** The learner's pairwise did:key. */
  subject: { did: string; identity?: { identityHash: string } }
  programme: CertifiedProgramme
  /** Level reached for a criterion of the rubric, 1 the lowest; 0 or absent: not reached. */
  levels: Readonly<Record<string, number>>
  evidence: readonly EvidenceRecord[]
  /** At most one place of each purpose. */
  status: readonly StatusPlace[]
  validFrom: number
  validUntil?: number
  /** The `id` of the credential that this one corrects. */
  supersedes?: string
}
