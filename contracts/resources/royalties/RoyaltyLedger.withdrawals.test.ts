import { type BaseContract, ContractFactory, type Signer, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addThreeLevels, createSampleNetwork, digestOf, eventsOf, refusalOf, type SampleNetwork } from '../../network/sample-network.ts'
import { ASK_FIRST, type Contributor, WHOLE } from '../works/typed-data.ts'

const NATIVE = ZeroAddress
type Deployed = BaseContract &
  Record<
    'mint' | 'approve' | 'balanceOf' | 'behave' | 'callBack' | 'passed' | 'answer' | 'callWhenPaid',
    (...args: unknown[]) => Promise<unknown>
  >

let network: SampleNetwork
let who: string[]
/** Held by account 1; account 5 and a wallet that is a contract have half each; asks a tenth. Paid 1,000 of each coin, all of it flowed. */
let workId: number
let token: Deployed
let odd: string
let wallet: Deployed
let pocket: string

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  who = await Promise.all(network.accounts.map(network.addressOf))
  token = await deploy('OddToken')
  odd = await token.getAddress()
  wallet = await deploy('WillingWallet')
  pocket = await wallet.getAddress()
  await network.govern('RoyaltyLedger.acceptToken', [odd, true])
  await token.mint(at(4), 10n ** 30n)
  await token.approve(network.addresses.RoyaltyLedger, 2n ** 256n - 1n)
  workId = await register(100_000)
  await ledger().pay(workId, NATIVE, 1000, ZeroHash, { value: 1000 })
  await ledger().pay(workId, odd, 1000, ZeroHash)
  await ledger().flow(NATIVE, [workId])
  await ledger().flow(odd, [workId])
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const ledger = (account = 4) => network.as(network.accounts[account]).RoyaltyLedger
const at = (account: number) => who[account] ?? ''
const pause = async () => network.contracts.Directory.pause(network.addresses.RoyaltyLedger, (await network.now()) + 100, ZeroHash)
const list = (): Contributor[] =>
  [at(5), pocket].toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)).map((account) => ({ account, share: 500_000 }))
const balanceOf = async (account: string) => BigInt(String(await network.request('eth_getBalance', [account, 'latest'])))

async function deploy(name: string): Promise<Deployed> {
  const { abi, bytecode } = await hre.artifacts.readArtifact(name)
  return (await new ContractFactory(abi, bytecode, network.accounts[4] as Signer).deploy()) as unknown as Deployed
}

async function register(askedShare: number): Promise<number> {
  const registration = {
    holder: at(1),
    homeBase: 2,
    askedShare,
    deadline: 0,
    contentDigest: digestOf('content'),
    termsHash: digestOf('terms'),
    codec: '0x55',
    parents: [],
    contributors: list(),
  }
  const registry = network.as(network.accounts[1]).ResourceRegistry
  await registry.register(registration, '0x', [])
  return Number(await registry.workCount())
}

type Withdrawal = Parameters<SampleNetwork['contracts']['RoyaltyLedger']['withdraw']>[0]
const withdrawal = (account: string, change: object = {}): Withdrawal =>
  ({
    workId,
    epoch: 1,
    token: NATIVE,
    ownShare: WHOLE,
    index: list().findIndex((each) => each.account === account),
    to: account,
    contributors: list(),
    ...change,
  }) as Withdrawal

describe('withdraw', () => {
  it('when the list, the own share or the epoch is another, or there is no such place it refuses', async () => {
    const [first, second] = list()
    const wrong = [
      { contributors: [{ account: at(5), share: WHOLE }], index: 0 },
      { contributors: [first, { ...second, share: 500_001 }] },
      { ownShare: 999_999 },
      { epoch: 2 },
      { workId: 99 },
      { index: 2 },
      { contributors: [], index: 0 },
    ]
    for (const change of wrong) expect(await refusalOf(ledger().withdraw(withdrawal(at(5), change)))).toMatch(/^RoyaltyLedgerSharesUnknown/)
  })

  it('when someone else names where the money is to go it refuses', async () => {
    expect(await refusalOf(ledger(6).withdraw(withdrawal(at(5), { to: at(6) })))).toBe(
      `RoyaltyLedgerCallerNotContributor(${at(6)}, ${at(5)})`,
    )
  })

  it('when nothing is owed, or nothing more it refuses', async () => {
    await ledger().withdraw(withdrawal(at(5)))
    expect(await refusalOf(ledger().withdraw(withdrawal(at(5))))).toBe(`RoyaltyLedgerNothingOwed(${workId}, 1, ${at(5)})`)
  })

  it('when the receiver refuses the native coin it refuses, and owes it still', async () => {
    await wallet.callWhenPaid(`0x${'1'.padStart(40, '0')}`, '0x')
    expect(await refusalOf(ledger().withdraw(withdrawal(pocket)))).toBe(`RoyaltyLedgerReceiverRefused(${pocket})`)
    await wallet.callWhenPaid(ZeroAddress, '0x')
    expect(await refusalOf(ledger().withdraw(withdrawal(pocket)))).toBeUndefined()
    expect(await balanceOf(pocket)).toBe(500n)
  })

  it('when the token takes more than the amount, moves nothing or says false it refuses', async () => {
    for (const [habit, refusal] of [
      [3, /SafeERC20FailedOperation/],
      [4, /RoyaltyLedgerTransferMismatch/],
      [5, /RoyaltyLedgerTransferMismatch/],
    ] as const) {
      await token.behave(habit)
      await expect(ledger().withdraw(withdrawal(at(5), { token: odd }))).rejects.toThrow(refusal)
    }
    expect(await ledger().withdrawnOf(workId, 1, odd, at(5))).toBe(0n)
  })

  it('when the money would go to the ledger itself it refuses', async () => {
    const to = network.addresses.RoyaltyLedger
    expect(await refusalOf(ledger(5).withdraw(withdrawal(at(5), { to })))).toBe(`RoyaltyLedgerReceiverRefused(${to})`)
    await expect(ledger(5).withdraw(withdrawal(at(5), { to, token: odd }))).rejects.toThrow(/RoyaltyLedgerTransferMismatch/)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(ledger().withdraw(withdrawal(at(5))))).toMatch(/^PausingPaused/)
  })

  it('given the receiver calls back while being paid it gets nothing twice', async () => {
    const { interface: codec } = ledger()
    await wallet.callWhenPaid(network.addresses.RoyaltyLedger, codec.encodeFunctionData('withdraw', [withdrawal(pocket)]))
    await ledger().withdraw(withdrawal(pocket))
    expect([await wallet.passed(), await wallet.answer()]).toEqual([false, '0x3ee5aeb5'])
    expect([await balanceOf(pocket), await balanceOf(network.addresses.RoyaltyLedger)]).toEqual([500n, 500n])
  })

  it('given anyone calls it pays the contributor and tells', async () => {
    const before = await balanceOf(at(5))
    const args = { workId, token: NATIVE, account: at(5), epoch: 1, to: at(5), amount: 500n }
    expect(await eventsOf(network.addresses, ledger(6).withdraw(withdrawal(at(5))))).toEqual([
      { contract: 'RoyaltyLedger', event: 'RoyaltiesWithdrawn', args },
    ])
    expect((await balanceOf(at(5))) - before).toBe(500n)
  })

  it('given the contributor calls it pays wherever the contributor says', async () => {
    await ledger(5).withdraw(withdrawal(at(5), { token: odd, to: at(9) }))
    expect(await token.balanceOf(at(9))).toBe(500n)
  })

  it('given the token is accepted no more, or the work is frozen it pays what has flowed', async () => {
    await network.govern('RoyaltyLedger.acceptToken', [odd, false])
    await network.govern('ResourceRegistry.setArbiter', [at(7)])
    await network.as(network.accounts[7]).ResourceRegistry.freeze(workId, 2 ** 40 - 1, ZeroHash)
    expect(await refusalOf(ledger().withdraw(withdrawal(at(5), { token: odd })))).toBeUndefined()
  })

  it('given a flow comes before in the same multicall it pays what that brings', async () => {
    const { interface: codec } = ledger()
    await ledger().pay(workId, NATIVE, 10, ZeroHash, { value: 10 })
    const calls = [codec.encodeFunctionData('flow', [NATIVE, [workId]]), codec.encodeFunctionData('withdraw', [withdrawal(pocket)])]
    await ledger().multicall(calls)
    expect(await balanceOf(pocket)).toBe(505n)
  })
})

describe('collect', () => {
  it('when nothing was sent there it refuses', async () => {
    expect(await refusalOf(ledger().collect(workId, NATIVE))).toBe('RoyaltyLedgerAmountRefused(0)')
    expect(await refusalOf(ledger().collect(workId, odd))).toBe('RoyaltyLedgerAmountRefused(0)')
  })

  it('when the token is not accepted it refuses, and the money waits', async () => {
    const receiver = await ledger().receiverOf(workId)
    await token.mint(receiver, 7)
    await network.govern('RoyaltyLedger.acceptToken', [odd, false])
    expect(await refusalOf(ledger().collect(workId, odd))).toBe(`RoyaltyLedgerTokenRefused(${odd})`)
    expect(await token.balanceOf(receiver)).toBe(7n)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(ledger().collect(workId, NATIVE))).toMatch(/^PausingPaused/)
  })

  it("given outsiders sent money to the work's own address, before or after its contract was made it pays the work with it", async () => {
    const receiver = await ledger().receiverOf(workId)
    for (const round of [1n, 2n]) {
      await network.accounts[8]?.sendTransaction({ to: receiver, value: 30 })
      await token.mint(receiver, 7)
      expect(await eventsOf(network.addresses, ledger(9).collect(workId, NATIVE))).toEqual([
        {
          contract: 'RoyaltyLedger',
          event: 'WorkPaid',
          args: { workId, token: NATIVE, payer: receiver, epoch: 1, amount: 30n, cause: ZeroHash },
        },
      ])
      await ledger(9).collect(workId, odd)
      expect((await ledger().sumsOf(workId, 1, odd)).received).toBe(1000n + round * 7n)
    }
    expect(await ledger().receiverOf(workId + 1)).not.toBe(receiver)
  })
})

describe('acceptToken', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(ledger().acceptToken(odd, false))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('when there is no contract it refuses', async () => {
    expect(await refusalOf(network.govern('RoyaltyLedger.acceptToken', [ZeroAddress, true]))).toBe(
      `RoyaltyLedgerTokenRefused(${ZeroAddress})`,
    )
    expect(await refusalOf(network.govern('RoyaltyLedger.acceptToken', [at(9), true]))).toBe(`RoyaltyLedgerTokenRefused(${at(9)})`)
  })

  it('given the contract is paused it refuses', async () => {
    await network.contracts.Directory.pause(network.addresses.RoyaltyLedger, (await network.now()) + 80_000, ZeroHash)
    expect(await refusalOf(network.govern('RoyaltyLedger.acceptToken', [odd, false]))).toMatch(/^PausingPaused/)
  })

  it('given the timelock calls it accepts the token or stops to, and always accepts the native coin', async () => {
    expect([await ledger().isAccepted(odd), await ledger().isAccepted(NATIVE)]).toEqual([true, true])
    await network.govern('RoyaltyLedger.acceptToken', [odd, false])
    expect([await ledger().isAccepted(odd), await ledger().isAccepted(NATIVE)]).toEqual([false, true])
  })
})

describe('royaltyInfo', () => {
  it("it names the work's own address and what the work asks, for outsiders that know ERC-2981", async () => {
    expect([...(await ledger().royaltyInfo(workId, 1009))]).toEqual([await ledger().receiverOf(workId), 100n])
    const largest = 2n ** 256n - 1n
    expect((await ledger().royaltyInfo(workId, largest)).amount).toBe(largest / 10n)
  })

  it('given there is no such work, or its holder is to be asked it names nobody and nothing', async () => {
    const asking = await register(ASK_FIRST)
    for (const id of [0n, 99n, 2n ** 40n, BigInt(asking)]) expect([...(await ledger().royaltyInfo(id, 1000))]).toEqual([ZeroAddress, 0n])
  })
})

describe('supportsInterface', () => {
  it('it says that it knows ERC-165 and ERC-2981, and no other', async () => {
    const known = await Promise.all(['0x01ffc9a7', '0x2a55205a', '0xffffffff', '0x80ac58cd'].map((id) => ledger().supportsInterface(id)))
    expect(known).toEqual([true, true, false, false])
  })
})
