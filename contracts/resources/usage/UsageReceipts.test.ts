import { ZeroAddress, ZeroHash } from 'ethers'
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
} from '../../network/sample-network.ts'
import { batchOf, leafOf, receiptOf, rootOf, type SampleReceipt, shownAt } from '../../network/sample-usage.ts'
import { CHARGES, giveMoney, listWork, makeOffer, takeLicence, termsOf } from '../../network/sample-works.ts'

const DAY = 86_400

let network: SampleNetwork
/** Two works of base 2; base 3 has licence 1 for the first, paid for each use, and 2 for the second, paid for each class. */
let works: readonly [number, number]
let today: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  works = [await listWork(network, { baseId: 2, name: 'course' }), await listWork(network, { baseId: 2, name: 'model' })]
  const token = network.addresses.SettlementToken
  await makeOffer(network, 2, termsOf(works[0], { charge: CHARGES.perUse, token, price: 10 }))
  await makeOffer(network, 2, termsOf(works[1], { charge: CHARGES.perClass, token, price: 300 }))
  await takeLicence(network, 1, { baseId: 3 })
  await takeLicence(network, 2, { baseId: 3 })
  // Noon of the third day after, so that no test runs over midnight.
  await network.advance(3.5 * DAY - ((await network.now()) % DAY))
  today = Math.floor((await network.now()) / DAY)
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

type Line = { workId: number; licenceId: number; uses: number; teachers: number; classes: number }
type Batch = ReturnType<typeof batchOf>

const usage = (account = 2) => network.as(network.accounts[account]).UsageReceipts
const addressAt = (account: number) => network.addressOf(network.accounts[account])
const pause = async () => network.contracts.Directory.pause(network.addresses.UsageReceipts, (await network.now()) + 100, ZeroHash)
const fenOf = (account: string) => network.contracts.SettlementToken.balanceOf(account)
/** Receipts of base 3: three of the first work and two of the second, today unless said otherwise. */
const receipts = (day = today): SampleReceipt[] => [
  ...['a', 'b', 'c'].map((name) => receiptOf(3, works[0], day, { class: name })),
  ...['a', 'b'].map((name) => receiptOf(3, works[1], day, { class: name })),
]
const lines = (): Line[] => [
  { workId: works[0], licenceId: 1, uses: 3, teachers: 1, classes: 3 },
  { workId: works[1], licenceId: 2, uses: 2, teachers: 1, classes: 2 },
]
const batch = (change: Partial<Batch> = {}): Batch => ({ ...batchOf(receipts(change.fromDay), { baseId: 3, fromDay: today }), ...change })
const record = (change: Partial<Batch> = {}, of: readonly Line[] = lines(), account = 2) =>
  usage(account).recordUsage(batch(change), of, 'cid')
const change = (index: 0 | 1, to: Partial<Line>) => lines().map((line, at) => (at === index ? { ...line, ...to } : line))
const countsOf = ({ uses, teachers, classes, bases }: { uses: bigint; teachers: bigint; classes: bigint; bases: bigint }) => [
  uses,
  teachers,
  classes,
  bases,
]
const dueOf = async (licenceId: number) => {
  const { owed, paid } = await usage().dueOf(licenceId)
  return [owed, paid]
}

describe('recordUsage', () => {
  it('when the caller does not act for the base it refuses', async () => {
    expect(await refusalOf(record({}, lines(), 3))).toBe(`UsageReceiptsCallerNotBase(${await addressAt(3)}, 3)`)
    expect(await refusalOf(record({ baseId: 0 }))).toBe(`UsageReceiptsCallerNotBase(${await addressAt(2)}, 0)`)
    await network.govern('BaseRegistry.closeBase', [3])
    expect(await refusalOf(record())).toBe(`UsageReceiptsCallerNotBase(${await addressAt(2)}, 3)`)
  })

  it("when the batch is not the base's next it refuses", async () => {
    expect(await refusalOf(record({ sequence: 2 }))).toBe('UsageReceiptsOutOfOrder(2, 1)')
    await record()
    expect(await refusalOf(record())).toBe('UsageReceiptsOutOfOrder(1, 2)')
  })

  it('when the days end before they begin or in the future it refuses', async () => {
    expect(await refusalOf(record({ toDay: today - 1 }))).toBe(`UsageReceiptsDaysRefused(${today}, ${today - 1})`)
    expect(await refusalOf(record({ toDay: today + 1 }))).toBe(`UsageReceiptsDaysRefused(${today}, ${today + 1})`)
  })

  it('when the batch has no root, no lines or another size than its lines it refuses', async () => {
    expect(await refusalOf(record({ root: ZeroHash }))).toBe('UsageReceiptsBatchIncomplete(5, 5)')
    expect(await refusalOf(record({ size: 0 }, []))).toBe('UsageReceiptsBatchIncomplete(0, 0)')
    expect(await refusalOf(record({ size: 6 }))).toBe('UsageReceiptsBatchIncomplete(6, 5)')
    const overflowing = [change(0, { uses: 2 ** 32 - 1 })[0] as Line, change(1, { uses: 6 })[1] as Line]
    expect(await refusalOf(record({ size: 5 }, overflowing))).toBe('UsageReceiptsBatchIncomplete(5, 4294967301)')
  })

  it('when a line is empty, claims more teachers or classes than uses, or is out of order it refuses', async () => {
    const refused = `UsageReceiptsLineRefused(${works[0]})`
    expect(await refusalOf(record({ size: 2 }, change(0, { uses: 0 })))).toBe(refused)
    expect(await refusalOf(record({}, change(0, { teachers: 4 })))).toBe(refused)
    expect(await refusalOf(record({}, change(0, { classes: 4 })))).toBe(refused)
    expect(await refusalOf(record({}, lines().toReversed()))).toBe(refused)
    expect(await refusalOf(record({}, change(1, { workId: works[0], licenceId: 1 })))).toBe(refused)
  })

  it('given the base counted one of the days for the work before it refuses, and counts another work for that day', async () => {
    const first = change(0, {}).slice(0, 1)
    await record({ size: 3, fromDay: today - 1 }, first)
    expect(await refusalOf(record({ sequence: 2, fromDay: today - 1 }))).toBe(`UsageReceiptsDayCounted(${works[0]}, ${today})`)
    expect(await refusalOf(record({ sequence: 2, size: 2, fromDay: today - 1 }, lines().slice(1)))).toBeUndefined()
    await network.advance(DAY)
    expect(await refusalOf(record({ sequence: 3, fromDay: today + 1, toDay: today + 1 }))).toBeUndefined()
  })

  it("given the licence is another's, for another work, or did not hold on one of the days it refuses", async () => {
    const refused = (licenceId: number, work = works[0]) => `UsageReceiptsLicenceRefused(${licenceId}, ${work})`
    await takeLicence(network, 1, { baseId: 4 })
    expect(await refusalOf(record({}, change(0, { licenceId: 3 })))).toBe(refused(3))
    expect(await refusalOf(record({}, change(0, { licenceId: 2 })))).toBe(refused(2))
    expect(await refusalOf(record({}, change(0, { licenceId: 0 })))).toBe(refused(0))
    expect(await refusalOf(record({}, change(0, { licenceId: 99 })))).toBe(refused(99))
    expect(await refusalOf(record({ fromDay: today - 4 }))).toBe(refused(1))
    await network.as(network.accounts[2]).Licences.giveUpLicence(1)
    expect(await refusalOf(record({ fromDay: today - 1, toDay: today }))).toBeUndefined()
    await network.advance(DAY)
    expect(await refusalOf(record({ sequence: 2, fromDay: today + 1, toDay: today + 1 }))).toBe(refused(1))
  })

  it('given the base vouches for the work itself it needs no licence', async () => {
    const own = [{ workId: works[0], licenceId: 0, uses: 1, teachers: 1, classes: 1 }]
    await usage(1).recordUsage(batchOf([receiptOf(2, works[0], today, { class: 'a' })], { baseId: 2, fromDay: today }), own, '')
    expect(countsOf(await usage().usageOf(works[0]))).toEqual([1n, 1n, 1n, 1n])
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(record())).toMatch(/^PausingPaused/)
  })

  it('given licences that are paid for each use and for each class it notes what is due', async () => {
    const events = await eventsOf(network.addresses, record({}, change(1, { classes: 1 })))
    expect(events).toEqual([
      {
        contract: 'UsageReceipts',
        event: 'UsageCounted',
        args: { workId: works[0], baseId: 3, licenceId: 1, sequence: 1, toDay: today, uses: 3, teachers: 1, classes: 3, due: 30n },
      },
      {
        contract: 'UsageReceipts',
        event: 'UsageCounted',
        args: { workId: works[1], baseId: 3, licenceId: 2, sequence: 1, toDay: today, uses: 2, teachers: 1, classes: 1, due: 300n },
      },
      {
        contract: 'UsageReceipts',
        event: 'UsageRecorded',
        args: { baseId: 3, sequence: 1, root: batch().root, fromDay: today, toDay: today, size: 5, cid: 'cid' },
      },
    ])
    expect([await dueOf(1), await dueOf(2)]).toEqual([
      [30n, 0n],
      [300n, 0n],
    ])
  })

  it('given several bases and batches it adds up uses, teachers, classes and bases', async () => {
    await record({ fromDay: today - 1, toDay: today - 1 })
    await record({ sequence: 2 }, [change(0, { teachers: 0, classes: 1 })[0] as Line, lines()[1] as Line])
    await takeLicence(network, 1, { baseId: 4 })
    const others = [receiptOf(4, works[0], today, { class: 'a' })]
    const line = [{ workId: works[0], licenceId: 3, uses: 1, teachers: 1, classes: 1 }]
    await usage(3).recordUsage(batchOf(others, { baseId: 4, fromDay: today }), line, 'cid')
    expect(countsOf(await usage().usageOf(works[0]))).toEqual([7n, 2n, 5n, 2n])
    expect(countsOf(await usage().usageBy(3, works[0]))).toEqual([6n, 1n, 4n, 1n])
    expect(countsOf(await usage().usageBy(1, works[0]))).toEqual([0n, 0n, 0n, 0n])
    expect([await usage().sequenceOf(3), await usage().sequenceOf(4)]).toEqual([2n, 1n])
  })

  it('given ten thousand receipts of five works it costs at most 60 gas a receipt', async () => {
    const more = [...works]
    for (const name of ['third', 'fourth', 'fifth']) {
      more.push(await listWork(network, { baseId: 2, name }))
      await makeOffer(network, 2, termsOf(more.at(-1) ?? 0))
      await takeLicence(network, more.length, { baseId: 3 })
    }
    const many = more.map((workId, index) => ({ workId, licenceId: index + 1, uses: 2_000, teachers: 100, classes: 300 }))
    const now = Math.floor((await network.now()) / DAY)
    const gas = await gasOf(
      usage().recordUsage({ baseId: 3, sequence: 1, fromDay: now, toDay: now, size: 10_000, root: digestOf('root') }, many, 'cid'),
    )
    expect(gas / 10_000).toBeLessThanOrEqual(60)
  })
})

describe('strikeBatch', () => {
  const WITNESS = 7
  /** Records receipts of base 3 as they are, and answers the batch. */
  const recorded = async (all: readonly SampleReceipt[], of: readonly Line[] = lines()) => {
    const made = batchOf(all, { baseId: 3, fromDay: today })
    await usage().recordUsage(made, of, 'cid')
    return made
  }
  const expectStruck = async (false_: readonly SampleReceipt[], shown: readonly number[]) => {
    const made = await recorded(false_)
    const strike = usage(WITNESS).strikeBatch(
      made,
      lines(),
      shown.map((index) => shownAt(false_, index)),
    )
    expect(await eventsOf(network.addresses, strike)).toContainEqual({
      contract: 'UsageReceipts',
      event: 'UsageStruck',
      args: { baseId: 3, sequence: 1, by: await addressAt(WITNESS) },
    })
    expect(countsOf(await usage().usageOf(works[0]))).toEqual([0n, 0n, 0n, 0n])
    expect(countsOf(await usage().usageBy(3, works[1]))).toEqual([0n, 0n, 0n, 0n])
    expect([await dueOf(1), await dueOf(2)]).toEqual([
      [0n, 0n],
      [0n, 0n],
    ])
    expect(await usage().batchHashOf(3, 1)).toBe(ZeroHash)
    await network.restore()
  }
  const replaced = (index: number, by: Partial<SampleReceipt>) =>
    receipts().map((receipt, at) => (at === index ? { ...receipt, ...by } : receipt))

  it('given the batch is unknown, or its lines are others it refuses', async () => {
    const doubled = replaced(1, { class: digestOf('a') })
    const shown = [shownAt(doubled, 0), shownAt(doubled, 1)]
    const made = batchOf(doubled, { baseId: 3, fromDay: today })
    expect(await refusalOf(usage().strikeBatch(made, lines(), shown))).toBe('UsageReceiptsBatchUnknown(3, 1)')
    await recorded(doubled)
    expect(await refusalOf(usage().strikeBatch(made, change(0, { teachers: 0 }), shown))).toBe('UsageReceiptsBatchUnknown(3, 1)')
    expect(await refusalOf(usage().strikeBatch({ ...made, toDay: today - 1 }, lines(), shown))).toBe('UsageReceiptsBatchUnknown(3, 1)')
  })

  it('when a receipt is not in the batch at that place it refuses', async () => {
    const all = receipts()
    const made = await recorded(all)
    const stray = { ...shownAt(all, 0), receipt: receiptOf(3, works[0], today + 1, { class: 'a' }) }
    expect(await refusalOf(usage().strikeBatch(made, lines(), [stray]))).toBe('UsageReceiptsNotInBatch(0)')
    // The last leaf of a tree that is not full has a shorter way up: another index must not pass with it.
    for (const index of [3, 5, 6, 2 ** 32 - 1]) {
      expect(await refusalOf(usage().strikeBatch(made, lines(), [{ ...shownAt(all, 4), index }]))).toBe(`UsageReceiptsNotInBatch(${index})`)
    }
  })

  it('when the receipts prove nothing it refuses one that belongs, the same twice, and three', async () => {
    const all = receipts()
    const made = await recorded(all)
    for (const shown of [[], [0], [4], [0, 0], [0, 1], [2, 3], [0, 1, 2]]) {
      const strike = usage().strikeBatch(
        made,
        lines(),
        shown.map((index) => shownAt(all, index)),
      )
      expect(await refusalOf(strike)).toBe('UsageReceiptsNothingProved()')
    }
  })

  it('given the contract is paused it refuses', async () => {
    const doubled = replaced(1, { class: digestOf('a') })
    const made = await recorded(doubled)
    await pause()
    expect(await refusalOf(usage().strikeBatch(made, lines(), [shownAt(doubled, 0), shownAt(doubled, 1)]))).toMatch(/^PausingPaused/)
  })

  it('given two receipts of one id it takes everything off that the batch counted', async () => {
    await expectStruck(replaced(1, { class: digestOf('a') }), [0, 1])
    await expectStruck(replaced(1, { class: digestOf('a'), teacher: digestOf('another') }), [1, 0])
  })

  it('given a receipt of another base, day or work it takes everything off that the batch counted', async () => {
    await expectStruck(replaced(0, { baseId: 4 }), [0])
    await expectStruck(replaced(2, { day: today - 1 }), [2])
    await expectStruck(replaced(2, { day: today + 1 }), [2])
    await expectStruck(replaced(2, { workId: works[1] }), [2])
    await expectStruck(replaced(4, { workId: works[0] }), [4])
  })

  it('given part of what was due is paid it lowers what is due and leaves what is paid', async () => {
    const doubled = replaced(1, { class: digestOf('a') })
    const made = await recorded(doubled)
    await giveMoney(network, network.accounts[2], 1_000)
    await usage().settleUsage([1])
    const strike = usage().strikeBatch(made, lines(), [shownAt(doubled, 0), shownAt(doubled, 1)])
    const events = await eventsOf(network.addresses, strike)
    expect(events.map((event) => [event?.event, event?.args])).toContainEqual(['DueLowered', { licenceId: 2, amount: 600n }])
    expect(events.filter((event) => event?.event === 'DueLowered')).toHaveLength(1)
    expect([await dueOf(1), await dueOf(2)]).toEqual([
      [30n, 30n],
      [0n, 0n],
    ])
  })

  it('given the batch is struck it cannot be struck again, and its days cannot be counted again', async () => {
    const doubled = replaced(1, { class: digestOf('a') })
    const made = await recorded(doubled)
    const shown = [shownAt(doubled, 0), shownAt(doubled, 1)]
    await usage().strikeBatch(made, lines(), shown)
    expect(await refusalOf(usage().strikeBatch(made, lines(), shown))).toBe('UsageReceiptsBatchUnknown(3, 1)')
    expect(await refusalOf(record({ sequence: 2 }))).toBe(`UsageReceiptsDayCounted(${works[0]}, ${today})`)
  })

  it('when the timelock strikes it needs no receipts', async () => {
    const made = await recorded(receipts())
    await network.govern('UsageReceipts.strikeBatch', [made, lines(), []])
    expect(countsOf(await usage().usageOf(works[0]))).toEqual([0n, 0n, 0n, 0n])
  })

  it('for any tree of up to sixty-five receipts it proves each receipt at its place and at no other', async () => {
    for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 31, 65]) {
      const all = Array.from({ length: size }, (_, index) => receiptOf(3, works[0], today + 1, { class: `class ${index}` }))
      const line = [{ workId: works[0], licenceId: 1, uses: size, teachers: 0, classes: 0 }]
      const made = batchOf(all, { baseId: 3, fromDay: today })
      await usage().recordUsage(made, line, '')
      const prove = (index: number, at = index) => {
        const data = usage().interface.encodeFunctionData('strikeBatch', [made, line, [{ ...shownAt(all, index), index: at }]])
        return refusalOf(network.request('eth_call', [{ to: network.addresses.UsageReceipts, data }, 'latest']))
      }
      for (let index = 0; index < size; index++) {
        expect(await prove(index), `${index} of ${size}`).toBeUndefined()
        expect(await prove(index, (index + 1) % (size + 1)), `${index} of ${size} elsewhere`).toMatch(/^UsageReceiptsNotInBatch/)
      }
      expect(await usage().leafOf(all[0] as SampleReceipt)).toBe(leafOf(all[0] as SampleReceipt))
      expect(made.root).toBe(rootOf(all.map(leafOf)))
      await network.restore()
    }
  })
})

describe('settleUsage', () => {
  const PAYER = 7

  it('given nothing is due it refuses, also for a licence named twice', async () => {
    expect(await refusalOf(usage().settleUsage([1]))).toBe('UsageReceiptsNothingDue(1)')
    await record()
    expect(await refusalOf(usage().settleUsage([1, 1]))).toBe('UsageReceiptsNothingDue(1)')
    expect(await refusalOf(usage().settleUsage([]))).toMatch(/^RoyaltyLedgerListMismatch/)
  })

  it('given the licences are paid in several tokens it refuses', async () => {
    await makeOffer(network, 2, termsOf(works[1], { charge: CHARGES.perUse, token: ZeroAddress, price: 7 }))
    await takeLicence(network, 3, { baseId: 3 })
    await record({}, change(1, { licenceId: 3 }))
    expect(await refusalOf(usage().settleUsage([1, 3]))).toBe('UsageReceiptsNothingDue(3)')
  })

  it('when another sum is sent than is due it refuses', async () => {
    await makeOffer(network, 2, termsOf(works[1], { charge: CHARGES.perUse, token: ZeroAddress, price: 7 }))
    await takeLicence(network, 3, { baseId: 3 })
    await record({}, change(1, { licenceId: 3 }))
    expect(await refusalOf(usage().settleUsage([3], { value: 13 }))).toBe('UsageReceiptsSumRefused(13, 14)')
    expect(await refusalOf(usage().settleUsage([3], { value: 15 }))).toBe('UsageReceiptsSumRefused(15, 14)')
    expect(await refusalOf(usage().settleUsage([1], { value: 1 }))).toBe('UsageReceiptsSumRefused(1, 0)')
    await usage().settleUsage([3], { value: 14 })
    expect((await network.contracts.RoyaltyLedger.sumsOf(works[1], 1, ZeroAddress)).received).toBe(14n)
  })

  it('given a work is taken down it refuses, and settles the others', async () => {
    await record()
    await network.govern('ResourceRegistry.takeDown', [works[0], ZeroHash])
    await giveMoney(network, network.accounts[PAYER], 1_000)
    expect(await refusalOf(usage(PAYER).settleUsage([1, 2]))).toMatch(/^ResourceRegistryWorkTakenDown/)
    expect(await refusalOf(usage(PAYER).settleUsage([2]))).toBeUndefined()
  })

  it('given the contract is paused it refuses', async () => {
    await record()
    await pause()
    expect(await refusalOf(usage().settleUsage([1]))).toMatch(/^PausingPaused/)
  })

  it('given something is due it pays all works in one transfer, whoever pays, and keeps nothing', async () => {
    await record()
    await giveMoney(network, network.accounts[PAYER], 1_000)
    const events = await eventsOf(network.addresses, usage(PAYER).settleUsage([1, 2]))
    const payer = await addressAt(PAYER)
    expect(events.filter((event) => event?.event === 'UsageSettled').map((event) => event?.args)).toEqual([
      { licenceId: 1, settlement: 1, payer, amount: 30n },
      { licenceId: 2, settlement: 1, payer, amount: 600n },
    ])
    const paid = events.filter((event) => event?.event === 'WorkPaid').map((event) => event?.args)
    const cause = `0x${Buffer.from('usage').toString('hex')}${'1'.padStart(54, '0')}`
    expect(paid).toEqual([
      expect.objectContaining({ workId: works[0], amount: 30n, cause }),
      expect.objectContaining({ workId: works[1], amount: 600n, cause }),
    ])
    expect([await fenOf(payer), await fenOf(network.addresses.UsageReceipts), await fenOf(network.addresses.RoyaltyLedger)]).toEqual([
      370n,
      0n,
      630n,
    ])
    expect([await dueOf(1), await dueOf(2)]).toEqual([
      [30n, 30n],
      [600n, 600n],
    ])
  })
})
