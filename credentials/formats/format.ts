import type { Signer, VerifyingKey } from '../keys/key.ts'
import type { ProofReason } from './reasons.ts'

/** A JSON object as it came out of the strict parser: plain members, no duplicates. */
export interface JsonObject {
  [member: string]: JsonValue
}

/** Any JSON value (RFC 8259). */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject

/** The identifiers of the proof formats known by the table in `formats.ts`. */
export type FormatId = 'vc+jwt' | 'eddsa-rdfc-2022'

/** The three answers of a check; `unknown` (could not be decided) is never shown as passed. */
export type Outcome = 'passed' | 'failed' | 'unknown'

/** What a proof's key is asked for: `verificationMethod` is the DID URL (or the JOSE `kid`, made absolute with the issuer where it is relative). */
export interface KeyRequest {
  verificationMethod: string
  /** `issuer` (or `issuer.id`) of the credential, `holder` of a presentation. */
  issuer: string | undefined
  proofPurpose: string
}

/** The answer to a `KeyRequest`: the key, or why there is none. `failed`: it is certain that there is no such key; `unknown`: could not be looked up. */
export type KeyAnswer = { key: VerifyingKey; controller?: string } | { outcome: 'failed' | 'unknown'; reason: ProofReason }

/** Looks up the key of a verification method. Never throws for an outage: it answers `unknown`. */
export type ResolveKey = (request: KeyRequest) => Promise<KeyAnswer> | KeyAnswer

/** What a proof is verified against. Times are UnixSeconds. */
export interface VerifyProofOptions {
  resolveKey: ResolveKey
  /** The time at which `expires` of a proof is judged; left out, proofs are not judged by time. */
  now?: number
  /** The purpose every proof must have. `assertionMethod` unless told (presentations: `authentication`). */
  proofPurpose?: string
  /** Data Integrity 1.0 §2.1: when given, the proof must name this domain (a token: as `aud`). */
  domain?: string
  /** Data Integrity 1.0 §2.1: when given, the proof must carry this challenge (a token: as `nonce`). */
  challenge?: string
}

/** The verdict on one proof of a document. */
export interface SingleProofVerification {
  outcome: Outcome
  reason: ProofReason
  /** The cryptosuite, JOSE algorithm or retired suite that the proof names. */
  suite: string
  verificationMethod: string | undefined
  proofPurpose: string | undefined
  /** UnixSeconds of the proof's own `created` (or the JWT's `iat`), when it has one. */
  created: number | undefined
}

/**
 * The verdict on all proofs of a secured document: failed when one failed, passed when at least one passed and none failed, else unknown.
 * Whoever reads it decides which of `proofs` had to be there (for instance one by the issuer).
 */
export interface ProofVerification {
  format: FormatId
  outcome: Outcome
  reason: ProofReason
  proofs: SingleProofVerification[]
}

/** Settings of one issue. */
export interface IssueOptions {
  /** The moment of signing, UnixSeconds: `created` of a Data Integrity proof. */
  created: number
  proofPurpose?: string
  domain?: string
  challenge?: string
}

/** A document with its proof: a compact JWS (text), or a JSON object with `proof`. */
export type Secured = string | JsonObject

/** One proof format. To add a format: one file with this interface, one row in `formats.ts`. */
export interface ProofFormat {
  id: FormatId
  mediaType: string
  /** Whether `input` is secured in this format, by its shape alone. */
  recognise(input: Secured): boolean
  /**
   * The document inside, without its proof (VC-JOSE-COSE §3.1.1: the payload; Data Integrity: without `proof`).
   * @throws CredentialError CREDENTIAL_MALFORMED when it can not be read.
   */
  read(secured: Secured): JsonObject
  /** Secures a credential or presentation (which has no `proof` yet) with the signer's key. */
  issue(document: JsonObject, signer: Signer, options: IssueOptions): Promise<Secured>
  /** Verifies the proof alone (not dates, status or issuer). Never throws for what is in the input. */
  verifyProof(secured: Secured, options: VerifyProofOptions): Promise<ProofVerification>
}
