import { Signature, type Signer, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSampleNetwork, digestOf, eventsOf, refusalOf, type SampleNetwork, SEATS } from '../network/sample-network.ts'

const DAY = 86_400
const LIMIT = 1_000_000_000n

let network: SampleNetwork
let alice: Signer
let bob: Signer
let minter: Signer
let address: Readonly<Record<'alice' | 'bob' | 'minter' | 'token', string>>

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  alice = network.accounts[4] as Signer
  bob = network.accounts[5] as Signer
  minter = network.accounts[SEATS.minter] as Signer
  const [one, two, three] = await Promise.all([alice, bob, minter].map(network.addressOf))
  address = { alice: one ?? '', bob: two ?? '', minter: three ?? '', token: network.addresses.SettlementToken }
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const token = (signer: Signer = minter) => network.as(signer).SettlementToken
const pause = async () => network.contracts.Directory.pause(address.token, (await network.now()) + 100, ZeroHash)
const mint = (amount: bigint | number, receipt = 'deposit', by = minter) => token(by).mint(address.alice, amount, digestOf(receipt))
const balance = (of: 'alice' | 'bob') => token().balanceOf(address[of])

describe('setMinter', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(token().setMinter(address.bob, true))).toBe(`GovernedCallerNotTimelock(${address.minter})`)
  })

  it('given the token is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(network.govern('SettlementToken.setMinter', [address.bob, true]))).toMatch(/^PausingPaused/)
  })

  it('when the timelock names or dismisses a minter it tells who may mint', async () => {
    expect(await eventsOf(network.addresses, network.govern('SettlementToken.setMinter', [address.bob, true]))).toContainEqual({
      contract: 'SettlementToken',
      event: 'MinterChanged',
      args: { minter: address.bob, allowed: true },
    })
    expect(await token().isMinter(address.bob)).toBe(true)
    await network.govern('SettlementToken.setMinter', [address.bob, false])
    expect(await token().isMinter(address.bob)).toBe(false)
  })
})

describe('setMintLimit', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(token().setMintLimit(1, 1))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('when the period is zero it refuses', async () => {
    expect(await refusalOf(network.govern('SettlementToken.setMintLimit', [1, 0]))).toBe('SettlementTokenPeriodEmpty()')
  })

  it('given the token is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(network.govern('SettlementToken.setMintLimit', [1, 1]))).toMatch(/^PausingPaused/)
  })

  it('given part of the limit was used it keeps what was used, and what is free grows at the new rate from now on', async () => {
    await network.govern('SettlementToken.setMintLimit', [1_000, 100_000])
    await network.advance(100_000)
    await mint(900)
    await network.advance(3_600)
    const changed = await eventsOf(network.addresses, network.govern('SettlementToken.setMintLimit', [2_000, 200_000]))
    expect(changed).toContainEqual({ contract: 'SettlementToken', event: 'MintLimitChanged', args: { amount: 2_000n, period: 200_000 } })
    // An hour at a hundredth a second: 36 of the 900 became free again.
    const used = 2_000n - (await token().mintLimit()).free
    expect(used).toBeGreaterThanOrEqual(863n)
    expect(used).toBeLessThanOrEqual(865n)
    await network.advance(10_000)
    expect(2_000n - (await token().mintLimit()).free).toBe(used - 100n)
  })
})

describe('mint', () => {
  it('when the caller is not a minter it refuses, also for a minter that was dismissed and for the timelock', async () => {
    expect(await refusalOf(mint(1, 'deposit', bob))).toBe(`SettlementTokenCallerNotMinter(${address.bob})`)
    expect(await refusalOf(network.govern('SettlementToken.mint', [address.alice, 1, digestOf('deposit')]))).toBe(
      `SettlementTokenCallerNotMinter(${network.addresses.NetworkTimelock})`,
    )
    await network.govern('SettlementToken.setMinter', [address.minter, false])
    expect(await refusalOf(mint(1))).toBe(`SettlementTokenCallerNotMinter(${address.minter})`)
  })

  it('when the amount or the deposit receipt is zero it refuses', async () => {
    expect(await refusalOf(mint(0))).toBe('SettlementTokenEmpty()')
    expect(await refusalOf(token().mint(address.alice, 1, ZeroHash))).toBe('SettlementTokenEmpty()')
  })

  it('given the deposit receipt was minted for it refuses, also for another minter, amount and holder', async () => {
    await network.govern('SettlementToken.setMinter', [address.bob, true])
    await mint(5)
    const refusal = `SettlementTokenDepositUsed(${digestOf('deposit')})`
    expect(await refusalOf(mint(5))).toBe(refusal)
    expect(await refusalOf(token(bob).mint(address.bob, 6, digestOf('deposit')))).toBe(refusal)
    await token(alice).redeem(5, digestOf('payout'))
    expect(await refusalOf(mint(5))).toBe(refusal)
  })

  it('given the limit is used up it refuses until enough of the period has passed', async () => {
    await mint(LIMIT)
    await network.advance(DAY / 2)
    const { free } = await token().mintLimit()
    expect(free).toBeGreaterThanOrEqual(LIMIT / 2n)
    expect(await refusalOf(mint(free + LIMIT / 100n, 'second'))).toMatch(/^SettlementTokenLimitReached/)
    expect(await refusalOf(mint(free, 'second'))).toBeUndefined()
    await network.advance(10 * DAY)
    expect((await token().mintLimit()).free).toBe(LIMIT)
    expect(await refusalOf(mint(LIMIT + 1n, 'third'))).toBe(`SettlementTokenLimitReached(${LIMIT + 1n}, ${LIMIT})`)
  })

  it('given the token is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(mint(1))).toMatch(/^PausingPaused/)
  })

  it('given a deposit it mints and tells the deposit receipt', async () => {
    expect(await eventsOf(network.addresses, mint(123))).toContainEqual({
      contract: 'SettlementToken',
      event: 'Minted',
      args: { depositReceipt: digestOf('deposit'), to: address.alice, minter: address.minter, amount: 123n },
    })
    expect([await balance('alice'), await token().totalSupply(), await token().isDepositMinted(digestOf('deposit'))]).toEqual([
      123n,
      123n,
      true,
    ])
  })
})

describe('redeem', () => {
  beforeEach(() => mint(100))

  it('when the amount or the payout receipt is zero it refuses', async () => {
    expect(await refusalOf(token(alice).redeem(0, digestOf('payout')))).toBe('SettlementTokenEmpty()')
    expect(await refusalOf(token(alice).redeem(1, ZeroHash))).toBe('SettlementTokenEmpty()')
  })

  it('given the holder redeemed under this payout receipt it refuses, but another holder may use the same', async () => {
    await token(alice).transfer(address.bob, 50)
    await token(bob).redeem(1, digestOf('payout'))
    await token(alice).redeem(1, digestOf('payout'))
    expect(await refusalOf(token(alice).redeem(1, digestOf('payout')))).toBe(
      `SettlementTokenPayoutUsed(${address.alice}, ${digestOf('payout')})`,
    )
  })

  it('when the holder has less it refuses', async () => {
    expect(await refusalOf(token(alice).redeem(101, digestOf('payout')))).toBe(`ERC20InsufficientBalance(${address.alice}, 100, 101)`)
  })

  it('given the token is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(token(alice).redeem(1, digestOf('payout')))).toMatch(/^PausingPaused/)
  })

  it('given a holder with enough it burns and tells the payout receipt', async () => {
    expect(await eventsOf(network.addresses, token(alice).redeem(40, digestOf('payout')))).toContainEqual({
      contract: 'SettlementToken',
      event: 'Redeemed',
      args: { payoutReceipt: digestOf('payout'), holder: address.alice, amount: 40n },
    })
    expect([await balance('alice'), await token().totalSupply(), await token().isPayoutUsed(address.alice, digestOf('payout'))]).toEqual([
      60n,
      60n,
      true,
    ])
  })
})

describe('transfer', () => {
  beforeEach(() => mint(100))

  const permit = async (value: number, deadline: number) => {
    const domain = { name: 'Guildhall settlement', version: '1', chainId: 31_337, verifyingContract: address.token }
    const Permit = ['owner:address', 'spender:address', 'value:uint256', 'nonce:uint256', 'deadline:uint256'].map((field) => {
      const [name = '', type = ''] = field.split(':')
      return { name, type }
    })
    const message = { owner: address.alice, spender: address.bob, value, nonce: await token().nonces(address.alice), deadline }
    const { v, r, s } = Signature.from(await alice.signTypedData(domain, { Permit }, message))
    return () => token(bob).permit(address.alice, address.bob, value, deadline, v, r, s)
  }

  it('given the token is paused it refuses transfers, approvals and permits', async () => {
    await token(alice).approve(address.bob, 10)
    const signed = await permit(10, (await network.now()) + DAY)
    await pause()
    const calls = [
      token(alice).transfer(address.bob, 1),
      token(bob).transferFrom(address.alice, address.bob, 1),
      token(alice).approve(address.bob, 1),
      signed(),
    ]
    for (const refusal of await Promise.all(calls.map(refusalOf))) expect(refusal).toMatch(/^PausingPaused/)
  })

  it('given a permit signed by the holder it lets the spender take that much, once', async () => {
    const signed = await permit(30, (await network.now()) + DAY)
    await signed()
    await token(bob).transferFrom(address.alice, address.bob, 30)
    expect([await balance('alice'), await balance('bob')]).toEqual([70n, 30n])
    expect(await refusalOf(signed())).toMatch(/^ERC2612InvalidSigner/)
    const late = await permit(1, (await network.now()) - 1)
    expect(await refusalOf(late())).toMatch(/^ERC2612ExpiredSignature/)
  })

  it('given a permit signed by the holder it counts in fen, two decimals', async () => {
    expect([await token().decimals(), await token().symbol()]).toEqual([2n, 'GHS'])
  })
})
