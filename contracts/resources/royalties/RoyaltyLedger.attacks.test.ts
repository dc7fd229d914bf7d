import { type BaseContract, ContractFactory, type Signer, toBeHex, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addThreeLevels, createSampleNetwork, digestOf, gasOf, refusalOf, type SampleNetwork } from '../../network/sample-network.ts'
import { type Contributor, type Edge, WHOLE } from '../works/typed-data.ts'

const NATIVE = ZeroAddress
const FOREVER = 2 ** 40 - 1
const TRANSACTION_CAP = 16_777_216
const ENTERED = '0x3ee5aeb5'

let network: SampleNetwork
let who: string[]
/** Held by account 1, which is base 2's; account 5 has all of it. Asks a tenth. */
let victim: number
let token: BaseContract & Record<'mint' | 'approve' | 'callBack' | 'passed' | 'answer', (...args: unknown[]) => Promise<unknown>>
let odd: string

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  who = await Promise.all(network.accounts.map(network.addressOf))
  await network.govern('ResourceRegistry.setArbiter', [at(7)])
  await network.govern('Directory.setGuardian', [at(17)])
  victim = await register([], sole(5), 100_000)
  token = await deployToken()
  odd = await token.getAddress()
  await network.govern('RoyaltyLedger.acceptToken', [odd, true])
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const ledger = (account = 4) => network.as(network.accounts[account]).RoyaltyLedger
const registry = (account = 1) => network.as(network.accounts[account]).ResourceRegistry
const at = (account: number) => who[account] ?? ''
const sole = (account: number): Contributor[] => [{ account: at(account), share: WHOLE }]
const edge = (parentId: number, share: number): Edge => ({ parentId, share, kind: 0 })
const payNative = (workId: number, amount: bigint) => ledger().pay(workId, NATIVE, amount, ZeroHash, { value: amount })
const received = async (workId: number, coin = NATIVE, epoch = 1) => (await ledger().sumsOf(workId, epoch, coin)).received
const withdrawal = (workId: number, account: number, contributors = sole(account)) => ({
  workId,
  epoch: 1,
  token: NATIVE,
  ownShare: WHOLE,
  index: contributors.findIndex((each) => each.account === at(account)),
  to: at(account),
  contributors,
})

async function deployToken(): Promise<typeof token> {
  const { abi, bytecode } = await hre.artifacts.readArtifact('OddToken')
  const deployed = (await new ContractFactory(abi, bytecode, network.accounts[4] as Signer).deploy()) as unknown as typeof token
  await deployed.mint(at(4), 2n ** 200n)
  await deployed.approve(network.addresses.RoyaltyLedger, 2n ** 256n - 1n)
  return deployed
}

async function register(parents: readonly Edge[], contributors: readonly Contributor[], askedShare = 0, base = 2): Promise<number> {
  const holder = at(base - 1)
  const [contentDigest, termsHash] = [digestOf('content'), digestOf('terms')]
  const work = { holder, homeBase: base, askedShare, deadline: 0, contentDigest, termsHash, codec: '0x55', parents, contributors }
  await registry(base - 1).register(work, '0x', [])
  return Number(await registry().workCount())
}

describe('attacks', () => {
  it('given one coin is sent for two payments in a multicall it refuses them', async () => {
    const { interface: codec } = ledger()
    const pay = codec.encodeFunctionData('pay', [victim, NATIVE, 10, ZeroHash])
    const data = codec.encodeFunctionData('multicall', [[pay, pay]])
    const to = network.addresses.RoyaltyLedger
    await expect(network.accounts[4]?.sendTransaction({ to, data, value: 10 })).rejects.toThrow()
    expect(await refusalOf(ledger().multicall([pay]))).toBe('RoyaltyLedgerValueMismatch(0, 10)')
    expect(await received(victim)).toBe(0n)
  })

  it('given coins are forced upon the ledger it keeps its books, and owes nobody more', async () => {
    await payNative(victim, 100n)
    await network.request('hardhat_setBalance', [network.addresses.RoyaltyLedger, toBeHex(10n ** 18n)])
    await ledger().flow(NATIVE, [victim])
    expect(await ledger().withdraw.staticCall(withdrawal(victim, 5))).toBe(100n)
    await ledger().withdraw(withdrawal(victim, 5))
    expect(await refusalOf(ledger().withdraw(withdrawal(victim, 5)))).toMatch(/^RoyaltyLedgerNothingOwed/)
  })

  it('given a token is paid up to the last of 128 bits it refuses more, and neither wraps nor stops other works and coins', async () => {
    const most = 2n ** 128n - 1n
    const [child, sibling] = [await register([edge(victim, WHOLE)], sole(6)), await register([edge(victim, 100_000)], sole(6))]
    await ledger().pay(victim, odd, most, ZeroHash)
    await expect(ledger().pay(victim, odd, 1, ZeroHash)).rejects.toThrow(/overflow|0x11/)
    await ledger().pay(child, odd, 5, ZeroHash)
    await expect(ledger().flow(odd, [child])).rejects.toThrow(/overflow|0x11/)
    expect([await received(victim, odd), await received(child, odd)]).toEqual([most, 5n])
    await payNative(sibling, 100n)
    await ledger().flow(NATIVE, [sibling])
    expect(await received(victim)).toBe(10n)
  })

  it("given someone collects with a token of the attacker's own it counts nothing", async () => {
    const fake = await (await deployToken()).getAddress()
    expect(await refusalOf(ledger().collect(victim, fake))).toBe('RoyaltyLedgerAmountRefused(0)')
    expect(await refusalOf(ledger().pay(victim, fake, 10, ZeroHash))).toBe(`RoyaltyLedgerTokenRefused(${fake})`)
    expect(await received(victim, fake)).toBe(0n)
  })

  it("given a token that calls back has the work's own address pay in between it refuses that payment", async () => {
    const receiver = await ledger().receiverOf(victim)
    await network.accounts[8]?.sendTransaction({ to: receiver, value: 30 })
    const { interface: codec } = ledger()
    await token.callBack(network.addresses.RoyaltyLedger, codec.encodeFunctionData('collect', [victim, NATIVE]))
    await ledger().pay(victim, odd, 10, ZeroHash)
    expect([await token.passed(), await token.answer()]).toEqual([false, ENTERED])
    expect([await received(victim), await received(victim, odd)]).toEqual([0n, 10n])
  })

  it('given the guardian would shorten the freeze of the arbiter, or freeze on and on, it refuses', async () => {
    await registry(7).freeze(victim, FOREVER, ZeroHash)
    const soon = (await network.now()) + 10
    expect(await refusalOf(registry(17).freeze(victim, soon, ZeroHash))).toBe(`ResourceRegistryFreezeRefused(${victim}, ${soon}, 0)`)
    expect(await registry().isFrozen(victim)).toBe(true)
  })

  it('given a frozen work is shared out anew by its holder, or paid by way of its own address, it refuses', async () => {
    await registry(7).freeze(victim, FOREVER, ZeroHash)
    await network.accounts[8]?.sendTransaction({ to: await ledger().receiverOf(victim), value: 30 })
    expect(await refusalOf(ledger().collect(victim, NATIVE))).toMatch(/^ResourceRegistryWorkFrozen/)
    expect(await refusalOf(registry().changeContributors(victim, sole(5), sole(6), ['0x']))).toMatch(/^ResourceRegistryWorkFrozen/)
  })

  it('given a holder cuts a contributor off it refuses without the signature, and never reaches money that arrived', async () => {
    await payNative(victim, 100n)
    expect(await refusalOf(registry().changeContributors(victim, sole(5), sole(1), ['0x']))).toBe(
      `ResourceRegistrySignatureInvalid(${at(5)})`,
    )
    await ledger().flow(NATIVE, [victim])
    expect(await ledger().withdraw.staticCall(withdrawal(victim, 5))).toBe(100n)
  })

  it('given a thief puts a work in between that asks nothing it pays the victim by the ruling, for all that has not flowed', async () => {
    const between = await register([edge(victim, 100_000)], sole(6), 0, 3)
    const copy = await register([edge(between, 0)], sole(6), 0, 3)
    await payNative(copy, 1000n)
    await registry(7).freeze(copy, FOREVER, ZeroHash)
    await ledger().flow(NATIVE, [copy, between])
    const parents = [edge(victim, 900_000), edge(between, 0)]
    await registry(7).rule(copy, { holder: at(2), parents, contributors: sole(6), reason: ZeroHash })
    await ledger().flowEpoch(NATIVE, copy, 1)
    await ledger().flow(NATIVE, [copy])
    expect(await received(victim)).toBe(900n)
    expect(await refusalOf(ledger().withdraw({ ...withdrawal(copy, 6), epoch: 1 }))).toMatch(/^RoyaltyLedgerNothingOwed/)
  })

  it('given a work has 64 parents and 128 contributors it flows and is withdrawn from far below the cap of a transaction', async () => {
    const parents: Edge[] = []
    for (let count = 0; count < 64; count++) parents.push(edge(await register([], sole(5)), 10_000))
    const shares = Array.from({ length: 127 }, (_, index) => ({ account: toBeHex(index + 1, 20), share: 1 }))
    const contributors = [...shares, { account: at(6), share: WHOLE - 127 }]
    const wide = await register(parents, contributors)
    await payNative(wide, 10n ** 9n)
    expect(await gasOf(ledger().flow(NATIVE, [wide]))).toBeLessThan(TRANSACTION_CAP / 4)
    const due = { ...withdrawal(wide, 6, contributors), ownShare: 360_000 }
    expect(await gasOf(ledger().withdraw(due))).toBeLessThan(TRANSACTION_CAP / 16)
    expect(await received(parents[63]?.parentId ?? 0)).toBe(10n ** 7n)
  })

  it('given the registry is paused and works again it has counted on where it was', async () => {
    const { Directory } = network.as(network.accounts[17])
    const before = await registry().workCount()
    await Directory.pause(network.addresses.ResourceRegistry, (await network.now()) + 100, ZeroHash)
    expect(await registry().workCount()).toBe(before)
    await Directory.liftPause(network.addresses.ResourceRegistry)
    expect(await register([], sole(5))).toBe(Number(before) + 1)
    expect(await registry().holderOf(victim)).toBe(at(1))
  })
})
