/**
 * The contracts as a browser needs them: the ABIs of what a reader calls, and the names of the answers. Weighs little on
 * purpose: no chain client, no bytecode.
 */
export {
  baseRegistryReaderAbi,
  credentialAnchorsReaderAbi,
  directoryReaderAbi,
  entitlementsReaderAbi,
  statusListsReaderAbi,
} from './generated/reader.ts'

/** A contract's name, as the Directory lists it (ASCII, zero-padded to bytes32). The Directory itself is not in it. */
export type ContractName =
  | 'NetworkTimelock'
  | 'Directory'
  | 'BaseRegistry'
  | 'Entitlements'
  | 'CredentialAnchors'
  | 'StatusLists'
  | 'ResourceRegistry'
  | 'RoyaltyLedger'
  | 'ReviewPanels'
  | 'Licences'
  | 'UsageReceipts'
  | 'SettlementToken'

/** Where each contract of a network is: 20-byte addresses as `0x` and hex. */
export type ContractAddresses = Readonly<Record<ContractName, string>>

/**
 * What `Entitlements.entitlementOf` answers, by the number of its reason. When several things are missing it is the first in
 * this order. `RecordsMismatch` is given by the gate only: the record named is not this base's for this programme.
 */
export const ENTITLEMENT_REASONS = [
  'Entitled',
  'BaseUnknown',
  'BaseClosed',
  'BaseSuspended',
  'InformationLapsed',
  'SafetyLapsed',
  'GreenLapsed',
  'AccreditationMissing',
  'AccreditationExpired',
  'AccreditationRevoked',
  'AncestorExpired',
  'AncestorRevoked',
  'KeyUnknown',
  'KeyExpired',
  'KeyRetired',
  'KeyCompromised',
  'RecordsMismatch',
] as const

/** Why a base is or is not entitled. */
export type EntitlementReason = (typeof ENTITLEMENT_REASONS)[number]

/** The kinds of assessment, by their number on the ledger. */
export const ASSESSMENT_KINDS = ['information', 'safety', 'green'] as const

/** What is assessed. */
export type AssessmentKind = (typeof ASSESSMENT_KINDS)[number]

/** The records that an answer rests on: numbers given by `Entitlements`; 0 where there is none. */
export type EntitlementRecords = { readonly accreditationId: number; readonly standingId: number }

/** What a network's verifiers need to find it; `checkpointKeys` and the name are added by whoever publishes it. */
export type LedgerDescriptor = {
  /** EIP-155 chain id. */
  readonly chainId: number
  /** Hash of block 0, `0x` and 64 hex digits. */
  readonly genesisHash: string
  /** The Directory's address. */
  readonly directory: string
}
