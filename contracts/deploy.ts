/** Puts a network's contracts on an empty ledger, over any ethers signer; begun again after a crash it goes on where it was. */
import { AbiCoder, concat, getCreateAddress, type Provider, type Signer, type TransactionResponse } from 'ethers'
import type { ContractAddresses, ContractName, LedgerDescriptor } from './abi.ts'
import { ContractsError } from './errors.ts'
import { bytecode } from './generated/bytecode.ts'

/** How a network is deployed. */
export type DeployOptions = {
  /** The timelock's delay from the second base on, in seconds; two days when left out. With one base there is none. */
  readonly delaySeconds?: number
  /**
   * The account's nonce at which the deployment begins; the present one when left out. Keep it (see `planAddresses`) and pass it
   * again after a crash: what is on the ledger already is not sent again.
   */
  readonly firstNonce?: number
  /** Who may pause a contract in an emergency; the deploying account when left out. */
  readonly guardian?: string
  /** Who may propose to, cancel in and execute from the timelock; the deploying account alone when left out. */
  readonly founders?: readonly string[]
  /** How long to wait for the ledger to take all of it, in milliseconds; two minutes when left out. */
  readonly timeoutMs?: number
}

/** A deployed network, not founded yet. */
export type DeployedNetwork = {
  readonly addresses: ContractAddresses
  readonly descriptor: LedgerDescriptor
  /** The nonce at which the deployment began. */
  readonly firstNonce: number
}

/** The contracts in the order of their deployment, each with the arguments of its constructor. */
const STEPS: readonly { name: ContractName; types: readonly string[]; values: (plan: Plan) => readonly unknown[] }[] = [
  {
    name: 'NetworkTimelock',
    types: ['address', 'address', 'uint256', 'address[]'],
    values: ({ addresses, delaySeconds, founders }) => [addresses.Directory, addresses.BaseRegistry, delaySeconds, founders],
  },
  { name: 'Directory', types: ['address', 'address'], values: ({ addresses, guardian }) => [addresses.NetworkTimelock, guardian] },
  {
    name: 'BaseRegistry',
    types: ['address', 'address', 'address'],
    values: ({ addresses }) => [addresses.Directory, addresses.NetworkTimelock, addresses.Entitlements],
  },
  {
    name: 'Entitlements',
    types: ['address', 'address', 'address'],
    values: ({ addresses }) => [addresses.Directory, addresses.NetworkTimelock, addresses.BaseRegistry],
  },
  { name: 'CredentialAnchors', types: ['address', 'address'], values: ({ addresses }) => [addresses.Directory, addresses.Entitlements] },
  { name: 'StatusLists', types: ['address', 'address'], values: ({ addresses }) => [addresses.Directory, addresses.BaseRegistry] },
  {
    name: 'ResourceRegistry',
    types: ['address', 'address', 'address', 'address'],
    values: ({ addresses }) => [addresses.Directory, addresses.NetworkTimelock, addresses.Entitlements, addresses.ReviewPanels],
  },
  {
    name: 'RoyaltyLedger',
    types: ['address', 'address', 'address'],
    values: ({ addresses }) => [addresses.Directory, addresses.NetworkTimelock, addresses.ResourceRegistry],
  },
  {
    name: 'ReviewPanels',
    types: ['address', 'address', 'address', 'address'],
    values: ({ addresses }) => [addresses.Directory, addresses.NetworkTimelock, addresses.BaseRegistry, addresses.ResourceRegistry],
  },
  {
    name: 'Licences',
    types: ['address', 'address', 'address', 'address', 'address', 'address'],
    values: ({ addresses }) => [
      addresses.Directory,
      addresses.NetworkTimelock,
      addresses.BaseRegistry,
      addresses.ResourceRegistry,
      addresses.ReviewPanels,
      addresses.RoyaltyLedger,
    ],
  },
  {
    name: 'UsageReceipts',
    types: ['address', 'address', 'address', 'address', 'address', 'address'],
    values: ({ addresses }) => [
      addresses.Directory,
      addresses.NetworkTimelock,
      addresses.BaseRegistry,
      addresses.ResourceRegistry,
      addresses.Licences,
      addresses.RoyaltyLedger,
    ],
  },
  { name: 'SettlementToken', types: ['address', 'address'], values: ({ addresses }) => [addresses.Directory, addresses.NetworkTimelock] },
]

type Plan = { addresses: ContractAddresses; delaySeconds: number; guardian: string; founders: readonly string[] }

const TWO_DAYS = 172_800
const TWO_MINUTES_MS = 120_000

/**
 * Deploys the contracts. All twelve transactions are sent with the nonces from `firstNonce` on, so their addresses are known
 * before, and a second run with the same `firstNonce` finds them.
 * @throws CONTRACTS_RULES_MISSING on a ledger without the rules, CONTRACTS_DEPLOYMENT_BROKEN when the account has used one of the
 *   nonces for something else, CONTRACTS_NO_PROVIDER for a signer without a ledger
 */
export async function deployNetwork(signer: Signer, options: DeployOptions = {}): Promise<DeployedNetwork> {
  const provider = providerOf(signer)
  await checkLedgerRules(provider)
  const account = await signer.getAddress()
  const firstNonce = options.firstNonce ?? (await provider.getTransactionCount(account))
  const plan = {
    addresses: planAddresses(account, firstNonce),
    delaySeconds: options.delaySeconds ?? TWO_DAYS,
    guardian: options.guardian ?? account,
    founders: options.founders ?? [account],
  }
  const sent = []
  for (const [index] of STEPS.entries()) sent.push(await sendStep(signer, plan, { index, nonce: firstNonce + index }))
  const timeoutMs = options.timeoutMs ?? TWO_MINUTES_MS
  await Promise.all(sent.map((transaction) => transaction?.wait(1, timeoutMs)))
  await checkDeployed(provider, plan.addresses)
  return { addresses: plan.addresses, descriptor: await describeLedger(provider, plan.addresses.Directory), firstNonce }
}

/** Where the contracts will be when `account` deploys them from nonce `firstNonce` on. */
export function planAddresses(account: string, firstNonce: number): ContractAddresses {
  const entries = STEPS.map(({ name }, index) => [name, getCreateAddress({ from: account, nonce: firstNonce + index })])
  return Object.fromEntries(entries) as ContractAddresses
}

/**
 * Checks that the ledger runs the Osaka rules that the contracts and learners' passkeys need: the opcodes PUSH0, MCOPY and CLZ and
 * the P-256 precompile of EIP-7951; and, when one is given, that it has the chain id expected.
 * @throws CONTRACTS_RULES_MISSING naming the rule, CONTRACTS_WRONG_CHAIN naming both ids
 */
export async function checkLedgerRules(provider: Provider, expectedChainId?: number): Promise<void> {
  const { chainId } = await provider.getNetwork()
  if (expectedChainId !== undefined && chainId !== BigInt(expectedChainId)) {
    throw new ContractsError('CONTRACTS_WRONG_CHAIN', `The ledger’s chain id is ${chainId}, and ${expectedChainId} was expected.`)
  }
  for (const { rule, call, answer } of RULES) {
    const got = await provider.call(call).catch((cause: unknown) => refuseRule(rule, cause))
    if (BigInt(got === '0x' ? 0 : got) !== answer) refuseRule(rule)
  }
}

/** Initialisation code: CLZ(1) is stored, copied by MCOPY and returned; PUSH0 stands for the zeros. EIP-3855, 5656, 7939. */
const OPCODES = '0x60011e5f5260205f60205e60206020f3'

/** A signature over SHA-256("guildhall") by a key made for this check: hash, r, s, x, y. EIP-7951. */
const P256_INPUT =
  '0x2176862b301924ac7545da9c34481ad7c32fb1bb9278df258eaaebfe4e2582729814aa9644ed5901e239d94f4d53f5f0d3cb54b3fc9f9a3abede0e73cb492a47' +
  '1431d7d6a6b3400b4de41cd0fc1900683a85c8a58cde66bd86fa9bc50a79b7bbdd848218420c9f5eed418c6e4524226e17269bc5c57f7018a426f408fd4f312d' +
  '352fe15bb35f466e008de3fb588b7f24aa7474e66b2c5d4c0063e99f0e507400'

const RULES = [
  { rule: 'opcodes PUSH0, MCOPY and CLZ', call: { data: OPCODES }, answer: 255n },
  { rule: 'P-256 precompile at 0x100', call: { to: `0x${'100'.padStart(40, '0')}`, data: P256_INPUT }, answer: 1n },
]

/** What identifies a network’s ledger: its chain id, its first block and its Directory. */
export async function describeLedger(provider: Provider, directory: string): Promise<LedgerDescriptor> {
  const [{ chainId }, genesis] = await Promise.all([provider.getNetwork(), provider.getBlock(0)])
  if (!genesis?.hash) throw new ContractsError('CONTRACTS_NOT_A_NETWORK', 'The ledger does not give its first block.')
  return { chainId: Number(chainId), genesisHash: genesis.hash, directory }
}

/** The signer's ledger. */
function providerOf(signer: Signer): Provider {
  if (signer.provider === null) throw new ContractsError('CONTRACTS_NO_PROVIDER', 'The signer has no ledger to send to.')
  return signer.provider
}

type StepAt = { index: number; nonce: number }

async function sendStep(signer: Signer, plan: Plan, { index, nonce }: StepAt): Promise<TransactionResponse | undefined> {
  const step = STEPS[index]
  if (step === undefined) return undefined
  const provider = providerOf(signer)
  if ((await provider.getCode(plan.addresses[step.name])) !== '0x') return undefined
  const used = await provider.getTransactionCount(await signer.getAddress())
  if (used > nonce) {
    // The nonce may have been used by this very deployment since the code was asked for.
    if ((await provider.getCode(plan.addresses[step.name])) !== '0x') return undefined
    throw new ContractsError('CONTRACTS_DEPLOYMENT_BROKEN', `Nonce ${nonce} of the account is used, and ${step.name} is not there.`)
  }
  const data = concat([bytecode[step.name], AbiCoder.defaultAbiCoder().encode(step.types, step.values(plan))])
  return signer.sendTransaction({ data, nonce }).catch((cause: unknown) => awaitEarlier(provider, plan.addresses[step.name], cause))
}

/** How ledgers say that a transaction with this nonce is in their pool already. */
const POOLED = /already known|already imported|known transaction|underpriced|nonce too low|nonce has already been used/i

/** A run before a crash may have left this very transaction in the pool, which then refuses a second one: wait for the first. */
async function awaitEarlier(provider: Provider, address: string, cause: unknown): Promise<undefined> {
  if (!POOLED.test(String(cause))) throw cause
  const attempts = 40
  for (let attempt = 0; attempt < attempts; attempt++) {
    if ((await provider.getCode(address)) !== '0x') return undefined
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw cause
}

async function checkDeployed(provider: Provider, addresses: ContractAddresses): Promise<void> {
  for (const { name } of STEPS) {
    if ((await provider.getCode(addresses[name])) !== '0x') continue
    throw new ContractsError('CONTRACTS_DEPLOYMENT_BROKEN', `${name} is not at ${addresses[name]} after its transaction.`)
  }
}

function refuseRule(rule: string, cause?: unknown): never {
  throw new ContractsError('CONTRACTS_RULES_MISSING', `The ledger has not the ${rule}.`, { cause })
}
