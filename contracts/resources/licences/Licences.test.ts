import { ContractFactory, id, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  refusalOf,
  type SampleNetwork,
  YEAR,
} from '../../network/sample-network.ts'
import {
  CHARGES,
  giveMoney,
  listWork,
  makeOffer,
  registerWork,
  type SampleTerms,
  takeLicence,
  termsOf,
} from '../../network/sample-works.ts'

const UNLIMITED = 4_294_967_295
const FOR_EVER = 2 ** 40 - 1

let network: SampleNetwork
/** Held and vouched for by base 2, listed; base 3 takes licences; account 7 acts for nobody. */
let workId: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  workId = await listWork(network, { baseId: 2, name: 'course' })
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const licences = (account = 2) => network.as(network.accounts[account]).Licences
const addressAt = (account: number) => network.addressOf(network.accounts[account])
const pause = async () => network.contracts.Directory.pause(network.addresses.Licences, (await network.now()) + 100, ZeroHash)
const fen = () => network.addresses.SettlementToken
const offer = (terms: Partial<SampleTerms> = {}) => makeOffer(network, 2, termsOf(workId, terms))
const once = (price: number, terms: Partial<SampleTerms> = {}) => offer({ charge: CHARGES.once, token: fen(), price, ...terms })
/** Base 3 takes a licence. */
const take = (offerId: number, value = 0) => takeLicence(network, offerId, { baseId: 3, value })
const fenOf = (account: string) => network.contracts.SettlementToken.balanceOf(account)

describe('makeOffer', () => {
  const texts = [digestOf('中文'), digestOf('English')] as const

  it('when the caller does not hold the work it refuses', async () => {
    expect(await refusalOf(licences(2).makeOffer(termsOf(workId), ...texts))).toBe(
      `LicencesCallerNotHolder(${await addressAt(2)}, ${workId})`,
    )
    expect(await refusalOf(licences(1).makeOffer(termsOf(99), ...texts))).toBe(`LicencesCallerNotHolder(${await addressAt(1)}, 99)`)
  })

  it('when the terms contradict themselves or a text is missing it refuses and names the field', async () => {
    const wrong: readonly [Partial<SampleTerms>, string][] = [
      [{ price: 1 }, 'price'],
      [{ charge: CHARGES.perUse }, 'price'],
      [{ token: fen() }, 'token'],
      [{ rights: 0 }, 'rights'],
      [{ rights: 8 }, 'rights'],
      [{ seats: 0 }, 'seats'],
      [{ royaltyShare: 1_000_001 }, 'royaltyShare'],
    ]
    for (const [terms, field] of wrong) {
      expect(await refusalOf(licences(1).makeOffer(termsOf(workId, terms), ...texts))).toBe(`LicencesTermsRefused(${field})`)
    }
    expect(await refusalOf(licences(1).makeOffer(termsOf(workId), ZeroHash, texts[1]))).toBe('LicencesTermsRefused(text)')
    expect(await refusalOf(licences(1).makeOffer(termsOf(workId), texts[0], ZeroHash))).toBe('LicencesTermsRefused(text)')
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(offer())).toMatch(/^PausingPaused/)
  })

  it('when everything is in order it gives the next number and tells the terms with both texts', async () => {
    const terms = termsOf(workId, { charge: CHARGES.perUse, price: 5, token: fen(), rights: 7, period: 100, seats: UNLIMITED })
    await offer()
    const told = { ...terms, price: 5n, token: fen() }
    expect(await eventsOf(network.addresses, licences(1).makeOffer(terms, ...texts))).toEqual([
      { contract: 'Licences', event: 'OfferMade', args: { offerId: 2, workId, terms: told, textZh: texts[0], textEn: texts[1] } },
    ])
    const kept = await licences().offerOf(2)
    expect([kept.terms.price, kept.terms.territory, kept.textZh, kept.withdrawnAt]).toEqual([5n, '0x434e00000000', texts[0], 0n])
    expect(await licences().offerCount()).toBe(2n)
  })
})

describe('withdrawOffer', () => {
  it('when the caller does not hold the work it refuses', async () => {
    expect(await refusalOf(licences(2).withdrawOffer(await offer()))).toMatch(/^LicencesCallerNotHolder/)
  })

  it('given the offer is unknown or was withdrawn it refuses', async () => {
    const offerId = await offer()
    expect(await refusalOf(licences(1).withdrawOffer(offerId + 1))).toBe(`LicencesOfferClosed(${offerId + 1})`)
    await licences(1).withdrawOffer(offerId)
    expect(await refusalOf(licences(1).withdrawOffer(offerId))).toBe(`LicencesOfferClosed(${offerId})`)
  })

  it('given the contract is paused it refuses', async () => {
    const offerId = await offer()
    await pause()
    expect(await refusalOf(licences(1).withdrawOffer(offerId))).toMatch(/^PausingPaused/)
  })

  it('given licences were given it leaves them and gives no more', async () => {
    const offerId = await offer()
    await take(offerId)
    await licences(1).withdrawOffer(offerId)
    expect(await refusalOf(take(offerId))).toBe(`LicencesOfferClosed(${offerId})`)
    expect(await licences().mayBaseOpen(3, workId, await network.now())).toBe(true)
  })
})

describe('takeLicence', () => {
  it('given the offer is unknown it refuses', async () => {
    expect(await refusalOf(take(1))).toBe('LicencesOfferClosed(1)')
  })

  it('given no version of the work is listed it refuses, also once the work is taken down', async () => {
    const draft = await registerWork(network, { baseId: 2, name: 'draft' })
    expect(await refusalOf(take(await makeOffer(network, 2, termsOf(draft))))).toBe(`LicencesWorkNotListed(${draft})`)
    const offerId = await offer()
    await network.govern('ResourceRegistry.takeDown', [workId, ZeroHash])
    expect(await refusalOf(take(offerId))).toBe(`LicencesWorkNotListed(${workId})`)
  })

  it('when the caller does not act for the base it refuses', async () => {
    const offerId = await offer()
    expect(await refusalOf(licences(3).takeLicence(offerId, 3, 1))).toBe(`LicencesCallerNotLicensee(${await addressAt(3)}, 3)`)
    expect(await refusalOf(licences(3).takeLicence(offerId, 99, 1))).toBe(`LicencesCallerNotLicensee(${await addressAt(3)}, 99)`)
  })

  it('when no licence or too many seats are asked for it refuses', async () => {
    const [thirty, unlimited, dear] = [await offer(), await offer({ seats: UNLIMITED }), await once(2 ** 53 - 1, { seats: 1 })]
    expect(await refusalOf(licences().takeLicence(thirty, 3, 0))).toBe('LicencesCountRefused(0)')
    expect(await refusalOf(licences().takeLicence(thirty, 3, 143_165_577))).toBe('LicencesCountRefused(143165577)')
    expect(await refusalOf(licences().takeLicence(unlimited, 3, 2))).toBe('LicencesCountRefused(2)')
    expect(await refusalOf(licences().takeLicence(dear, 3, 4_294_967_294))).toMatch(/^ERC20InsufficientAllowance/)
    const dearest = { ...termsOf(workId), charge: CHARGES.once, token: fen(), price: 2n ** 96n - 1n, seats: 1 }
    await licences(1).makeOffer(dearest, digestOf('zh'), digestOf('en'))
    expect(await refusalOf(licences().takeLicence(4, 3, 2))).toBe('LicencesCountRefused(2)')
  })

  it('when another sum is sent than is due it refuses', async () => {
    const [free, native, paid] = [await offer(), await once(100, { token: ZeroAddress }), await once(100)]
    expect(await refusalOf(take(free, 1))).toBe('LicencesSumRefused(1, 0)')
    expect(await refusalOf(take(native, 99))).toBe('LicencesSumRefused(99, 100)')
    expect(await refusalOf(take(native, 101))).toBe('LicencesSumRefused(101, 100)')
    expect(await refusalOf(take(paid, 100))).toBe('LicencesSumRefused(100, 0)')
  })

  it('given the token was not let be taken, or keeps a fee it refuses', async () => {
    expect(await refusalOf(take(await once(100)))).toMatch(/^ERC20InsufficientAllowance/)
    const { abi, bytecode } = await hre.artifacts.readArtifact('OddToken')
    const odd = await new ContractFactory(abi, bytecode, network.accounts[2]).deploy()
    const [address, call] = [await odd.getAddress(), (name: string, ...args: unknown[]) => odd.getFunction(name)(...args)]
    await call('mint', await addressAt(2), 1_000)
    await call('approve', network.addresses.Licences, 1_000)
    const offerId = await once(100, { token: address })
    expect(await refusalOf(take(offerId))).toBe(`RoyaltyLedgerTokenRefused(${address})`)
    await network.govern('RoyaltyLedger.acceptToken', [address, true])
    for (const habit of [1, 4]) {
      await call('behave', habit)
      expect(await refusalOf(take(offerId))).toMatch(/^LicencesSumRefused\(\d+, 100\)/)
    }
    await call('callBack', network.addresses.Licences, licences().interface.encodeFunctionData('takeLicence', [offerId, 0, 1]))
    await take(offerId)
    expect([await call('passed'), String(await call('answer')).slice(0, 10)]).toEqual([
      false,
      id('ReentrancyGuardReentrantCall()').slice(0, 10),
    ])
    expect(await call('balanceOf', network.addresses.RoyaltyLedger)).toBe(100n)
  })

  it('given the work is frozen it refuses what must be paid and gives what is free', async () => {
    const [free, paid] = [await offer(), await once(100)]
    await giveMoney(network, network.accounts[2], 100)
    await network.contracts.ResourceRegistry.freeze(workId, (await network.now()) + 1_000, ZeroHash)
    expect(await refusalOf(take(paid))).toMatch(/^ResourceRegistryWorkFrozen/)
    expect(await refusalOf(take(free))).toBeUndefined()
  })

  it('given the contract is paused it refuses', async () => {
    const offerId = await offer()
    await pause()
    expect(await refusalOf(take(offerId))).toMatch(/^PausingPaused/)
  })

  it('given a free offer it gives a token with the seats to the account or the base', async () => {
    const offerId = await offer()
    const holder = await addressAt(2)
    const events = await eventsOf(network.addresses, licences().takeLicence(offerId, 3, 1))
    expect(events).toContainEqual({
      contract: 'Licences',
      event: 'LicenceGiven',
      args: { licenceId: 1, workId, baseId: 3, holder, offerId, seats: 30, until: FOR_EVER, paid: 0n },
    })
    await licences(7).takeLicence(offerId, 0, 2)
    expect([await licences().balanceOf(holder, 1), await licences().balanceOf(await addressAt(7), 2)]).toEqual([30n, 60n])
    const { baseId, holder: own } = await licences().licenceOf(2)
    expect([baseId, own]).toEqual([0n, await addressAt(7)])
  })

  it('given an offer that is paid once it pays the work and keeps nothing', async () => {
    const [paid, native] = [await once(250), await once(9, { token: ZeroAddress })]
    await giveMoney(network, network.accounts[2], 250)
    const events = await eventsOf(network.addresses, licences().takeLicence(paid, 3, 1))
    expect(events.find((event) => event?.event === 'WorkPaid')?.args).toMatchObject({
      workId,
      token: fen(),
      payer: network.addresses.Licences,
      amount: 250n,
      cause: `0x${Buffer.from('licence').toString('hex')}${'1'.padStart(50, '0')}`,
    })
    await take(native, 9)
    expect([await fenOf(network.addresses.Licences), await fenOf(network.addresses.RoyaltyLedger)]).toEqual([0n, 250n])
    expect(await network.request('eth_getBalance', [network.addresses.Licences, 'latest'])).toBe('0x0')
    const sums = await Promise.all([fen(), ZeroAddress].map((token) => network.contracts.RoyaltyLedger.sumsOf(workId, 1, token)))
    expect(sums.map(({ received }) => received)).toEqual([250n, 9n])
  })

  it('given an offer that is paid once it takes as many seats and as much money as licences', async () => {
    const offerId = await once(40, { period: 1_000 })
    await giveMoney(network, network.accounts[2], 1_000)
    await licences().takeLicence(offerId, 3, 5)
    const { seats, paid, from, until } = await licences().licenceOf(1)
    expect([seats, paid, until - from]).toEqual([150n, 200n, 1_000n])
    expect(await fenOf(await addressAt(2))).toBe(800n)
  })

  it('given an offer that is paid for each use it takes nothing yet', async () => {
    await take(await offer({ charge: CHARGES.perUse, token: fen(), price: 10 }))
    expect((await licences().licenceOf(1)).paid).toBe(0n)
  })

  it('given a holder that is a contract it refuses one that takes no tokens, and lets none come back in', async () => {
    const offerId = await offer()
    const holder = `0x${'12'.repeat(20)}`
    const from = (code: string) => network.request('hardhat_setCode', [holder, code])
    const data = licences().interface.encodeFunctionData('takeLicence', [offerId, 0, 1])
    const call = () => network.request('eth_call', [{ from: holder, to: network.addresses.Licences, data }, 'latest'])
    await from('0x5f5ffd')
    expect(await refusalOf(call())).toBe(`ERC1155InvalidReceiver(${holder})`)
    // Answers with its own selector, as onERC1155Received has to.
    await from('0x5f3560e01c60e01b5f5260205ff3')
    expect(await refusalOf(call())).toBeUndefined()
    // Calls giveUpLicence(1) of whoever calls it, and hands on how it was refused.
    const selector = licences().interface.getFunction('giveUpLicence')?.selector.slice(2) ?? ''
    await from(`0x63${selector}60e01b5f5260016004525f5f60245f5f335af1503d5f5f3e3d5ffd`)
    expect(await refusalOf(call())).toBe('ReentrancyGuardReentrantCall()')
  })

  it('given the licence is given it refuses to transfer it or to approve anybody', async () => {
    await take(await offer())
    const [holder, other] = [await addressAt(2), await addressAt(3)]
    expect(await refusalOf(licences().safeTransferFrom(holder, other, 1, 30, '0x'))).toBe('LicencesNotTransferable()')
    expect(await refusalOf(licences().safeTransferFrom(holder, other, 1, 0, '0x'))).toBe('LicencesNotTransferable()')
    expect(await refusalOf(licences().safeBatchTransferFrom(holder, other, [1], [30], '0x'))).toBe('LicencesNotTransferable()')
    const approval = { to: network.addresses.Licences, data: licences().interface.encodeFunctionData('setApprovalForAll', [other, true]) }
    expect(await refusalOf(network.request('eth_call', [{ from: holder, ...approval }, 'latest']))).toBe('LicencesNotTransferable()')
  })
})

describe('giveUpLicence', () => {
  it('when the caller does not have the licence it refuses', async () => {
    const offerId = await offer()
    await take(offerId)
    await licences(7).takeLicence(offerId, 0, 1)
    expect(await refusalOf(licences(1).giveUpLicence(1))).toBe(`LicencesCallerNotLicensee(${await addressAt(1)}, 3)`)
    expect(await refusalOf(licences(2).giveUpLicence(2))).toBe(`LicencesCallerNotLicensee(${await addressAt(2)}, 0)`)
    expect(await refusalOf(licences(7).giveUpLicence(2))).toBeUndefined()
  })

  it('given the licence is unknown or over it refuses', async () => {
    expect(await refusalOf(licences().giveUpLicence(1))).toBe('LicencesLicenceOver(1)')
    await take(await offer({ period: 100 }))
    await network.advance(100)
    expect(await refusalOf(licences().giveUpLicence(1))).toBe('LicencesLicenceOver(1)')
    await take(1)
    await licences().giveUpLicence(2)
    expect(await refusalOf(licences().giveUpLicence(2))).toBe('LicencesLicenceOver(2)')
  })

  it('given the contract is paused it refuses', async () => {
    await take(await offer())
    await pause()
    expect(await refusalOf(licences().giveUpLicence(1))).toMatch(/^PausingPaused/)
  })

  it('given the base has it it ends it and takes the token', async () => {
    await take(await offer())
    expect(await eventsOf(network.addresses, licences().giveUpLicence(1))).toContainEqual({
      contract: 'Licences',
      event: 'LicenceEnded',
      args: { licenceId: 1, ending: 0, refunded: 0n, reason: ZeroHash },
    })
    expect(await licences().balanceOf(await addressAt(2), 1)).toBe(0n)
    expect(await licences().mayBaseOpen(3, workId, await network.now())).toBe(false)
  })
})

describe('refundLicence', () => {
  const HOLDER = 1
  /** Base 3 has paid 1,000 fen for a licence; the holder of the work has 1,000 fen of its own. */
  const paid = async (terms: Partial<SampleTerms> = {}) => {
    await giveMoney(network, network.accounts[2], 1_000)
    await giveMoney(network, network.accounts[HOLDER], 1_000)
    return take(await once(1_000, terms))
  }

  it('when the caller does not hold the work it refuses', async () => {
    await paid()
    expect(await refusalOf(licences(3).refundLicence(1, 1_000))).toBe(`LicencesCallerNotHolder(${await addressAt(3)}, ${workId})`)
  })

  it('given nothing was paid for it it refuses', async () => {
    await take(await offer())
    expect(await refusalOf(licences(HOLDER).refundLicence(1, 0))).toBe('LicencesNothingPaid(1)')
  })

  it('when less than the unused part or more than was paid is given back it refuses', async () => {
    await paid()
    expect(await refusalOf(licences(HOLDER).refundLicence(1, 999))).toBe('LicencesRefundRefused(999, 1000, 1000)')
    expect(await refusalOf(licences(HOLDER).refundLicence(1, 1_001))).toBe('LicencesRefundRefused(1001, 1000, 1000)')
  })

  it('when another sum is sent than is given back it refuses', async () => {
    await take(await once(50, { token: ZeroAddress }), 50)
    expect(await refusalOf(licences(HOLDER).refundLicence(1, 50, { value: 49 }))).toBe('LicencesSumRefused(49, 50)')
    const before = BigInt(String(await network.request('eth_getBalance', [await addressAt(2), 'latest'])))
    await licences(HOLDER).refundLicence(1, 50, { value: 50 })
    expect(BigInt(String(await network.request('eth_getBalance', [await addressAt(2), 'latest'])))).toBe(before + 50n)
  })

  it('given the contract is paused it refuses', async () => {
    await paid()
    await pause()
    expect(await refusalOf(licences(HOLDER).refundLicence(1, 1_000))).toMatch(/^PausingPaused/)
  })

  it('given half of the period has passed it gives back at least half, rounded up', async () => {
    await paid({ period: 1_001 })
    await network.advance(500)
    const { until, from } = await licences().licenceOf(1)
    const left = until - BigInt(await network.now())
    expect(await licences().unusedPart(1)).toBe((1_000n * left + (until - from) - 1n) / (until - from))
    expect(await eventsOf(network.addresses, licences(HOLDER).refundLicence(1, 600))).toContainEqual({
      contract: 'Licences',
      event: 'LicenceEnded',
      args: { licenceId: 1, ending: 1, refunded: 600n, reason: ZeroHash },
    })
    expect([await fenOf(await addressAt(2)), await fenOf(await addressAt(HOLDER))]).toEqual([600n, 400n])
    expect(await fenOf(network.addresses.RoyaltyLedger)).toBe(1_000n)
  })

  it('given the licence is for ever it gives back all of it', async () => {
    await paid()
    await network.advance(YEAR / 2)
    expect(await licences().unusedPart(1)).toBe(1_000n)
    await licences(HOLDER).refundLicence(1, 1_000)
    expect(await fenOf(await addressAt(2))).toBe(1_000n)
  })
})

describe('revokeLicence', () => {
  it('when the caller is not the timelock it refuses', async () => {
    await take(await offer())
    expect(await refusalOf(licences(1).revokeLicence(1, ZeroHash))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('given the licence is over it refuses', async () => {
    expect(await refusalOf(network.govern('Licences.revokeLicence', [1, ZeroHash]))).toBe('LicencesLicenceOver(1)')
  })

  it('given the contract is paused it refuses', async () => {
    await take(await offer())
    await network.contracts.Directory.pause(network.addresses.Licences, (await network.now()) + 10_000, ZeroHash)
    expect(await refusalOf(network.govern('Licences.revokeLicence', [1, ZeroHash]))).toMatch(/^PausingPaused/)
  })

  it('given a vote it ends the licence and pays nothing back', async () => {
    await giveMoney(network, network.accounts[2], 100)
    await take(await once(100))
    const revoked = network.govern('Licences.revokeLicence', [1, digestOf('breach')])
    expect(await eventsOf(network.addresses, revoked)).toContainEqual({
      contract: 'Licences',
      event: 'LicenceEnded',
      args: { licenceId: 1, ending: 2, refunded: 0n, reason: digestOf('breach') },
    })
    expect(await licences().mayBaseOpen(3, workId, await network.now())).toBe(false)
    expect(await fenOf(await addressAt(2))).toBe(0n)
  })
})

describe('moveLicence', () => {
  it('given the base has the same account as the licence it refuses', async () => {
    const offerId = await offer()
    await take(offerId)
    await licences(7).takeLicence(offerId, 0, 1)
    expect(await refusalOf(licences().moveLicence(1))).toBe(`LicencesCallerNotLicensee(${await addressAt(2)}, 3)`)
    expect(await refusalOf(licences().moveLicence(2))).toBe(`LicencesCallerNotLicensee(${await addressAt(7)}, 0)`)
    await network.govern('BaseRegistry.closeBase', [3])
    expect(await refusalOf(licences().moveLicence(1))).toBe(`LicencesCallerNotLicensee(${await addressAt(2)}, 3)`)
  })

  it('given the licence is over it refuses', async () => {
    expect(await refusalOf(licences().moveLicence(1))).toBe('LicencesLicenceOver(1)')
  })

  it('given the contract is paused it refuses', async () => {
    await take(await offer())
    await pause()
    expect(await refusalOf(licences().moveLicence(1))).toMatch(/^PausingPaused/)
  })

  it('given the base has another account it brings the token there, whoever calls', async () => {
    await take(await offer())
    await network.govern('BaseRegistry.replaceAccount', [3, await addressAt(7)])
    expect(await eventsOf(network.addresses, licences(6).moveLicence(1))).toContainEqual({
      contract: 'Licences',
      event: 'LicenceMoved',
      args: { licenceId: 1, holder: await addressAt(7) },
    })
    expect([await licences().balanceOf(await addressAt(2), 1), await licences().balanceOf(await addressAt(7), 1)]).toEqual([0n, 30n])
    await licences(7).giveUpLicence(1)
    expect(await licences().balanceOf(await addressAt(7), 1)).toBe(0n)
  })
})

describe('mayOpen', () => {
  it('given a licence for a period it answers for any time from the first second to the last', async () => {
    await licences(7).takeLicence(await offer({ period: 100 }), 0, 1)
    const from = await network.now()
    const account = await addressAt(7)
    const answers = await Promise.all([-1, 0, 99, 100].map((after) => licences().mayOpen(account, workId, from + after)))
    expect(answers).toEqual([false, true, true, false])
  })

  it('given the licence ended early it still answers yes for the time before', async () => {
    await take(await offer())
    const from = await network.now()
    await network.advance(1_000)
    await licences().giveUpLicence(1)
    const end = await network.now()
    expect(await Promise.all([from, end - 1, end].map((time) => licences().mayBaseOpen(3, workId, time)))).toEqual([true, true, false])
  })

  it('given the work was taken down it answers no from then on until it is put back, and yes for the time before', async () => {
    await take(await offer())
    await network.govern('ResourceRegistry.takeDown', [workId, ZeroHash])
    const down = await network.now()
    await network.govern('ResourceRegistry.putBack', [workId, ZeroHash])
    const back = await network.now()
    const times = [down - 1, down, back - 1, back]
    expect(await Promise.all(times.map((time) => licences().mayBaseOpen(3, workId, time)))).toEqual([true, false, false, true])
  })

  it('given a base has the licence it answers for the base whatever account it has, and not for the account', async () => {
    await take(await offer())
    await network.govern('BaseRegistry.replaceAccount', [3, await addressAt(7)])
    const now = await network.now()
    expect(await licences().mayBaseOpen(3, workId, now)).toBe(true)
    expect(await Promise.all([2, 7].map(async (account) => licences().mayOpen(await addressAt(account), workId, now)))).toEqual([
      false,
      false,
    ])
  })

  it('given several licences it finds the newest that held', async () => {
    const offerId = await offer({ period: 1_000 })
    await take(offerId)
    await network.advance(500)
    await take(offerId)
    const now = await network.now()
    const found = await Promise.all([now - 1, now, now + 600, now + 1_000].map((time) => licences().baseLicenceAt(3, workId, time)))
    expect(found).toEqual([1n, 2n, 2n, 0n])
  })

  it('given neither it answers no', async () => {
    const now = await network.now()
    expect([await licences().mayBaseOpen(0, workId, now), await licences().mayOpen(ZeroAddress, workId, now)]).toEqual([false, false])
    expect(await licences().mayBaseOpen(3, workId + 1, now)).toBe(false)
  })
})
