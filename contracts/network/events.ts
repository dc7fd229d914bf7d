/** What the contracts emitted, as plain values: the input of the event index. */
import { Interface, type InterfaceAbi, type LogDescription, type ParamType } from 'ethers'
import type { ContractAddresses, ContractName } from '../abi.ts'
import { ContractsError } from '../errors.ts'
import {
  baseRegistryAbi,
  credentialAnchorsAbi,
  directoryAbi,
  entitlementsAbi,
  licencesAbi,
  networkTimelockAbi,
  resourceRegistryAbi,
  reviewPanelsAbi,
  royaltyLedgerAbi,
  settlementTokenAbi,
  statusListsAbi,
  usageReceiptsAbi,
} from '../generated/abis.ts'
import type { ContractEvents } from '../generated/types.ts'

/** The whole ABI of every contract. */
export const abis = {
  NetworkTimelock: networkTimelockAbi,
  Directory: directoryAbi,
  BaseRegistry: baseRegistryAbi,
  Entitlements: entitlementsAbi,
  CredentialAnchors: credentialAnchorsAbi,
  StatusLists: statusListsAbi,
  ResourceRegistry: resourceRegistryAbi,
  RoyaltyLedger: royaltyLedgerAbi,
  ReviewPanels: reviewPanelsAbi,
  Licences: licencesAbi,
  UsageReceipts: usageReceiptsAbi,
  SettlementToken: settlementTokenAbi,
} as const satisfies Record<ContractName, InterfaceAbi>

/** One codec a contract. */
export const interfaces: Readonly<Record<ContractName, Interface>> = {
  NetworkTimelock: new Interface(networkTimelockAbi),
  Directory: new Interface(directoryAbi),
  BaseRegistry: new Interface(baseRegistryAbi),
  Entitlements: new Interface(entitlementsAbi),
  CredentialAnchors: new Interface(credentialAnchorsAbi),
  StatusLists: new Interface(statusListsAbi),
  ResourceRegistry: new Interface(resourceRegistryAbi),
  RoyaltyLedger: new Interface(royaltyLedgerAbi),
  ReviewPanels: new Interface(reviewPanelsAbi),
  Licences: new Interface(licencesAbi),
  UsageReceipts: new Interface(usageReceiptsAbi),
  SettlementToken: new Interface(settlementTokenAbi),
}

/** Every event there is: `contract` and `event` tell which, `args` are its decoded arguments. */
export type ContractEvent = {
  [Contract in ContractName]: {
    [Event in keyof ContractEvents[Contract] & string]: {
      readonly contract: Contract
      readonly event: Event
      readonly args: ContractEvents[Contract][Event]
    }
  }[keyof ContractEvents[Contract] & string]
}[ContractName]

/** `Contract.Event`, for tables of handlers: `satisfies Record<ContractEventName, Handler>`. */
export type ContractEventName = ContractEvent extends infer Each
  ? Each extends { contract: infer Contract extends string; event: infer Event extends string }
    ? `${Contract}.${Event}`
    : never
  : never

/** One event by its `Contract.Event` name. */
export type ContractEventOf<Name extends ContractEventName> = Name extends `${infer Contract}.${infer Event}`
  ? Extract<ContractEvent, { contract: Contract; event: Event }>
  : never

/** The names of all events, `Contract.Event`. */
export const contractEventNames: readonly ContractEventName[] = Object.entries(interfaces).flatMap(([contract, codec]) =>
  codec.fragments
    .filter((fragment) => fragment.type === 'event')
    .map((fragment) => `${contract}.${'name' in fragment ? fragment.name : ''}` as ContractEventName),
)

/**
 * Decodes one log of a network. Integers of up to 48 bits become numbers, wider ones bigints; structs become objects; bytes
 * are lower-case hex; addresses are checksummed.
 * @returns undefined for a log of another contract, or of an event that this version does not know
 * @throws CONTRACTS_VERSION_UNKNOWN for an event that is known by its topic and cannot be read
 */
export function decodeEvent(
  addresses: ContractAddresses,
  log: { readonly address: string; readonly topics: readonly string[]; readonly data: string },
): ContractEvent | undefined {
  const emitter = log.address.toLowerCase()
  // A base that joined before a contract existed knows no address of it.
  const contract = (Object.keys(interfaces) as ContractName[]).find((name) => addresses[name]?.toLowerCase() === emitter)
  if (contract === undefined) return undefined
  const description = parse(interfaces[contract], log)
  if (description === null) return undefined
  const args = Object.fromEntries(description.fragment.inputs.map((input, index) => [input.name, plain(input, description.args[index])]))
  return { contract, event: description.name, args } as ContractEvent
}

function parse(codec: Interface, { topics, data }: { readonly topics: readonly string[]; readonly data: string }): LogDescription | null {
  try {
    const description = codec.parseLog({ topics: [...topics], data })
    // Some arguments are only read, and found unreadable, when they are taken.
    description?.args.toArray(true)
    return description
  } catch (cause) {
    throw new ContractsError('CONTRACTS_VERSION_UNKNOWN', `A log with topic ${topics[0]} cannot be read.`, { cause })
  }
}

function plain(type: ParamType, value: unknown): unknown {
  if (type.arrayChildren !== null && Array.isArray(value)) {
    const child = type.arrayChildren
    return [...value].map((each) => plain(child, each))
  }
  if (type.components !== null && Array.isArray(value)) {
    return Object.fromEntries(type.components.map((component, index) => [component.name, plain(component, value[index])]))
  }
  const bits = /^u?int(\d+)$/.exec(type.type)?.[1]
  return bits !== undefined && Number(bits) <= 48 ? Number(value) : value
}
