import { encodeCall } from '@guildhall/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMoneyBook } from '../../adapters/money-book.ts'
import type { Actor } from '../../base.ts'
import { getIdentity } from '../../use-cases/base/issuing.ts'
import { heldAccount } from '../../use-cases/works/accounts/held-account.ts'
import { removeTestBase, startTestBase, type TestBase } from '../test-base.ts'

let bench: TestBase
const operator = { id: '00000000-0000-4000-8000-0000000000aa', roles: ['operator'] } as const
const teacher = { id: '00000000-0000-4000-8000-0000000000bb', roles: ['teacher'] } as const
const million = 1_000_000
/** As a spreadsheet counts. */
const trim = (cell: string) => (/^\d+\.\d+$/.test(cell) ? String(Number(cell)) : cell)

beforeAll(async () => {
  bench = await startTestBase()
  await send(
    register('first', []),
    register('second', [{ parentId: 1, share: 100_000, kind: 0 }]),
    register('third', [{ parentId: 2, share: 250_000, kind: 1 }]),
  )
}, 120_000)
afterAll(async () => {
  await bench.stop()
  removeTestBase(bench.dataDir)
})

const accountOf = (person: { id: string }) => heldAccount(bench.running.base, person.id).address.toLowerCase()

/** A work of this base, shared by the operator and the teacher as 2 to 1. */
function register(name: string, parents: { parentId: number; share: number; kind: number }[]) {
  const { contracts, baseId } = getIdentity(bench.running.base)
  const digest = `0x${Buffer.from(name).toString('hex').padEnd(64, '0')}`
  const creators = [
    { account: accountOf(operator), share: 666_667 },
    { account: accountOf(teacher), share: million - 666_667 },
  ].sort((a, b) => (a.account < b.account ? -1 : 1))
  const holder = createMoneyBook(bench.running.base.db).accountOf(baseId) ?? ''
  const work = {
    homeBase: baseId,
    holder,
    contentDigest: digest,
    codec: '0x55',
    termsHash: digest,
    askedShare: 0,
    deadline: 0,
    parents,
    contributors: creators,
  }
  return encodeCall(contracts, 'ResourceRegistry.register', [work, '0x', []])
}

async function send(...calls: { to: string; data: string }[]): Promise<void> {
  const { base } = bench.running
  const rows = base.transaction(() => calls.map(({ to, data }) => base.outbox.enqueue({ kind: 'work-payment', to, calldata: data })))
  const signal = AbortSignal.timeout(60_000)
  const finals = await Promise.all(rows.map((row) => base.outbox.whenFinal(row, signal)))
  await base.registry.whenSyncedTo(Math.max(...finals.map(({ blockNumber }) => blockNumber ?? 0)), signal)
}

/** Waits until the job of an answer has ended well. */
async function finished(answer: { statusCode: number; body: string; json(): { jobId: string } }): Promise<void> {
  expect(answer.statusCode, answer.body).toBe(202)
  const { jobId } = answer.json()
  await expect.poll(() => bench.running.base.jobs.find(jobId)?.state, { timeout: 60_000, interval: 50 }).not.toBe('running')
  expect(bench.running.base.jobs.find(jobId)).toMatchObject({ state: 'finished', reason: null })
}

const statementOf = async (as: Pick<Actor, 'id' | 'roles'>) => (await bench.call('getStatement', { as })).json()

test('money is made once for a deposit’s receipt', async () => {
  const body = { receipt: 'ICBC 2026-11-22 0001', amount: '1000000' }
  await finished(await bench.call('recordDeposit', { as: operator, body }))
  const again = await bench.call('recordDeposit', { as: operator, body })
  expect(again.json()).toMatchObject({ status: 409, code: 'DEPOSIT_RECORDED' })
  const purse = (await bench.call('getPurse', { as: operator })).json()
  expect(purse).toMatchObject({ isMinter: true, decimals: 2, deposits: [{ amount: '1000000' }] })
  expect(purse.accounts.find(({ owner }: { owner: string }) => owner === 'base')).toMatchObject({ kind: 'base', balance: '1000000' })
})

test('a payment that the base has no money for is refused before it is written', async () => {
  const answer = await bench.call('payWork', { as: operator, params: { workId: 1 }, body: { amount: '1000001' } })
  expect(answer.json()).toMatchObject({ status: 409, code: 'MONEY_SHORT', params: { available: '1000000', needed: '1000001' } })
})

test('a payment is on its way until it flows, and then reaches everyone along the derivation', async () => {
  await finished(await bench.call('payWork', { as: operator, params: { workId: 3 }, body: { amount: '10001' } }))
  const before = await statementOf(operator)
  expect(before.totals).toEqual({ earned: '0', withdrawn: '0', claimable: '0', onTheWay: '5000' })
  expect(before.lines).toMatchObject([
    { workId: 3, kind: 'payment', amount: '10001', yours: '5000', hasFlowed: false, source: { cause: 'gift', baseId: 1 } },
  ])

  await finished(await bench.call('flowRoyalties', { as: teacher, body: {} }))
  // 10,001 to work 3: 2,500 to work 2, of which 250 to work 1; each work's rest is shared 666,667 to 333,333.
  const after = await statementOf(operator)
  expect(after.totals).toEqual({ earned: '6666', withdrawn: '0', claimable: '6666', onTheWay: '0' })
  expect(
    after.lines.map(({ workId, kind, yours, source }: never) => ({
      workId,
      kind,
      yours,
      from: (source as { fromWorkId: number }).fromWorkId,
    })),
  ).toEqual([
    { workId: 1, kind: 'derived', yours: '166', from: 2 },
    { workId: 2, kind: 'derived', yours: '1500', from: 3 },
    { workId: 3, kind: 'payment', yours: '5000', from: null },
  ])
  expect(after.lines.every(({ hasFlowed }: { hasFlowed: boolean }) => hasFlowed)).toBe(true)
})

test('a statement traces every line to its transaction, for people and for spreadsheets', async () => {
  const csv = (await bench.call('exportStatement', { as: operator })).body.replace('\uFEFF', '').split('\r\n')
  expect(csv[0]).toBe('time,kind,work,epoch,amount,yours,has-flowed,cause,base,licence,uses,from-work,account,transaction,block')
  const { lines } = await statementOf(operator)
  expect(csv.slice(1, -1).map((row) => row.split(',').filter((_, column) => [1, 2, 4, 5, 11, 13].includes(column)))).toEqual([
    ['derived', '1', '2.50', '1.66', '2', lines[0].transactionHash].map(trim),
    ['derived', '2', '25.00', '15.00', '3', lines[1].transactionHash].map(trim),
    ['payment', '3', '100.01', '50.00', '', lines[2].transactionHash].map(trim),
  ])
})

test('a statement is printed in both languages, with text that can be read back', async () => {
  const { extractText } = await import('unpdf')
  const print = async (language: string) => {
    const answer = await bench.call('printStatement', { as: operator, query: { language } })
    expect(answer.headers['content-type']).toBe('application/pdf')
    return new Uint8Array(answer.rawPayload)
  }
  const { lines } = await statementOf(operator)
  const { text: english } = await extractText(await print('en'), { mergePages: true })
  for (const part of ['Statement of royalties', '66.66', '100.01', 'work 3', lines[0].transactionHash]) expect(english).toContain(part)
  // Chinese is set by a predefined encoding, which this reader has no data for: its UTF-16 stands in the page.
  const chinese = Buffer.from('版税结算单', 'utf16le').swap16().toString('hex').toUpperCase()
  expect(Buffer.from(await print('zh-CN')).toString()).toContain(`/C 18 Tf <${chinese}> Tj`)
})

test('the base’s money is shown to operators and auditors only', async () => {
  const refused = await bench.call('getStatement', { as: teacher, query: { whose: 'base' } })
  expect(refused.json()).toMatchObject({ status: 403, code: 'ROLE_MISSING' })
  const shown = await bench.call('getStatement', { as: operator, query: { whose: 'base' } })
  expect(shown.json()).toMatchObject({ works: [], lines: [], totals: { earned: '0' } })
})

test('a creator without a coin withdraws to an account of his own, once', async () => {
  const elsewhere = { to: `0x${'99'.repeat(20)}` }
  expect((await bench.call('startWithdrawal', { as: teacher, body: elsewhere })).json()).toMatchObject({ code: 'RECIPIENT_REFUSED' })
  expect((await bench.call('startWithdrawal', { as: teacher, body: { account: accountOf(operator) } })).json()).toMatchObject({
    code: 'NOT_YOURS',
  })
  const started = (await bench.call('startWithdrawal', { as: teacher, body: {} })).json()
  expect(started).toMatchObject({ account: accountOf(teacher), to: accountOf(teacher), amount: '3332', options: null })
  const body = { withdrawalId: started.withdrawalId }
  expect((await bench.call('finishWithdrawal', { as: operator, body })).json()).toMatchObject({ code: 'WITHDRAWAL_OVER' })
  await finished(await bench.call('finishWithdrawal', { as: teacher, body }))
  expect((await bench.call('finishWithdrawal', { as: teacher, body })).json()).toMatchObject({ code: 'WITHDRAWAL_OVER' })

  const purse = (await bench.call('getPurse', { as: teacher })).json()
  expect(purse.accounts).toEqual([
    { account: accountOf(teacher), owner: 'me', kind: 'base-held', balance: '3332', claimable: '0', onTheWay: '0' },
  ])
  const { items } = (await bench.call('listWithdrawals', { as: teacher, query: {} })).json()
  expect(items.reduce((sum: number, { amount }: { amount: string }) => sum + Number(amount), 0)).toBe(3332)
  expect((await bench.call('startWithdrawal', { as: teacher, body: {} })).json()).toMatchObject({ status: 409, code: 'NOTHING_OWED' })
  const own = (await bench.call('listOwnAccounts', { as: teacher })).json()
  expect(own.items).toEqual([{ account: accountOf(teacher), kind: 'base-held', passkeyId: null, isDeployed: false }])
})

test('the books balance to the unit, with what rounding left within its bound', async () => {
  await finished(await bench.call('payWork', { as: operator, params: { workId: 2 }, body: { amount: '77' } }))
  const books = (await bench.call('getBooks', { as: teacher, query: {} })).json()
  expect(books).toMatchObject({
    paidIn: '10078',
    withdrawn: '3332',
    claimable: '6666',
    inFlight: '77',
    dust: '3',
    held: '6746',
    strayed: '0',
    outcome: 'passed',
  })
  expect(Number(books.dust)).toBeLessThanOrEqual(Number(books.dustBound))
})

test('money that is sent to the pool without paying a work does not hide in the books', async () => {
  const { contracts } = getIdentity(bench.running.base)
  await send(encodeCall(contracts, 'SettlementToken.transfer', [contracts.RoyaltyLedger, 5n]))
  const books = (await bench.call('getBooks', { as: teacher, query: {} })).json()
  expect(books).toMatchObject({ held: '6751', strayed: '5', outcome: 'passed' })
})
