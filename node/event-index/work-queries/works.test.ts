import { DatabaseSync } from 'node:sqlite'
import { connectContracts } from '@guildhall/contracts'
import { digestOf, type SampleNetwork, SEATS, sampleFoundingOfWorks } from '@guildhall/contracts/sample-network'
import { batchOf, receiptOf, shownAt } from '@guildhall/contracts/sample-usage'
import {
  CHARGES,
  giveMoney,
  giveOpinions,
  listWork,
  makeOffer,
  registerWork,
  takeLicence,
  termsOf,
} from '@guildhall/contracts/sample-works'
import { type ContractTransactionResponse, Wallet, ZeroHash } from 'ethers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestLedger, type TestLedger } from '../anvil-for-tests.ts'
import { createEventIndex, type EventIndex } from '../create-event-index.ts'
import { createJsonRpcSource } from '../json-rpc-source.ts'
import { tables } from '../tables.ts'
import * as queries from './index.ts'

const DAY = 86_400
const mined = async (sent: Promise<ContractTransactionResponse>) => (await sent).wait()

let ledger: TestLedger
let network: Pick<SampleNetwork, 'as' | 'contracts' | 'accounts' | 'addresses' | 'addressOf' | 'now' | 'request'>
let db: DatabaseSync
let index: EventIndex
let token: string
const closing: (() => unknown)[] = []

beforeAll(async () => {
  ledger = await startTestLedger(sampleFoundingOfWorks)
  const { provider, addresses, accounts } = ledger
  const as = (account: Parameters<SampleNetwork['as']>[0]) => connectContracts(addresses, account ?? ledger.provider)
  network = {
    as,
    contracts: as(accounts[0]),
    accounts,
    addresses,
    addressOf: async (account) => (await account?.getAddress()) ?? '',
    now: async () => (await provider.getBlock('latest'))?.timestamp ?? 0,
    request: (method, params = []) => provider.send(method, [...params]),
  }
  token = addresses.SettlementToken
  await admitSecondBase()
  await writeHistory(network as SampleNetwork)
  db = new DatabaseSync(':memory:')
  index = follow(db)
  await index.start()
  await synced()
})
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await ledger.stop()
})

function follow(into: DatabaseSync): EventIndex {
  const source = createJsonRpcSource({ rpcUrl: ledger.rpcUrl, wsUrl: ledger.wsUrl })
  const made = createEventIndex({ db: into, source, addresses: ledger.addresses, pollMs: 200 })
  closing.push(async () => {
    await made.stop()
    source.close()
  })
  return made
}

const synced = async (of = index) => of.whenSyncedTo(await ledger.provider.getBlockNumber(), { signal: AbortSignal.timeout(20_000) })
const dump = (of: DatabaseSync) =>
  Object.fromEntries(Object.keys(tables).map((name) => [name, of.prepare(`SELECT * FROM ${name} ORDER BY 1, 2`).all()]))

/** Base 2 with account 1, by an invite of the root. */
async function admitSecondBase(): Promise<void> {
  const { BaseRegistry } = network.contracts
  const key = Wallet.createRandom()
  await mined(BaseRegistry.createInvite(key.address, 1, 1, 2, (await network.now()) + DAY))
  const account = await network.addressOf(network.accounts[1])
  const identity = { didHash: digestOf('did 2'), didLogDigest: digestOf('log 2'), didLogCid: 'cid' }
  const domain = { name: 'Guildhall BaseRegistry', version: '1', chainId: 31_337, verifyingContract: network.addresses.BaseRegistry }
  const fields = ['account:address', 'didHash:bytes32', 'didLogDigest:bytes32'].map((field) => {
    const [name = '', type = ''] = field.split(':')
    return { name, type }
  })
  const signature = await key.signTypedData(domain, { Admission: fields }, { account, ...identity })
  await mined(network.as(network.accounts[1]).BaseRegistry.redeemInvite(1, identity, signature))
}

/** Two works of base 1, the second made from the first; base 2 takes licences, uses them and pays; everything flows and is paid out. */
async function writeHistory(sample: SampleNetwork): Promise<void> {
  const [root, user] = [sample.as(sample.accounts[0]), sample.as(sample.accounts[1])]
  await listWork(sample, { baseId: 1, name: 'course' })
  await listWork(sample, { baseId: 1, name: 'second course', parents: [{ parentId: 1, share: 250_000, kind: 0 }] })
  await mined(root.ResourceRegistry.publishVersion(1, digestOf('next course'), '0x55'))
  await mined(giveOpinions(sample, SEATS.content, { workId: 1, version: 2, panel: 0, marks: 3 }))
  await mined(root.ReviewPanels.appeal(1, 2, digestOf('grounds')))
  await makeOffer(sample, 1, termsOf(2, { charge: CHARGES.once, token, price: 1_000, period: 30 * DAY }))
  await makeOffer(sample, 1, termsOf(2, { charge: CHARGES.perUse, token, price: 7 }))
  await giveMoney(sample, sample.accounts[1], 5_000)
  await takeLicence(sample, 1, { baseId: 2 })
  await takeLicence(sample, 2, { baseId: 2 })
  const day = Math.floor((await sample.now()) / DAY)
  await useWorks(sample, day, ['a', 'b', 'c'])
  await mined(user.UsageReceipts.settleUsage([2]))
  await mined(root.RoyaltyLedger.flow(token, [2, 1]))
  const contributors = [{ account: await sample.addressOf(sample.accounts[0]), share: 1_000_000 }]
  const to = contributors[0]?.account ?? ''
  await mined(user.RoyaltyLedger.withdraw({ workId: 2, epoch: 1, token, ownShare: 750_000, index: 0, to, contributors }))
  await mined(root.SettlementToken.redeem(100, digestOf('payout')))
}

/** Base 2 uses work 2 with licence 2, in one class after the other. */
async function useWorks(sample: SampleNetwork, day: number, classes: readonly string[]): Promise<void> {
  const receipts = classes.map((name) => receiptOf(2, 2, day, { class: name }))
  const sequence = Number(await sample.contracts.UsageReceipts.sequenceOf(2)) + 1
  const lines = [{ workId: 2, licenceId: 2, uses: receipts.length, teachers: 1, classes: 2 }]
  await mined(
    sample.as(sample.accounts[1]).UsageReceipts.recordUsage(batchOf(receipts, { baseId: 2, sequence, fromDay: day }), lines, 'cid'),
  )
}

describe('the read model of works', () => {
  test('knows works with their versions, parents, children and shares', async () => {
    const holder = (await network.addressOf(network.accounts[0])).toLowerCase()
    expect(queries.listWorks(db).map(({ workId }) => workId)).toEqual([2, 1])
    expect(queries.findWork(db, 1)).toMatchObject({
      homeBase: 1,
      holder,
      versionCount: 2,
      isTakenDown: false,
      frozenUntil: 0,
      askedShare: 0,
    })
    expect(queries.findWork(db, 3)).toBeUndefined()
    expect(queries.listWorks(db, { holder, before: 2 }).map(({ workId }) => workId)).toEqual([1])
    expect(queries.listWorks(db, { homeBase: 2 })).toEqual([])
    expect(queries.listVersions(db, 1).map(({ version, contentDigest, codec }) => [version, contentDigest, codec])).toEqual([
      [1, digestOf('course'), '0x55'],
      [2, digestOf('next course'), '0x55'],
    ])
    expect(queries.listVersionsOfContent(db, digestOf('course')).map(({ workId }) => workId)).toEqual([1])
    const edge = { workId: 2, parentId: 1, share: 250_000, kind: 0 }
    expect([queries.listParents(db, 2), queries.listChildren(db, 1), queries.listParents(db, 1)]).toEqual([[edge], [edge], []])
    expect(queries.listEpochs(db, 2)).toEqual([
      expect.objectContaining({ epoch: 1, ownShare: 750_000, contributors: [{ account: holder, share: 1_000_000 }] }),
    ])
  })

  test('knows opinions, decisions, appeals and what was listed when', async () => {
    expect(queries.listOpinions(db, 1, 2).map(({ panel, marks }) => [panel, marks])).toEqual([
      [0, 3],
      [0, 3],
      [0, 3],
    ])
    expect(queries.listDecisions(db, 1, 1).map(({ panel, decision }) => [panel, decision])).toEqual([
      [0, 1],
      [1, 1],
    ])
    expect(queries.listDecisions(db, 1, 2).map(({ panel, decision }) => [panel, decision])).toEqual([[0, 2]])
    expect(queries.findAppeal(db, 1, 2)?.grounds).toBe(digestOf('grounds'))
    expect(queries.findAppeal(db, 1, 1)).toBeUndefined()
    expect(queries.listListings(db, 1).map(({ version, previous }) => [version, previous])).toEqual([[1, 0]])
    expect(queries.listWaitingVersions(db, 1)).toEqual([])
    expect(queries.listWaitingVersions(db, 2).map(({ workId, version }) => [workId, version])).toEqual([[1, 2]])
    const now = await network.now()
    const seated = queries.listSeats(db, now)
    expect(seated.map(({ panel }) => panel)).toEqual([0, 0, 0, 1, 1, 2, 2, 2])
    expect(queries.listSeats(db, now + 40_000_000)).toEqual([])
    const [listed] = queries.listListings(db, 1)
    for (const time of [0, (listed?.time ?? 0) - 1, listed?.time ?? 0, now]) {
      expect(queries.findListedVersion(db, 1, time)).toBe(Number(await network.contracts.ReviewPanels.listedVersionAt(1, time)))
    }
  })

  test('answers for any time by which licence a base may open a work, as the contract does', async () => {
    const { Licences } = network.contracts
    const { from } = await Licences.licenceOf(1)
    for (const time of [0, Number(from) - 1, Number(from), await network.now(), Number(from) + 31 * DAY]) {
      const licence = Number(await Licences.baseLicenceAt(2, 2, time))
      expect(queries.findLicenceAt(db, { baseId: 2 }, { workId: 2, time })).toBe(licence)
    }
    const account = await network.addressOf(network.accounts[1])
    expect(queries.findLicenceAt(db, { account }, { workId: 2, time: await network.now() })).toBe(0)
    expect(queries.findLicenceAt(db, { baseId: 0 }, { workId: 2, time: await network.now() })).toBe(0)
  })

  test('counts uses as the contract does, by base and by month too', async () => {
    const { uses, teachers, classes, bases } = await network.contracts.UsageReceipts.usageOf(2)
    const counted = { uses: Number(uses), teachers: Number(teachers), classes: Number(classes), bases: Number(bases) }
    expect(queries.countUsage(db, 2)).toEqual(counted)
    expect(counted).toEqual({ uses: 3, teachers: 1, classes: 2, bases: 1 })
    expect(queries.countUsage(db, 1)).toEqual({ uses: 0, teachers: 0, classes: 0, bases: 0 })
    expect(queries.listUsageByBase(db, 2)).toEqual([{ baseId: 2, uses: 3, teachers: 1, classes: 2 }])
    const month = new Date((await network.now()) * 1000).toISOString().slice(0, 7)
    expect(queries.listUsageByMonth(db, 2)).toEqual([{ month, ...counted }])
    expect(queries.listMostUsed(db)).toEqual([{ workId: 2, ...counted }])
    expect(queries.listMostUsed(db, { baseId: 1 })).toEqual([])
  })

  test('traces every unit: what was paid for what, where it flowed and who was paid out', async () => {
    expect(queries.listPayments(db, 2).map(({ amount, cause }) => [amount, cause])).toEqual([
      [1_000n, { kind: 'licence', number: 1 }],
      [21n, { kind: 'usage', number: 1 }],
    ])
    expect(queries.listArrivals(db, 1).map(({ workId, amount }) => [workId, amount])).toEqual([[2, 255n]])
    expect(queries.listFlows(db, 2).map(({ flowed }) => flowed)).toEqual([1_021n])
    const account = await network.addressOf(network.accounts[0])
    expect(queries.listWithdrawals(db, account).map(({ workId, amount }) => [workId, amount])).toEqual([[2, 765n]])
    expect(queries.sumReceived(db, 1, token)).toBe((await network.contracts.RoyaltyLedger.sumsOf(1, 1, token)).received)
    expect(queries.listMints(db).map(({ amount }) => amount)).toEqual([5_000n])
    expect(queries.listRedemptions(db)).toEqual([
      expect.objectContaining({ account: account.toLowerCase(), receipt: digestOf('payout'), amount: 100n }),
    ])
    for (const owner of [account, network.addresses.RoyaltyLedger, network.addresses.Licences]) {
      expect(queries.findBalance(db, owner)).toBe(await network.contracts.SettlementToken.balanceOf(owner))
    }
  })

  test('replays to the same tables from zero', async () => {
    const again = new DatabaseSync(':memory:')
    const second = follow(again)
    await second.start()
    await synced(second)
    expect(dump(again)).toEqual(dump(db))
  })

  test('takes back what a replaced branch had: a work, a false batch and its strike', async () => {
    const before = dump(db)
    const snapshot = await ledger.send('evm_snapshot', [])
    await ledger.send('evm_increaseTime', [DAY])
    await ledger.send('evm_mine', [])
    const sample = network as SampleNetwork
    const day = Math.floor((await network.now()) / DAY)
    await useWorks(sample, day, ['twice', 'twice'])
    await synced()
    expect(queries.countUsage(db, 2).uses).toBe(5)
    const receipts = ['twice', 'twice'].map((name) => receiptOf(2, 2, day, { class: name }))
    const lines = [{ workId: 2, licenceId: 2, uses: 2, teachers: 1, classes: 2 }]
    const shown = [shownAt(receipts, 0), shownAt(receipts, 1)]
    await mined(network.contracts.UsageReceipts.strikeBatch(batchOf(receipts, { baseId: 2, sequence: 2, fromDay: day }), lines, shown))
    await registerWork(sample, { baseId: 1, name: 'third course' })
    await synced()
    expect([queries.countUsage(db, 2).uses, queries.listWorks(db).length]).toEqual([3, 3])
    await ledger.send('evm_revert', [snapshot])
    await mined(network.contracts.CredentialAnchors.anchorHead(1, ZeroHash, ZeroHash, digestOf('other branch')))
    await expect.poll(() => index.status().rollbacks, { timeout: 20_000 }).toBe(1)
    await synced()
    const after = dump(db)
    expect({ ...after, index_heads: [] }).toEqual({ ...before, index_heads: [] })
    expect(after['index_heads']).toHaveLength(1)
  })
})
