/** A founded network with works of every depth and width, and what the calls on them cost. Not a figure itself. */
import { encodeCall, WORK_TYPES, workDomain } from '@guildhall/contracts'
import { createSampleNetwork, digestOf, type SampleNetwork } from '@guildhall/contracts/sample-network'
import hre from 'hardhat'

/** The native coin, as the RoyaltyLedger calls it. */
export const NATIVE = '0x0000000000000000000000000000000000000000'

/** What a payment is for. */
export const CAUSE = digestOf('licence 7')

/** What a parent is owed, in millionths: ten percent. */
const SHARE = 100_000

/** What a transaction may use at most since EIP-7825. */
export const TRANSACTION_CAP = 16_777_216

/** Builds the network, measures on it, and takes it down. */
export async function withWorks<Value>(measure: (network: SampleNetwork) => Promise<Value>): Promise<Value> {
  const network = await createSampleNetwork(await hre.network.create('inProcess'))
  try {
    return await measure(network)
  } finally {
    await network.close()
  }
}

/** A work of base 1, held by base 1's account, made from `parents`, with `contributors` accounts that share the rest. */
async function registrationOf(network: SampleNetwork, parents: readonly number[], share = SHARE) {
  const holder = await network.addressOf(network.accounts[0])
  return {
    holder,
    homeBase: 1,
    askedShare: share,
    deadline: 0,
    contentDigest: digestOf(`content made from ${parents.join()}`),
    termsHash: digestOf('terms'),
    codec: '0x70',
    parents: parents.map((parentId) => ({ parentId, share, kind: 0 })),
    contributors: [{ account: holder, share: 1_000_000 }],
  }
}

/** Registers a work, and answers with its number. */
export async function register(network: SampleNetwork, parents: readonly number[], share = SHARE): Promise<number> {
  const { ResourceRegistry } = network.contracts
  await (await ResourceRegistry.register(await registrationOf(network, parents, share), '0x', [])).wait()
  return Number(await ResourceRegistry.workCount())
}

/** Registers a chain of works, each made from the one before, and answers with their numbers, the root first. */
export async function registerChain(network: SampleNetwork, length: number, share = SHARE): Promise<number[]> {
  const { ResourceRegistry } = network.contracts
  const first = Number(await ResourceRegistry.workCount()) + 1
  const numbers = Array.from({ length }, (_, index) => first + index)
  await registerAll(
    network,
    numbers.map((_, index) => (index === 0 ? [] : [first + index - 1])),
    share,
  )
  return numbers
}

/** Registers works, 60 in a transaction. */
export async function registerAll(network: SampleNetwork, parents: readonly (readonly number[])[], share = SHARE): Promise<void> {
  const inOne = 60
  for (let start = 0; start < parents.length; start += inOne) {
    const calls = []
    for (const each of parents.slice(start, start + inOne)) {
      const registration = await registrationOf(network, each, share)
      calls.push(encodeCall(network.addresses, 'ResourceRegistry.register', [registration, '0x', []]).data)
    }
    await (await network.contracts.ResourceRegistry.multicall(calls)).wait()
  }
}

/** The gas of a transaction. */
export async function gasOf(sent: Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>): Promise<number> {
  return Number((await (await sent).wait())?.gasUsed)
}

/** Measures at a work of depth 1, at one of depth 64 and at one `depth` deep. */
export function atDepths(depth: number, measure: (network: SampleNetwork, work: number) => Promise<number>): Promise<number[]> {
  return withWorks(async (network) => {
    const chain = await registerChain(network, depth)
    const gas = []
    for (const each of [1, 64, depth]) gas.push(await measure(network, chain[each - 1] ?? 0))
    return gas
  })
}

/** The gas of registering a work made from `count` others, which a base does for a creator who has signed. */
export function gasOfSignedRegistration(count: number): Promise<number> {
  return withWorks(async (network) => {
    const share = SHARE / count
    const parents = []
    for (let index = 0; index < count; index++) parents.push(await register(network, [], share))
    const creator = network.accounts[4]
    if (creator === undefined) throw new Error('the sample has too few accounts')
    const holder = await network.addressOf(creator)
    const registration = {
      ...(await registrationOf(network, parents, share)),
      holder,
      deadline: (await network.now()) + 1000,
      contributors: [{ account: holder, share: 1_000_000 }],
    }
    const domain = workDomain(31_337, network.addresses.ResourceRegistry)
    const signature = await creator.signTypedData(domain, WORK_TYPES.Registration, registration)
    return gasOf(network.contracts.ResourceRegistry.register(registration, signature, []))
  })
}
