/** Contracts connected to a ledger, and calls encoded for an outbox. */
import { BaseContract, type ContractRunner, encodeBytes32String } from 'ethers'
import { type ContractAddresses, type ContractName, ENTITLEMENT_REASONS, type EntitlementReason, type EntitlementRecords } from '../abi.ts'
import { ContractsError } from '../errors.ts'
import type { ContractCalls, Contracts, DirectoryContract } from '../generated/types.ts'
import { interfaces } from './events.ts'

/** The service roles of a base, as the bits of `BaseRegistry.setServices`: who may invite, and who may sign which assessment. */
export const SERVICES = { admitting: 1n, information: 2n, safety: 4n, green: 8n } as const

/** The panels of ReviewPanels, by their number on the ledger. */
export const PANELS = ['content', 'technical', 'expert'] as const

/** One of them. */
export type Panel = (typeof PANELS)[number]

/** Connects every contract of a network to a provider (to read) or a signer (to write). */
export function connectContracts(addresses: ContractAddresses, runner: ContractRunner): Contracts {
  const names = Object.keys(interfaces) as ContractName[]
  // The generated types describe what ethers builds from the ABI at run time, which it cannot type itself.
  return Object.fromEntries(
    names.map((name) => [name, new BaseContract(addresses[name], interfaces[name], runner)]),
  ) as unknown as Contracts
}

/**
 * Finds the present contracts of a network from its Directory alone.
 * @throws CONTRACTS_NOT_A_NETWORK when the address is no Guildhall Directory, or founding has not finished
 */
export async function findContracts(directory: string, runner: ContractRunner): Promise<ContractAddresses> {
  const contract = new BaseContract(directory, interfaces.Directory, runner) as unknown as DirectoryContract
  const found: Partial<Record<ContractName, string>> = { Directory: directory }
  for (const name of Object.keys(interfaces) as ContractName[]) {
    if (name === 'Directory') continue
    const address = await contract.addressOf(encodeBytes32String(name)).catch((cause: unknown) => refuseDirectory(directory, name, cause))
    if (BigInt(address) === 0n) refuseDirectory(directory, name)
    found[name] = address
  }
  return found as ContractAddresses
}

/** A transaction's target and data. */
export type EncodedCall = { readonly to: string; readonly data: string }

/** `Contract.method` of everything that changes something. */
export type ContractMethod = {
  [Contract in ContractName]: `${Contract}.${keyof ContractCalls[Contract] & string}`
}[ContractName]

/** The arguments of a method by its `Contract.method` name. */
export type MethodArguments<Method extends ContractMethod> = Method extends `${infer Contract extends ContractName}.${infer Name}`
  ? Name extends keyof ContractCalls[Contract]
    ? ContractCalls[Contract][Name]
    : never
  : never

/**
 * Encodes one call, for an outbox that sends it later.
 * @example encodeCall(addresses, 'CredentialAnchors.anchor', [baseId, programmeId, keyId, accreditationId, size, root])
 */
export function encodeCall<Method extends ContractMethod>(
  addresses: ContractAddresses,
  method: Method,
  args: MethodArguments<Method>,
): EncodedCall {
  const [contract, name] = method.split('.') as [ContractName, string]
  return { to: addresses[contract], data: interfaces[contract].encodeFunctionData(name, args as readonly unknown[]) }
}

/** An answer of `Entitlements.entitlementOf` as plain values. */
export type Entitlement = {
  readonly reason: EntitlementReason
  readonly records: EntitlementRecords
  /** The time had passed when the ledger answered, so that nothing can change the answer. */
  readonly isFinal: boolean
}

/** Who, for what, with which key, when. `keyId`: SHA-256 of the raw Ed25519 public key; `time`: Unix seconds. */
export type EntitlementQuestion = {
  readonly baseId: number
  readonly programmeId: number
  readonly keyId: string
  readonly time: number
}

/**
 * Asks the ledger whether a base is or was entitled, why, and by which records.
 * @throws CONTRACTS_VERSION_UNKNOWN for a reason that a later version of the contract gave
 */
export async function readEntitlement(contracts: Pick<Contracts, 'Entitlements'>, question: EntitlementQuestion): Promise<Entitlement> {
  const { baseId, programmeId, keyId, time } = question
  const answer = await contracts.Entitlements.entitlementOf(baseId, programmeId, keyId, time)
  const reason = ENTITLEMENT_REASONS[Number(answer.reason)]
  if (reason === undefined) throw new ContractsError('CONTRACTS_VERSION_UNKNOWN', `The ledger gave reason ${answer.reason}.`)
  const { accreditationId, standingId } = answer.records
  return { reason, records: { accreditationId: Number(accreditationId), standingId: Number(standingId) }, isFinal: answer.isFinal }
}

function refuseDirectory(directory: string, name: string, cause?: unknown): never {
  throw new ContractsError('CONTRACTS_NOT_A_NETWORK', `The Directory at ${directory} does not list ${name}.`, { cause })
}
