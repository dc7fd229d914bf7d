import { encodeCall, interfaces } from '@guildhall/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMoneyBook } from '../../adapters/money-book.ts'
import { enqueueDecision } from '../../use-cases/base/decisions/decide.ts'
import { getIdentity } from '../../use-cases/base/issuing.ts'
import { heldAccount } from '../../use-cases/works/accounts/held-account.ts'
import { removeTestBase, startTestBase, type TestBase } from '../test-base.ts'

let bench: TestBase
const operator = { id: '00000000-0000-4000-8000-0000000000aa', roles: ['operator'] } as const
const author = { id: '00000000-0000-4000-8000-0000000000bb', roles: ['teacher'] } as const
const copier = { id: '00000000-0000-4000-8000-0000000000cc', roles: ['teacher'] } as const
const judges = [
  { id: '00000000-0000-4000-8000-0000000000d1', roles: ['teacher'] },
  { id: '00000000-0000-4000-8000-0000000000d2', roles: ['teacher'] },
] as const
const [first, second] = judges
const digest = `0x${'0b'.repeat(32)}`
const expertPanel = 2

beforeAll(async () => {
  bench = await startTestBase()
  const { base } = bench.running
  const { contracts, baseId } = getIdentity(base)
  const own = createMoneyBook(base.db).accountOf(baseId) ?? ''
  const register = (account: string, parents: unknown[]) => {
    const work = { homeBase: baseId, holder: own, contentDigest: digest, codec: '0x55', termsHash: digest, askedShare: 0, deadline: 0 }
    const whole = { ...work, parents: parents as never[], contributors: [{ account, share: 1_000_000 }] }
    return encodeCall(contracts, 'ResourceRegistry.register', [whole, '0x', []])
  }
  await send(
    register(accountOf(author), []),
    register(accountOf(copier), [{ parentId: 1, share: 100_000, kind: 0 }]),
    encodeCall(contracts, 'SettlementToken.mint', [own, 1_000_000n, digest]),
  )
  await seatJudges()
}, 120_000)
afterAll(async () => {
  await bench.stop()
  removeTestBase(bench.dataDir)
})

const accountOf = (person: { id: string }) => heldAccount(bench.running.base, person.id).address.toLowerCase()

async function seatJudges(): Promise<void> {
  const { base } = bench.running
  const until = base.clock.now() + 86_400
  const payloads = [
    interfaces.ReviewPanels.encodeFunctionData('setQuorum', [expertPanel, 2, 2]),
    ...judges.map((judge) => interfaces.ReviewPanels.encodeFunctionData('seatMember', [expertPanel, accountOf(judge), 0, 0, until])),
  ]
  const rows = base.transaction(() =>
    payloads.map((payload) => enqueueDecision(base, { kind: 'panel-seat', programmeId: 0, contract: 'ReviewPanels', payload })),
  )
  await settled(rows)
}

async function settled(rows: readonly number[]): Promise<void> {
  const { base } = bench.running
  const signal = AbortSignal.timeout(60_000)
  const finals = await Promise.all(rows.map((row) => base.outbox.whenFinal(row, signal)))
  await base.registry.whenSyncedTo(Math.max(...finals.map(({ blockNumber }) => blockNumber ?? 0)), signal)
}

const send = (...calls: { to: string; data: string }[]) => {
  const { base } = bench.running
  return settled(base.transaction(() => calls.map(({ to, data }) => base.outbox.enqueue({ kind: 'work-payment', to, calldata: data }))))
}

/** What the job of an answer came to. */
async function resultOf(answer: { statusCode: number; body: string; json(): { jobId: string } }): Promise<string | undefined> {
  expect(answer.statusCode, answer.body).toBe(202)
  const { jobId } = answer.json()
  await expect.poll(() => bench.running.base.jobs.find(jobId)?.state, { timeout: 60_000, interval: 50 }).not.toBe('running')
  expect(bench.running.base.jobs.find(jobId)).toMatchObject({ state: 'finished', reason: null })
  return bench.running.base.jobs.find(jobId)?.result?.sentence.en
}

const pay = (workId: number, amount: string) => bench.call('payWork', { as: operator, params: { workId }, body: { amount } })
const earned = async (as: typeof author | typeof copier) => (await bench.call('getStatement', { as })).json().totals
const disputes = async (workId = 2) => (await bench.call('listDisputes', { as: author, query: { workId } })).json()

test('nobody but the committees contests a work', async () => {
  const body = { grounds: 'It is a copy.', days: 30 }
  const answer = await bench.call('openDispute', { as: copier, params: { workId: 2 }, body })
  expect(answer.json()).toMatchObject({ status: 409, code: 'DISPUTE_REFUSED' })
})

test('a work stands still once enough members of the expert committee have signed, and its ancestors go on', async () => {
  await resultOf(await pay(2, '1000'))
  const params = { workId: 2 }
  const body = { grounds: 'Half of it is a copy of work 1.', days: 30 }
  expect(await resultOf(await bench.call('openDispute', { as: first, params, body }))).toBe('Signed; 1 more members have to sign.')
  expect(await disputes()).toMatchObject({ items: [], committee: { signed: 1, needed: 2 } })
  expect((await bench.call('openDispute', { as: first, params, body })).json()).toMatchObject({ code: 'DISPUTE_REFUSED' })
  expect(await resultOf(await bench.call('openDispute', { as: second, params, body }))).toBe('The work stands still until a ruling.')
  expect(await disputes()).toMatchObject({ items: [{ workId: 2, state: 'frozen', grounds: body.grounds, ruling: null }] })

  expect((await pay(2, '5')).json()).toMatchObject({ code: 'WORK_CONTESTED' })
  await resultOf(await pay(1, '10'))
  await resultOf(await bench.call('flowRoyalties', { as: author, body: {} }))
  expect(await earned(author)).toMatchObject({ earned: '10' })
  expect(await earned(copier)).toMatchObject({ earned: '0', onTheWay: '900' })
}, 60_000)

test('a ruling sends what had not flowed to the list that it gives, and the books balance', async () => {
  const [{ disputeId }] = (await disputes()).items
  const params = { workId: 2, disputeId }
  const creators = [
    { account: accountOf(copier), share: 400_000 },
    { account: accountOf(author), share: 600_000 },
  ]
  const parents = [{ workId: 1, kind: 'translation', share: 100_000 }]
  const body = { reason: 'Three fifths are the author’s.', decision: 'rule', creators, parents }
  const short = { ...body, creators: creators.slice(1) }
  expect((await bench.call('ruleOnDispute', { as: first, params, body: short })).json()).toMatchObject({ code: 'DISPUTE_REFUSED' })
  expect((await bench.call('ruleOnDispute', { as: author, params, body })).json()).toMatchObject({ code: 'DISPUTE_REFUSED' })
  await resultOf(await bench.call('ruleOnDispute', { as: first, params, body }))
  // Another ruling under the same words is another ruling, and finds no signature but its own.
  const other = { ...body, creators: [{ account: accountOf(copier), share: 1_000_000 }] }
  expect(await resultOf(await bench.call('ruleOnDispute', { as: second, params, body: other }))).toBe(
    'Signed; 1 more members have to sign.',
  )
  expect(await resultOf(await bench.call('ruleOnDispute', { as: second, params, body }))).toBe('The ruling holds.')
  expect(await disputes()).toMatchObject({ items: [{ disputeId, state: 'ruled', ruling: { epoch: 2, reason: body.reason } }] })
  expect((await bench.call('ruleOnDispute', { as: first, params, body })).json()).toMatchObject({ code: 'DISPUTE_REFUSED' })

  await resultOf(await bench.call('flowRoyalties', { as: author, body: {} }))
  await resultOf(await bench.call('flowRoyalties', { as: author, body: {} }))
  // 1,000: 100 to work 1, and of 900 three fifths to the author, two to the other.
  expect(await earned(author)).toMatchObject({ earned: '650', onTheWay: '0' })
  expect(await earned(copier)).toMatchObject({ earned: '360', onTheWay: '0' })
  const books = (await bench.call('getBooks', { as: author, query: {} })).json()
  expect(books).toMatchObject({ paidIn: '1010', claimable: '1010', inFlight: '0', dust: '0', outcome: 'passed' })
}, 60_000)

test('the emergency committee freezes a work at once, for less than a week', async () => {
  const body = { grounds: 'A complaint came in.', days: 30 }
  await resultOf(await bench.call('openDispute', { as: operator, params: { workId: 1 }, body }))
  const [dispute] = (await disputes(1)).items
  expect(dispute).toMatchObject({ state: 'frozen', grounds: body.grounds })
  expect(dispute.until - dispute.openedAt).toBeLessThanOrEqual(7 * 86_400)
}, 60_000)
