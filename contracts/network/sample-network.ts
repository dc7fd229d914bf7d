/** A founded network on an in-process ledger, for tests: real contracts, real transactions, time under control. */
import { type ContractTransactionResponse, Interface, id, type Signer, sha256, toUtf8Bytes, ZeroHash } from 'ethers'
import type { ContractAddresses, ContractName } from '../abi.ts'
import { deployNetwork } from '../deploy.ts'
import type { Contracts } from '../generated/types.ts'
import { type ContractMethod, connectContracts, encodeCall, type MethodArguments } from './connect.ts'
import { decodeEvent, interfaces } from './events.ts'
import { type Founding, foundNetwork } from './found.ts'
import type { FoundingOfWorks } from './found-works.ts'

/** The timelock's delay of the sample, in seconds. */
export const DELAY = 3600

/** A year, in seconds; the sample's accreditations, assessments and keys last that long from its founding. */
export const YEAR = 31_536_000

/** SHA-256 of a text, for digests, key ids and the like. */
export const digestOf = (text: string): string => sha256(toUtf8Bytes(text))

/** The first key of the sample's base number `baseId`. */
export const keyOf = (baseId: number): string => digestOf(`key of base ${baseId}`)

/** What the sample uses of Hardhat's in-process ledger: `await hre.network.create('inProcess')`. */
export type InProcessLedger = {
  readonly provider: { request(request: { method: string; params: unknown[] }): Promise<unknown> }
  readonly ethers: { getSigners(): Promise<unknown[]>; provider: { getBlock(tag: 'latest'): Promise<{ timestamp: number } | null> } }
  close(): Promise<void>
}

/** What the sample is made of. `as(account)` gives the contracts with another sender. */
export type SampleNetwork = {
  readonly addresses: ContractAddresses
  /** Account 0 founded the network and acts for base 1, account n acts for base n + 1 once admitted. */
  readonly accounts: readonly Signer[]
  /** The contracts with base 1's account as sender. */
  readonly contracts: Contracts
  readonly as: (account: Signer | undefined) => Contracts
  readonly addressOf: (account: Signer | undefined) => Promise<string>
  /** Runs one privileged call through the timelock, waiting for its delay. */
  readonly govern: <Method extends ContractMethod>(method: Method, args: MethodArguments<Method>) => Promise<ContractTransactionResponse>
  /** Time of the latest block, in Unix seconds. */
  readonly now: () => Promise<number>
  /** Moves the ledger's time on and makes a block. */
  readonly advance: (seconds: number) => Promise<void>
  /** Any other request of the in-process ledger. */
  readonly request: (method: string, params?: readonly unknown[]) => Promise<unknown>
  /** Makes the present state the one that `restore` goes back to; at first that is the founded network. */
  readonly keep: () => Promise<void>
  /** Puts everything back as it was, the time too. */
  readonly restore: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Deploys and founds the sample: base 1 with two programmes, three self-assessments and one key; and panels and a minter, unless
 * `works` says otherwise.
 */
export async function createSampleNetwork(
  connection: InProcessLedger,
  options: { readonly works?: FoundingOfWorks } = {},
): Promise<SampleNetwork> {
  // hardhat-ethers' signers are ethers signers of the same version.
  const accounts = (await connection.ethers.getSigners()) as Signer[]
  const [founder] = accounts
  if (founder === undefined) throw new Error('the in-process ledger has no accounts')
  const request = (method: string, params: readonly unknown[] = []) => connection.provider.request({ method, params: [...params] })
  const now = async () => (await connection.ethers.provider.getBlock('latest'))?.timestamp ?? 0
  const { addresses } = await deployNetwork(founder, { delaySeconds: DELAY })
  const contracts = connectContracts(addresses, founder)
  const founding = { ...sampleFounding(await now()), ...(options.works ?? (await sampleFoundingOfWorks(accounts, await now()))) }
  await foundNetwork(founder, addresses, founding)
  const clock = {
    now,
    advance: async (seconds: number) => {
      await request('evm_increaseTime', [seconds])
      await request('evm_mine')
    },
  }
  const addressOf = async (account: Signer | undefined) => (await account?.getAddress()) ?? ''
  const govern = governor(contracts, addresses, clock.advance)
  let snapshot = await request('evm_snapshot')
  const keep = async () => {
    snapshot = await request('evm_snapshot')
  }
  const restore = async () => {
    await request('evm_revert', [snapshot])
    await keep()
  }
  const as = (account: Signer | undefined) => connectContracts(addresses, account ?? founder)
  return { addresses, accounts, contracts, as, addressOf, govern, ...clock, request, keep, restore, close: () => connection.close() }
}

function sampleFounding(now: number): Founding {
  const document = (name: string) => ({ digest: digestOf(name), cid: `cid of ${name}` })
  return {
    didHash: digestOf('did of base 1'),
    didLog: document('log of base 1'),
    programmes: [document('programme 1'), document('programme 2')],
    accreditedUntil: now + YEAR,
    assessments: {
      until: now + YEAR,
      reports: { information: document('information report'), safety: document('safety report'), green: document('green report') },
    },
    issuerKey: { keyId: keyOf(1), until: now + YEAR },
  }
}

/** The accounts that the sample seats on its panels, and the one that mints. */
export const SEATS = { content: [8, 9, 10], technical: [11, 12], expert: [13, 14, 15], minter: 16 } as const

/** Two of three decide on the content panel and the expert committee, one on the technical panel; ten million yuan may be minted a day. */
export async function sampleFoundingOfWorks(accounts: readonly Signer[], now: number): Promise<FoundingOfWorks> {
  const panel = async (seats: readonly number[], quorum: number) => ({
    approvals: quorum,
    rejections: quorum,
    members: await Promise.all(
      seats.map(async (seat) => ({ account: (await accounts[seat]?.getAddress()) ?? '', baseId: 0, until: now + YEAR })),
    ),
  })
  const account = (await accounts[SEATS.minter]?.getAddress()) ?? ''
  return {
    panels: { content: await panel(SEATS.content, 2), technical: await panel(SEATS.technical, 1), expert: await panel(SEATS.expert, 2) },
    minter: { account, limit: 1_000_000_000n, periodSeconds: 86_400 },
  }
}

function governor({ NetworkTimelock }: Contracts, addresses: ContractAddresses, advance: (seconds: number) => Promise<void>) {
  let count = 0
  return async <Method extends ContractMethod>(method: Method, args: MethodArguments<Method>): Promise<ContractTransactionResponse> => {
    const { to, data } = encodeCall(addresses, method, args)
    const delay = await NetworkTimelock.getMinDelay()
    const salt = id(`governance ${count++}`)
    await NetworkTimelock.schedule(to, 0, data, ZeroHash, salt, delay)
    if (delay > 0n) await advance(Number(delay))
    return NetworkTimelock.execute(to, 0, data, ZeroHash, salt)
  }
}

/** Admits account n as base n + 1, and has the root assess it and accept a key of its own. */
export async function admitBase(
  network: SampleNetwork,
  { baseId, parent, tier }: { baseId: number; parent: number; tier: number },
): Promise<void> {
  const { govern, accounts, addressOf, contracts, as, now } = network
  const account = accounts[baseId - 1]
  const identity = {
    didHash: digestOf(`did of base ${baseId}`),
    didLogDigest: digestOf(`log of base ${baseId}`),
    didLogCid: `cid of log ${baseId}`,
  }
  await govern('BaseRegistry.admit', [await addressOf(account), parent, tier, identity])
  const until = (await now()) + YEAR
  for (const kind of [0, 1, 2]) await contracts.Entitlements.signAssessment(1, baseId, kind, until, digestOf('report'), 'cid of report')
  await as(account).Entitlements.addIssuerKey(baseId, keyOf(baseId), until)
}

/** Admits bases 2, 3 and 4 one below the other, each accredited for programme 1 by the one above: accreditations 3, 4 and 5. */
export async function addThreeLevels(network: SampleNetwork): Promise<void> {
  for (const baseId of [2, 3, 4]) await admitBase(network, { baseId, parent: baseId - 1, tier: baseId })
  const { until } = await network.contracts.Entitlements.accreditationOf(1)
  for (const baseId of [2, 3, 4]) {
    const parent = baseId === 2 ? 1 : baseId
    await network.as(network.accounts[baseId - 2]).Entitlements.accredit(parent, baseId, 1, until, true)
  }
}

/** Every error that a contract of the network, or OpenZeppelin's code in it, can answer with. */
const errorCodec = new Interface([
  ...Object.values(interfaces).flatMap((codec) => codec.fragments.filter((fragment) => fragment.type === 'error')),
  'error FailedCall()',
])

/**
 * The error that a call is refused with, as `Name(values, …)`; undefined when it went through.
 * @throws what is no refusal by a contract, such as a wrong argument
 */
export async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    const data = findRevertData(error)
    const description = data === undefined ? null : errorCodec.parseError(data)
    if (description === null) throw error
    return `${description.name}(${description.args.map(String).join(', ')})`
  }
}

function findRevertData(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('data' in error && typeof error.data === 'string' && error.data.length >= 10) return error.data
  for (const key of ['error', 'info', 'cause']) {
    const found = key in error ? findRevertData((error as Record<string, unknown>)[key]) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** The events of a transaction, as `decodeEvent` reads them. */
export async function eventsOf(addresses: ContractAddresses, sent: Promise<ContractTransactionResponse>) {
  const receipt = await (await sent).wait()
  return (receipt?.logs ?? []).map((log) => decodeEvent(addresses, log))
}

/** The gas of a whole transaction. */
export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())?.gasUsed)
}

/** The names of a contract's functions that change something. */
export function writingFunctions(contract: ContractName): string[] {
  return interfaces[contract].fragments
    .filter(
      (fragment) =>
        fragment.type === 'function' && 'stateMutability' in fragment && !['view', 'pure'].includes(String(fragment.stateMutability)),
    )
    .map((fragment) => ('name' in fragment ? String(fragment.name) : ''))
}
