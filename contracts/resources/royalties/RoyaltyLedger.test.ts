import { type BaseContract, ContractFactory, type Signer, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  gasOf,
  refusalOf,
  type SampleNetwork,
  SEATS,
} from '../../network/sample-network.ts'
import { type Contributor, type Edge, WHOLE } from '../works/typed-data.ts'

const NATIVE = ZeroAddress
const CAUSE = digestOf('licence 7')

let network: SampleNetwork
let who: string[]
/** Both held by account 1, which is base 2's. The root's contributors are accounts 5 and 6; the child owes it a quarter. */
let root: number
let child: number
let token: BaseContract &
  Record<'mint' | 'approve' | 'balanceOf' | 'behave' | 'callBack' | 'passed' | 'answer', (...args: unknown[]) => Promise<unknown>>
let odd: string

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  who = await Promise.all(network.accounts.map(network.addressOf))
  await network.govern('ResourceRegistry.setArbiter', [at(7)])
  root = await register([], shares({ 5: 600_000, 6: 400_000 }))
  child = await register([{ parentId: root, share: 250_000, kind: 0 }], shares({ 1: WHOLE }))
  const { abi, bytecode } = await hre.artifacts.readArtifact('OddToken')
  const deployed = await new ContractFactory(abi, bytecode, network.accounts[4] as Signer).deploy()
  token = deployed as unknown as typeof token
  odd = await deployed.getAddress()
  await network.govern('RoyaltyLedger.acceptToken', [odd, true])
  await token.mint(at(4), 10n ** 30n)
  await token.approve(network.addresses.RoyaltyLedger, 2n ** 256n - 1n)
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const ledger = (account = 4) => network.as(network.accounts[account]).RoyaltyLedger
const registry = (account = 1) => network.as(network.accounts[account]).ResourceRegistry
const at = (account: number) => who[account] ?? ''
const pause = async () => network.contracts.Directory.pause(network.addresses.RoyaltyLedger, (await network.now()) + 100, ZeroHash)
const shares = (each: Record<number, number>): Contributor[] =>
  Object.entries(each)
    .map(([account, share]) => ({ account: at(Number(account)), share }))
    .toSorted((a, b) => (BigInt(a.account) < BigInt(b.account) ? -1 : 1))
const payNative = (workId: number, amount: bigint) => ledger().pay(workId, NATIVE, amount, CAUSE, { value: amount })
const payOdd = (workId: number, amount: bigint) => ledger().pay(workId, odd, amount, CAUSE)
const poolOf = async (coin: string) =>
  coin === NATIVE
    ? BigInt(String(await network.request('eth_getBalance', [network.addresses.RoyaltyLedger, 'latest'])))
    : BigInt(String(await token.balanceOf(network.addresses.RoyaltyLedger)))
const sums = async (workId: number, coin = NATIVE, epoch = 1) => {
  const { received, flowed } = await ledger().sumsOf(workId, epoch, coin)
  return [received, flowed]
}
const freeze = async (workId: number) => registry(7).freeze(workId, 2 ** 40 - 1, ZeroHash)

async function register(parents: readonly Edge[], contributors: readonly Contributor[]): Promise<number> {
  const registration = {
    holder: at(1),
    homeBase: 2,
    askedShare: 0,
    deadline: 0,
    contentDigest: digestOf('content'),
    termsHash: digestOf('terms'),
    codec: '0x55',
    parents,
    contributors,
  }
  await registry().register(registration, '0x', [])
  return Number(await registry().workCount())
}

type Withdrawal = Parameters<SampleNetwork['contracts']['RoyaltyLedger']['withdraw']>[0]
/** What account 5 withdraws from the root, of epoch 1. */
const withdrawal = (change: object = {}): Withdrawal =>
  ({
    workId: root,
    epoch: 1,
    token: NATIVE,
    ownShare: WHOLE,
    index: shares({ 5: 600_000, 6: 400_000 }).findIndex(({ account }) => account === at(5)),
    to: at(5),
    contributors: shares({ 5: 600_000, 6: 400_000 }),
    ...change,
  }) as Withdrawal

describe('pay', () => {
  it('when there is no such work, or the work is frozen or down it refuses', async () => {
    expect(await refusalOf(payNative(99, 1n))).toBe('ResourceRegistryWorkUnknown(99)')
    await freeze(root)
    expect(await refusalOf(payNative(root, 1n))).toMatch(/^ResourceRegistryWorkFrozen/)
    await registry(7).takeDown(child, ZeroHash)
    expect(await refusalOf(payOdd(child, 1n))).toMatch(/^ResourceRegistryWorkTakenDown/)
  })

  it('when the amount is zero or more than 128 bits it refuses', async () => {
    expect(await refusalOf(payNative(root, 0n))).toBe('RoyaltyLedgerAmountRefused(0)')
    expect(await refusalOf(payOdd(root, 2n ** 128n))).toBe(`RoyaltyLedgerAmountRefused(${2n ** 128n})`)
  })

  it('when the native coin sent is not the amount, or comes along with a token it refuses', async () => {
    expect(await refusalOf(ledger().pay(root, NATIVE, 5, CAUSE, { value: 4 }))).toBe('RoyaltyLedgerValueMismatch(4, 5)')
    expect(await refusalOf(ledger().pay(root, NATIVE, 5, CAUSE, { value: 6 }))).toBe('RoyaltyLedgerValueMismatch(6, 5)')
    expect(await refusalOf(ledger().pay(root, odd, 5, CAUSE, { value: 5 }))).toBe('RoyaltyLedgerValueMismatch(5, 0)')
  })

  it('when the token is not accepted it refuses', async () => {
    await network.govern('RoyaltyLedger.acceptToken', [odd, false])
    expect(await refusalOf(payOdd(root, 5n))).toBe(`RoyaltyLedgerTokenRefused(${odd})`)
  })

  it('when the token takes a fee, moves nothing or says false it refuses', async () => {
    for (const [habit, refusal] of [
      [1, 'RoyaltyLedgerTransferMismatch'],
      [3, 'SafeERC20FailedOperation'],
      [4, 'RoyaltyLedgerTransferMismatch'],
      [7, 'execution reverted'],
    ] as const) {
      await token.behave(habit)
      await expect(payOdd(root, 1000n)).rejects.toThrow(refusal === 'execution reverted' ? /revert/ : new RegExp(refusal))
      expect([await poolOf(odd), ...(await sums(root, odd))]).toEqual([0n, 0n, 0n])
    }
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(payNative(root, 1n))).toMatch(/^PausingPaused/)
  })

  it('given the token answers nothing it takes the money all the same', async () => {
    await token.behave(2)
    expect(await refusalOf(payOdd(root, 1000n))).toBeUndefined()
    expect([await poolOf(odd), ...(await sums(root, odd))]).toEqual([1000n, 1000n, 0n])
  })

  it('given the token calls back it lets no money move in between', async () => {
    await payOdd(root, 1000n)
    await ledger().flow(odd, [root])
    const { interface: codec } = ledger()
    for (const call of [
      codec.encodeFunctionData('pay', [root, NATIVE, 1, ZeroHash]),
      codec.encodeFunctionData('flow', [odd, [root]]),
      codec.encodeFunctionData('withdraw', [withdrawal({ token: odd })]),
      codec.encodeFunctionData('payMany', [odd, [root], [1], ZeroHash]),
      codec.encodeFunctionData('multicall', [[codec.encodeFunctionData('flow', [odd, [root]])]]),
    ]) {
      await token.callBack(network.addresses.RoyaltyLedger, call)
      await payOdd(root, 10n)
      expect([await token.passed(), await token.answer()]).toEqual([false, '0x3ee5aeb5'])
    }
    expect([await poolOf(odd), (await sums(root, odd))[0]]).toEqual([1050n, 1050n])
  })

  it('given the amount arrives it adds it to what the present epoch received and tells who paid what for', async () => {
    const args = { workId: child, token: NATIVE, payer: at(4), epoch: 1, amount: 1001n, cause: CAUSE }
    expect(await eventsOf(network.addresses, payNative(child, 1001n))).toEqual([{ contract: 'RoyaltyLedger', event: 'WorkPaid', args }])
    expect([await sums(child), await sums(root)]).toEqual([
      [1001n, 0n],
      [0n, 0n],
    ])
    expect(await poolOf(NATIVE)).toBe(1001n)
  })

  it('given the work was paid before it costs at most 52,000 gas, and 65,000 with the settlement token under a standing allowance', async () => {
    const { SettlementToken: coin, RoyaltyLedger } = network.addresses
    await network.as(network.accounts[SEATS.minter]).SettlementToken.mint(at(4), 10n ** 6n, digestOf('deposit'))
    // An allowance that is counted down costs 3,400 more, in the token.
    await network.as(network.accounts[4]).SettlementToken.approve(RoyaltyLedger, 2n ** 256n - 1n)
    await payNative(child, 10n)
    await ledger().pay(child, coin, 10, CAUSE)
    expect(await gasOf(payNative(child, 10n ** 18n))).toBeLessThanOrEqual(52_000)
    expect(await gasOf(ledger().pay(child, coin, 500_000, CAUSE))).toBeLessThanOrEqual(65_000)
  })
})

describe('payMany', () => {
  const payMany = (workIds: number[], amounts: bigint[], value = amounts.reduce((a, b) => a + b, 0n)) =>
    ledger().payMany(NATIVE, workIds, amounts, CAUSE, { value })

  it('when the lists are empty or not of one length it refuses', async () => {
    expect(await refusalOf(payMany([], []))).toBe('RoyaltyLedgerListMismatch(0, 0)')
    expect(await refusalOf(payMany([root], [1n, 2n]))).toBe('RoyaltyLedgerListMismatch(1, 2)')
  })

  it('when one of the works may not be paid it refuses all', async () => {
    await freeze(child)
    expect(await refusalOf(payMany([root, child], [1n, 2n]))).toMatch(/^ResourceRegistryWorkFrozen/)
    expect(await sums(root)).toEqual([0n, 0n])
  })

  it('when the native coin sent is not the sum it refuses', async () => {
    expect(await refusalOf(payMany([root, child], [1n, 2n], 2n))).toBe('RoyaltyLedgerValueMismatch(2, 3)')
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(payMany([root], [1n]))).toMatch(/^PausingPaused/)
  })

  it('given the sum arrives it pays each work, also one that is named twice', async () => {
    await payMany([root, child, root], [1n, 2n, 4n])
    expect([await sums(root), await sums(child), await poolOf(NATIVE)]).toEqual([[5n, 0n], [2n, 0n], 7n])
    await ledger().payMany(odd, [root, child], [30n, 40n], CAUSE)
    expect([await sums(root, odd), await sums(child, odd), await poolOf(odd)]).toEqual([[30n, 0n], [40n, 0n], 70n])
  })
})

describe('flow', () => {
  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(ledger().flow(NATIVE, [child]))).toMatch(/^PausingPaused/)
  })

  it('given a work is frozen, unknown or has nothing it passes it over and lets the others flow', async () => {
    const other = await register([{ parentId: root, share: 500_000, kind: 0 }], shares({ 1: WHOLE }))
    await payNative(child, 100n)
    await payNative(other, 100n)
    await freeze(child)
    expect(await eventsOf(network.addresses, ledger(9).flow(NATIVE, [child, 99, 0, root, other]))).toEqual([
      { contract: 'RoyaltyLedger', event: 'RoyaltiesFlowed', args: { workId: other, token: NATIVE, epoch: 1, flowed: 100n } },
      {
        contract: 'RoyaltyLedger',
        event: 'RoyaltyArrived',
        args: { parentId: root, token: NATIVE, workId: other, parentEpoch: 1, amount: 50n },
      },
    ])
    expect([await sums(child), await sums(root)]).toEqual([
      [100n, 0n],
      [50n, 0n],
    ])
  })

  it('given a parent is frozen it parks the share there, and all others go on', async () => {
    const top = root
    const middle = await register([{ parentId: top, share: 500_000, kind: 0 }], shares({ 1: WHOLE }))
    const low = await register(
      [
        { parentId: child, share: 100_000, kind: 0 },
        { parentId: middle, share: 500_000, kind: 0 },
      ],
      shares({ 1: WHOLE }),
    )
    await freeze(middle)
    await payNative(low, 1000n)
    await ledger().flow(NATIVE, [low, middle, child])
    expect([await sums(low), await sums(middle), await sums(child), await sums(top)]).toEqual([
      [1000n, 1000n],
      [500n, 0n],
      [100n, 100n],
      [25n, 0n],
    ])
  })

  it('given money comes in single units it gives what it would of one payment', async () => {
    for (let unit = 0; unit < 7; unit++) {
      await payNative(child, 1n)
      await ledger().flow(NATIVE, [child])
    }
    expect([await sums(child), await sums(root)]).toEqual([
      [7n, 7n],
      [1n, 0n],
    ])
    await payNative(child, 1n)
    await ledger().flow(NATIVE, [child])
    expect(await sums(root)).toEqual([2n, 0n])
  })

  it('given parents are owed everything it still flows, whatever the rounding', async () => {
    const second = await register([], shares({ 1: WHOLE }))
    const whole = await register(
      [
        { parentId: root, share: 500_000, kind: 0 },
        { parentId: second, share: 500_000, kind: 0 },
      ],
      shares({ 1: WHOLE }),
    )
    for (let unit = 1; unit <= 4; unit++) {
      await payNative(whole, 1n)
      expect(await refusalOf(ledger().flow(NATIVE, [whole]))).toBeUndefined()
    }
    expect([await sums(root), await sums(second)]).toEqual([
      [2n, 0n],
      [2n, 0n],
    ])
  })

  it('given the deepest work is named first it brings the money up to the root in one call, at most 24,000 gas a hop', async () => {
    const chain = [root]
    for (let depth = 1; depth <= 12; depth++)
      chain.push(await register([{ parentId: chain[depth - 1] ?? 0, share: 500_000, kind: 0 }], shares({ 1: WHOLE })))
    const up = chain.toReversed()
    const low = up[0] ?? 0
    await payNative(low, 2n ** 20n)
    await ledger().flow(NATIVE, up)
    await payNative(low, 2n ** 20n)
    expect((await gasOf(ledger().flow(NATIVE, up))) / up.length).toBeLessThanOrEqual(24_000)
    expect(await sums(root)).toEqual([512n, 512n])
  })
})

describe('flowEpoch', () => {
  const next = () => shares({ 5: 600_000, 6: 300_000, 8: 100_000 })
  /** The root's list changes: account 6 gives 8 a tenth, and has signed as the caller. */
  const change = async () => {
    await registry().offerWork(root, at(6), 0)
    await registry(6).acceptHolder(root)
    await registry(6).changeContributors(root, shares({ 5: 600_000, 6: 400_000 }), next(), ['0x'])
  }
  const rule = async () => {
    await freeze(root)
    await registry(7).rule(root, { holder: at(8), parents: [], contributors: shares({ 8: WHOLE }), reason: ZeroHash })
  }

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(ledger().flowEpoch(NATIVE, child, 1))).toMatch(/^PausingPaused/)
  })

  it('given the work is frozen, or the epoch has not begun or has nothing it does nothing', async () => {
    await payNative(child, 100n)
    for (const epoch of [0, 2]) expect(await eventsOf(network.addresses, ledger().flowEpoch(NATIVE, child, epoch))).toEqual([])
    await freeze(child)
    expect(await eventsOf(network.addresses, ledger().flowEpoch(NATIVE, child, 1))).toEqual([])
    expect(await eventsOf(network.addresses, ledger().flowEpoch(NATIVE, root, 1))).toEqual([])
  })

  it('given the list changed since it shares old money by the old list, and new money by the new one', async () => {
    await payNative(root, 1000n)
    await change()
    await payNative(root, 10n)
    await ledger().flow(NATIVE, [root])
    expect([await sums(root, NATIVE, 1), await sums(root, NATIVE, 2)]).toEqual([
      [1000n, 0n],
      [10n, 10n],
    ])
    await ledger().flowEpoch(NATIVE, root, 1)
    expect(await sums(root, NATIVE, 1)).toEqual([1000n, 1000n])
    const of6 = (epoch: number, list: Contributor[]) =>
      withdrawal({ epoch, contributors: list, index: list.findIndex(({ account }) => account === at(6)), to: at(6) })
    expect(await ledger().withdraw.staticCall(of6(1, shares({ 5: 600_000, 6: 400_000 })))).toBe(400n)
    expect(await ledger().withdraw.staticCall(of6(2, next()))).toBe(3n)
    expect(await refusalOf(ledger().withdraw(of6(1, next())))).toBe(`RoyaltyLedgerSharesUnknown(${root}, 1)`)
  })

  it('given a ruling came since it brings what had not flowed to the epoch of the ruling, and leaves what had', async () => {
    await payNative(root, 1000n)
    await ledger().flow(NATIVE, [root])
    await payNative(root, 70n)
    await rule()
    expect(await eventsOf(network.addresses, ledger().flowEpoch(NATIVE, root, 1))).toEqual([
      { contract: 'RoyaltyLedger', event: 'RoyaltiesRerouted', args: { workId: root, token: NATIVE, from: 1, to: 2, amount: 70n } },
    ])
    await ledger().flow(NATIVE, [root])
    expect([await sums(root, NATIVE, 1), await sums(root, NATIVE, 2)]).toEqual([
      [1000n, 1000n],
      [70n, 70n],
    ])
    expect(await ledger().withdraw.staticCall(withdrawal())).toBe(600n)
    const ruled = withdrawal({ epoch: 2, contributors: shares({ 8: WHOLE }), index: 0, to: at(8) })
    expect(await ledger().withdraw.staticCall(ruled)).toBe(70n)
  })

  it('given two rulings came since it brings the money to the last', async () => {
    await payNative(root, 70n)
    await rule()
    await payNative(root, 5n)
    await rule()
    await ledger().flowEpoch(NATIVE, root, 1)
    await ledger().flowEpoch(NATIVE, root, 2)
    expect([await sums(root, NATIVE, 1), await sums(root, NATIVE, 2), await sums(root, NATIVE, 3)]).toEqual([
      [0n, 0n],
      [0n, 0n],
      [75n, 0n],
    ])
  })

  it('given the list changed after the ruling it brings the money to the ruling and not to the change', async () => {
    await payNative(root, 70n)
    await rule()
    await registry(8).changeContributors(root, shares({ 8: WHOLE }), shares({ 9: WHOLE }), ['0x'])
    await ledger().flowEpoch(NATIVE, root, 1)
    await ledger().flowEpoch(NATIVE, root, 2)
    expect([await sums(root, NATIVE, 2), await sums(root, NATIVE, 3)]).toEqual([
      [70n, 70n],
      [0n, 0n],
    ])
  })
})
