import type { JsonObject } from './formats/format.ts'

/** Seconds since 1970-01-01T00:00:00Z, an integer. */
export type UnixSeconds = number

/** `0x` and lower-case hex: a digest, root or key id has 64 digits. */
export type Hex = `0x${string}`

/** Who answered, and as of when: `source` is a name to show ("base.example", "bundle"), `asOf` the time of the ledger's block that was read. */
export interface Provenance {
  source: string
  asOf: UnixSeconds
  /**
   * When a live source saw that this block was still the newest. An idle ledger makes no blocks, so its last block may be days old and the answer
   * fresh all the same. Left out by whatever holds a copy without knowing.
   */
  seenAt?: UnixSeconds
  /** Number of the block as of which the ledger was read, where the answer comes from a ledger. */
  blockNumber?: number
}

/** Why nothing could be learned: nobody answered, two sources answered differently, or what is held does not cover the question. */
export type OutageCause = 'unreachable' | 'disagreement' | 'not-covered'

/** A three-valued answer: `found`, certainly `absent`, or `unreachable`. An adapter never throws for an outage. */
export type Lookup<T> =
  | ({ outcome: 'found'; value: T } & Provenance)
  | ({ outcome: 'absent' } & Provenance)
  | { outcome: 'unreachable'; cause: OutageCause; source: string; detail?: string }

/** Settings of every look-up. */
export interface LookupOptions {
  signal?: AbortSignal | undefined
}

/**
 * What identifies a network of bases, and whose word about its state a verifier takes.
 * `networkId` is not in it: it is derived (`networkIdOf`), as is the fingerprint that people compare (`fingerprintOf`).
 */
export interface NetworkDescriptor {
  name: string
  chainId: number
  genesisHash: Hex
  /** Address of the `Directory` contract, 40 lower hex digits. */
  directory: Hex
  /** Ed25519 public keys (multikey text, `z6Mk…`) that sign checkpoints. */
  checkpointKeys: readonly string[]
  /** How many of them must have signed a checkpoint. 1 in a network of one base; every verdict says so. */
  threshold: number
  /** True until the network is founded with a public origin; shown with every verdict. */
  trial: boolean
}

/** A base as the ledger knows it. */
export interface BaseEntry {
  baseId: number
  did: string
  /** The name that the network registered, not the one claimed in the credential. */
  name: string
  nameZh?: string
  /** IANA time zone in which the base's dates are shown, for instance `Asia/Shanghai`. */
  timeZone?: string
}

/** One digest of the base's DID log as the ledger recorded it: SHA-256 of the whole JSONL file. */
export interface DidLogRecord {
  digest: Hex
  recordedAt: UnixSeconds
}

/**
 * The DID log itself (JSONL, did:webvh 1.0) with every digest that the ledger recorded, oldest first. `undefined`: the log is there, but nobody
 * could tell what the ledger recorded.
 */
export interface DidLogEntry {
  log: string
  records: readonly DidLogRecord[] | undefined
}

/** When a key was good for issuing. `validUntil` is exclusive; `null` means open. */
export interface KeyInterval {
  keyId: Hex
  validFrom: UnixSeconds
  validUntil: UnixSeconds | null
  /** Set when the base ended the key because it was compromised: what was anchored after `revokedAt` is void. */
  compromisedAt: UnixSeconds | null
}

/** The question that the ledger answers in one call. */
export interface EntitlementQuestion {
  networkId: string
  baseId: number
  programmeId: number
  keyId: Hex
  time: UnixSeconds
  /** The records that the anchor receipt names; the contract checks them. Left out: the adapter finds them. */
  records?: EntitlementRecords
}

/** What was missing at the time asked: the contract's reasons (IEntitlements.Reason), in its order. */
export const entitlementGaps = [
  'base-unknown',
  'base-closed',
  'base-suspended',
  'information-lapsed',
  'safety-lapsed',
  'green-lapsed',
  'accreditation-missing',
  'accreditation-expired',
  'accreditation-revoked',
  'ancestor-expired',
  'ancestor-revoked',
  'key-unknown',
  'key-expired',
  'key-retired',
  'key-compromised',
  'records-mismatch',
] as const

/** One of `entitlementGaps`. */
export type EntitlementGap = (typeof entitlementGaps)[number]

/** Ids of the records on the ledger that an entitlement rests on. */
export interface EntitlementRecords {
  accreditationId: number
  standingId: number
}

/** Whether the base might issue for the programme with that key at that time. */
export interface EntitlementAnswer {
  isEntitled: boolean
  /** The first thing that was missing, when `isEntitled` is false. */
  gap?: EntitlementGap
}

/** Finds networks, bases, keys and entitlements. Implementations: the ledger, a bundle, memory. */
export interface IssuerDirectory {
  /** The networks that this verifier trusts. */
  listNetworks(): Promise<readonly NetworkDescriptor[]>
  /** A descriptor that came along with what is verified (in a bundle), for a network that is not trusted: only its fingerprint is shown. */
  findDescriptor?(networkId: string): Promise<NetworkDescriptor | undefined>
  findBase(networkId: string, did: string, options?: LookupOptions): Promise<Lookup<BaseEntry>>
  /** The DID log of a base. A bundle answers it for a network that is not trusted too: the log proves itself. */
  findDidLog(networkId: string, did: string, options?: LookupOptions): Promise<Lookup<DidLogEntry>>
  findKey(networkId: string, baseId: number, keyId: Hex, options?: LookupOptions): Promise<Lookup<KeyInterval>>
  isEntitled(question: EntitlementQuestion, options?: LookupOptions): Promise<Lookup<EntitlementAnswer>>
}

/** Names a status list: by its base and its number (the last segment of its URL) on the ledger first, by its URL second. */
export interface StatusListName {
  networkId: string | undefined
  baseId: number | undefined
  /** `statusListCredential` of the entry. */
  url: string
  /** Last path segment of `url`. */
  listId: string
}

/** One head of a status list on the ledger. */
export interface StatusHead {
  cid: string
  /** SHA-256 of the bytes of the secured list credential. */
  digest: Hex
  recordedAt: UnixSeconds
}

/** A secured status list credential as it was stored: the UTF-8 text of a compact JWS or of JSON. */
export interface StatusListDocument {
  text: string
}

/** Finds status lists: heads on the ledger, the list by CID first and by URL second. */
export interface StatusRegistry {
  findHead(list: StatusListName, options?: LookupOptions): Promise<Lookup<StatusHead>>
  /** Every head, oldest first: for "since when". */
  listHeads(list: StatusListName, options?: LookupOptions): Promise<Lookup<readonly StatusHead[]>>
  /** The list of one head by its CID; with `head` left out, the list at its URL. */
  findList(list: StatusListName, head: StatusHead | undefined, options?: LookupOptions): Promise<Lookup<StatusListDocument>>
}

/** A batch root on the ledger (CredentialAnchors); roots are kept base by base. */
export interface AnchorEntry {
  root: Hex
  treeSize: number
  baseId: number
  programmeId: number
  keyId: Hex
  blockNumber: number
  blockHash: Hex
  blockTime: UnixSeconds
  transactionHash: Hex
}

/** The root of a telemetry segment on the ledger: a head of the base's log "telemetry" (CredentialAnchors.anchorHead). */
export interface SegmentEntry {
  root: Hex
  baseId: number
  blockNumber: number
  /** Time of the block that first recorded the root. */
  recordedAt: UnixSeconds
}

/** Finds what was anchored. */
export interface EvidenceStore {
  /** Where the root of a telemetry segment was recorded by itself, the first time if there are several. */
  findSegment(networkId: string, baseId: number, root: Hex, options?: LookupOptions): Promise<Lookup<SegmentEntry>>
  findAnchor(networkId: string, baseId: number, root: Hex, options?: LookupOptions): Promise<Lookup<AnchorEntry>>
}

/** The time, for programs that verify; the pure functions take `now` instead. */
export interface Clock {
  now(): UnixSeconds
}

/** Everything that a verification asks of the outside. */
export interface VerifierPorts {
  directory: IssuerDirectory
  status: StatusRegistry
  evidence: EvidenceStore
}

/** The receipt of one credential's place in an anchored batch; it travels beside the credential. */
export interface AnchorReceipt {
  type: 'GuildhallAnchorReceipt'
  networkId: string
  /** Address of CredentialAnchors. */
  contract: Hex
  batch: { root: Hex; treeSize: number }
  leafIndex: number
  /** Siblings from the leaf up (RFC 9162 §2.1.3.1). */
  path: readonly Hex[]
  /** 16 bytes. */
  salt: Hex
  transactionHash: Hex
  blockNumber: number
  blockHash: Hex
  blockTime: UnixSeconds
  baseId: number
  programmeId: number
  keyId: Hex
  /** The entitlement records that the contract checked. */
  records: EntitlementRecords
}

/** Values committed to in the telemetry receipt, opened by the holder: name → value and salt. They travel beside the credential. */
export interface EvidenceOpening {
  name: string
  value: string | number | boolean
  salt: Hex
}

/** A credential as a JSON object, whatever secures it. */
export type CredentialDocument = JsonObject
