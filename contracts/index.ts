/** The contracts' typed face for Node: connected contracts, encoded calls, decoded events, deployment and founding. */
export {
  ASSESSMENT_KINDS,
  type AssessmentKind,
  type ContractAddresses,
  type ContractName,
  ENTITLEMENT_REASONS,
  type EntitlementReason,
  type EntitlementRecords,
  type LedgerDescriptor,
} from './abi.ts'
export {
  type Assertion,
  accountInterfaces,
  accountOfPasskey,
  DETERMINISTIC_DEPLOYER,
  type Deployment,
  ENTRY_POINT,
  encodeAssertion,
  findOutcome,
  handleOperation,
  hashOperation,
  type Operation,
  type PackedOperation,
  type PasskeyKey,
  packOperation,
  planAccounts,
  type SponsorLimits,
} from './accounts/operations.ts'
export { checkLedgerRules, type DeployedNetwork, type DeployOptions, deployNetwork, describeLedger, planAddresses } from './deploy.ts'
export { CONTRACTS_ERROR_CODES, ContractsError, type ContractsErrorCode } from './errors.ts'
export type {
  BaseRegistryContract,
  ContractCalls,
  ContractEvents,
  Contracts,
  CredentialAnchorsContract,
  DirectoryContract,
  EntitlementsContract,
  LicencesContract,
  NetworkTimelockContract,
  ResourceRegistryContract,
  ReviewPanelsContract,
  RoyaltyLedgerContract,
  SettlementTokenContract,
  StatusListsContract,
  UsageReceiptsContract,
} from './generated/types.ts'
export {
  type ContractMethod,
  connectContracts,
  type EncodedCall,
  type Entitlement,
  type EntitlementQuestion,
  encodeCall,
  findContracts,
  type MethodArguments,
  PANELS,
  type Panel,
  readEntitlement,
  SERVICES,
} from './network/connect.ts'
export {
  abis,
  type ContractEvent,
  type ContractEventName,
  type ContractEventOf,
  contractEventNames,
  decodeEvent,
  interfaces,
} from './network/events.ts'
export { type DocumentReference, type FoundedNetwork, type Founding, foundNetwork } from './network/found.ts'
export type { FoundingMinter, FoundingOfWorks, FoundingPanel } from './network/found-works.ts'
export { type Admission, signAdmission } from './network/invite.ts'
export { type Caller, permissions } from './permissions.ts'
export {
  ASK_FIRST,
  type Contributor,
  type Edge,
  hashContributors,
  type Registration,
  WHOLE,
  WORK_TYPES,
  workDomain,
} from './resources/works/typed-data.ts'
