import type { AssessmentKind, ContractAddresses, EntitlementReason } from '@guildhall/contracts'
import type { NetworkDescriptor, VerifierPorts } from '@guildhall/credentials'
import type { OctoPrintLinks } from '../../adapters/octoprint-links.ts'
import type { WorksParts } from '../../adapters/works/works-parts.ts'
import type { Base, UnixSeconds } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { Labs } from '../../labs/index.ts'
import type { WorksPorts } from '../works/ports.ts'
import type { Cosigners } from './membership/sign-checkpoint.ts'

/** Why a base may not run or issue, in the contract's words; `LedgerNotRead` when nothing was synced yet. */
type Refusal = Exclude<EntitlementReason, 'Entitled'> | 'LedgerNotRead'

/** The gate's answer from the base's synced view of the ledger, so that it also holds while the ledger is out of reach. */
export type GateAnswer =
  | { entitled: true; accreditationId: number; standingId: number; nextLapse: UnixSeconds }
  | { entitled: false; refusal: Refusal }

/** What the ledger says of one base, newest record first in each list. Times are UnixSeconds; 0 in none of them. */
export type BaseRights = {
  assessments: {
    kind: AssessmentKind
    recordId: number
    validFrom: UnixSeconds
    expiresAt: UnixSeconds
    assessor: number
    selfAssessed: boolean
    reportCid: string
    isWithdrawn: boolean
  }[]
  accreditations: {
    recordId: number
    programmeId: number
    validFrom: UnixSeconds
    expiresAt: UnixSeconds
    chain: number[]
    isRevoked: boolean
  }[]
  keys: {
    keyId: string
    validFrom: UnixSeconds
    expiresAt: UnixSeconds
    retiredAt: UnixSeconds | null
    compromisedAt: UnixSeconds | null
  }[]
}

/** What the ledger says of where a base stands: its tier, and the multiaddrs that it gave for its node. */
type BasePlace = { tier: number; peers: readonly string[] }

/** The base's synced view of the network's contracts. Reads are local and synchronous: a base whose uplink is cut goes on by them. */
export type Registry = {
  gate(question: { baseId: number; programmeId: number; keyId: string; time: UnixSeconds }): GateAnswer
  rightsOf(baseId: number): BaseRights
  /** Undefined for a base that the ledger doesn't have, or that has closed. */
  placeOf(baseId: number): BasePlace | undefined
  /** How long a decision of the network waits in its timelock now, in seconds: 0 while one base stands alone. */
  decisionDelay(): number
  /** Until where the ledger has been read; null before the first block. `seenAt`: when this was seen to be its newest block. */
  syncedTo(): { blockNumber: number; time: UnixSeconds; seenAt?: UnixSeconds } | null
  /** Resolves when everything up to this block has been read. @throws the signal's reason */
  whenSyncedTo(blockNumber: number, signal: AbortSignal): Promise<void>
}

/** The key that signs certificates now. `seedName` leads to its seed in `base.keys`. */
export type IssuerKey = { seedName: string; keyId: `0x${string}`; publicKeyMultibase: string; verificationMethod: string }

/** Who this base is on its network; written once the network has been founded or joined. */
export type Identity = {
  baseId: number
  did: string
  /** The whole log of the DID (JSONL); its digest stands on the ledger. */
  didLog: string
  /** The host in the DID and in status list addresses; never an address of the machine. */
  host: string
  networkId: string
  network: NetworkDescriptor
  contracts: ContractAddresses
  issuer: IssuerKey
  /** A new key that is on its way to the ledger, or there but not read back yet. */
  nextIssuer?: IssuerKey
}

/** Encrypted evidence: what is added is ciphertext, known to others by its CID. */
export type Evidence = {
  /** @returns CID and size of the ciphertext, and SHA-256 of the plaintext (`0x…`) */
  seal(source: AsyncIterable<Uint8Array>, contentKey: Uint8Array): Promise<{ cid: string; sizeBytes: number; digest: string }>
  /** @throws when a frame was changed, is missing, or the content is out of reach */
  open(cid: string, contentKey: Uint8Array): Promise<Uint8Array>
}

/** What goes to the ledger by itself. Each is called inside the caller's transaction. */
export type Anchors = {
  /** The root of a session's telemetry. */
  enqueueSegment(root: string): void
}

/** A base that can run sessions and issue. `verifier`: what its own verifications ask. `cosigners`: who else signs its checkpoints. */
export type IssuingBase = Base &
  WorksPorts &
  WorksParts & {
    labs: Labs
    registry: Registry
    octoPrints: OctoPrintLinks
    evidence: Evidence
    anchors: Anchors
    verifier: VerifierPorts
    cosigners: Cosigners
  }

const settingName = 'identity'

/** @throws NOT_READY before the network is founded or joined */
export function getIdentity(base: Pick<Base, 'records'>): Identity {
  const identity = findIdentity(base)
  if (!identity) throw new GuildhallError('NOT_READY', { part: 'The network of this base' })
  return identity
}

/** Undefined before the network is founded or joined. */
export function findIdentity({ records }: Pick<Base, 'records'>): Identity | undefined {
  return records.settings.find<Identity>(settingName)
}

/** Inside the caller's transaction. */
export function keepIdentity({ records }: Pick<Base, 'records'>, identity: Identity): void {
  records.settings.set(settingName, identity)
}
