import type { JsonObject, ProofFormat, Secured } from '../formats/format.ts'
import { isJsonObject } from '../formats/json.ts'
import type {
  AnchorEntry,
  AnchorReceipt,
  BaseEntry,
  DidLogEntry,
  EvidenceOpening,
  Hex,
  Lookup,
  NetworkDescriptor,
  UnixSeconds,
  VerifierPorts,
} from '../ports.ts'
import type { LogReading } from './issuer/did-log.ts'
import type { Check, Outcome } from './verdict.ts'

/** What is verified: the secured credential, and what travels beside it. */
export interface CredentialInput {
  /** A compact JWS, JSON text, or a JSON object with `proof`. */
  secured: Secured
  /** The receipt of its place in an anchored batch. */
  receipt?: AnchorReceipt | undefined
  /** Receipts of credentials inside it (a CLR's), in any order: each is tried. */
  receiptsInside?: readonly AnchorReceipt[] | undefined
  /** Values of the evidence that the holder opens. */
  openings?: readonly EvidenceOpening[] | undefined
  /** Places of single frames in the telemetry segment, where the holder or the base shows them. */
  frames?: readonly FrameProof[] | undefined
  /** The proven holder of the presentation that it came in: what it says of itself without a proof of its own is the holder's word. */
  assertedBy?: string | undefined
}

/** That one frame is in the segment: its leaf hash and its path. */
export interface FrameProof {
  leafIndex: number
  leafHash: Hex
  path: readonly Hex[]
}

/** Settings of a verification. */
export interface VerifyOptions {
  ports: VerifierPorts
  /** The time at which it is judged. */
  now: UnixSeconds
  signal?: AbortSignal | undefined
  /** Called as each check finishes, in the order of `checkIds`. */
  onCheck?: ((check: Check) => void) | undefined
  /** Age in seconds from which a status answer is stale. 24 hours unless told. */
  maxStatusAgeSeconds?: number | undefined
}

/** Which network and programme a credential names by its achievement id: `urn:guildhall:<networkId>:programme:<programmeId>`. */
export interface ProgrammeName {
  networkId: string
  programmeId: number
}

/** What the proof check learned. */
export interface ProofFinding {
  check: Check
  outcome: Outcome
  /** SHA-256 of the issuer's key, once a proof by it passed. */
  keyId: Hex | undefined
  /** `publicKeyMultibase` of that key. */
  multikey: string | undefined
}

/** One verification under way: what is verified, and the look-ups that several checks share, each made once. */
export interface Case {
  secured: Secured
  document: JsonObject
  format: ProofFormat | undefined
  receipt: AnchorReceipt | undefined
  openings: readonly EvidenceOpening[]
  frames: readonly FrameProof[]
  assertedBy: string | undefined
  options: VerifyOptions
  /** `VC 1.1`, for a credential of the older data model. */
  legacy: string | undefined
  issuerId: string | undefined
  programme: ProgrammeName | undefined
  network(): Promise<NetworkDescriptor | undefined>
  base(): Promise<Lookup<BaseEntry>>
  didLog(): Promise<Lookup<DidLogEntry>>
  /** The DID log as did:webvh; undefined when there is none. */
  logReading(): Promise<LogReading | undefined>
  anchor(): Promise<Lookup<AnchorEntry>>
  proof(): Promise<ProofFinding>
}

/** `issuer` or `issuer.id`. */
export function issuerIdOf(document: JsonObject): string | undefined {
  const { issuer } = document
  const id = isJsonObject(issuer) ? issuer['id'] : issuer
  return typeof id === 'string' ? id : undefined
}

/**
 * The network and programme that a credential names, by its achievement's id. Undefined when its achievements do not all name the same one: then
 * a programme that the base may issue could carry another beside it that it may not.
 */
export function programmeOf(document: JsonObject): ProgrammeName | undefined {
  const subjects = [document['credentialSubject']].flat().filter(isJsonObject)
  const achievements = subjects.flatMap((subject) => (subject['achievement'] === undefined ? [] : [subject['achievement']].flat()))
  const [id, ...others] = [...new Set(achievements.map((achievement) => (isJsonObject(achievement) ? achievement['id'] : undefined)))]
  const match = typeof id === 'string' ? /^urn:guildhall:([0-9a-f]{16}):programme:([1-9]\d{0,9})$/.exec(id) : null
  if (match === null || others.length > 0 || Number(match[2]) > 0xffffffff) return undefined
  return { networkId: match[1] ?? '', programmeId: Number(match[2]) }
}

/** Answers of a network that is not known: nobody was asked. */
export function notAsked<T>(): Lookup<T> {
  return { outcome: 'unreachable', cause: 'not-covered', source: 'nobody', detail: 'the network is not known' }
}

/** Makes a look-up that is made once, when it is first wanted. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= ask()
    return answer
  }
}
