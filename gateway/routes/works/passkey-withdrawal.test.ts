import { accountInterfaces, ENTRY_POINT, encodeCall } from '@guildhall/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMoneyBook } from '../../adapters/money-book.ts'
import { getIdentity } from '../../use-cases/base/issuing.ts'
import { paymasterOf } from '../../use-cases/works/accounts/sponsor.ts'
import { createPasskeyDevice } from '../passkey-device.ts'
import { removeTestBase, startTestBase, type TestBase } from '../test-base.ts'

let bench: TestBase
const operator = { id: '00000000-0000-4000-8000-0000000000aa', roles: ['operator'] } as const
const creator = { id: '00000000-0000-4000-8000-0000000000cc', roles: ['teacher'] } as const
const origin = 'http://localhost'
const device = createPasskeyDevice(origin)
let account = ''

beforeAll(async () => {
  bench = await startTestBase()
}, 120_000)
afterAll(async () => {
  await bench.stop()
  removeTestBase(bench.dataDir)
})

const headers = { host: 'localhost', origin }
const call = (id: Parameters<TestBase['call']>[0], body: unknown, as: typeof operator | typeof creator = creator) =>
  bench.call(id, { as, body, headers })

async function send(...calls: { to: string; data: string }[]): Promise<void> {
  const { base } = bench.running
  const rows = base.transaction(() => calls.map(({ to, data }) => base.outbox.enqueue({ kind: 'work-payment', to, calldata: data })))
  const signal = AbortSignal.timeout(60_000)
  const finals = await Promise.all(rows.map((row) => base.outbox.whenFinal(row, signal)))
  await base.registry.whenSyncedTo(Math.max(...finals.map(({ blockNumber }) => blockNumber ?? 0)), signal)
}

async function jobOf(answer: { statusCode: number; body: string; json(): { jobId: string } }) {
  expect(answer.statusCode, answer.body).toBe(202)
  const { jobId } = answer.json()
  await expect.poll(() => bench.running.base.jobs.find(jobId)?.state, { timeout: 60_000, interval: 50 }).not.toBe('running')
  return bench.running.base.jobs.find(jobId)
}

/** Pays the creator's work and lets it flow, so that there is something to withdraw. */
async function earn(amount: bigint): Promise<void> {
  const { contracts } = getIdentity(bench.running.base)
  await send(
    encodeCall(contracts, 'SettlementToken.approve', [contracts.RoyaltyLedger, amount]),
    encodeCall(contracts, 'RoyaltyLedger.pay', [1, contracts.SettlementToken, amount, `0x${'00'.repeat(32)}`]),
    encodeCall(contracts, 'RoyaltyLedger.flow', [contracts.SettlementToken, [1]]),
  )
}

test('an account follows from a passkey, and can be named and paid before there is a contract at it', async () => {
  const { options, ceremonyId } = (await call('startPasskeyRegistration', undefined)).json()
  const registered = await call('finishPasskeyRegistration', { ceremonyId, response: device.register(options) })
  const { passkeyId } = registered.json()
  expect((await call('openPasskeyAccount', { passkeyId }, operator)).json()).toMatchObject({ status: 404 })
  const opened = (await call('openPasskeyAccount', { passkeyId })).json()
  expect(opened).toMatchObject({ kind: 'passkey', passkeyId, isDeployed: false })
  account = opened.account
  const listed = (await bench.call('listOwnAccounts', { as: creator })).json()
  expect(listed.items.map(({ kind }: { kind: string }) => kind)).toEqual(['passkey', 'base-held'])

  const { base } = bench.running
  const { contracts, baseId } = getIdentity(base)
  const own = createMoneyBook(base.db).accountOf(baseId) ?? ''
  const digest = `0x${'0a'.repeat(32)}`
  const terms = { homeBase: baseId, holder: own, contentDigest: digest, codec: '0x55', termsHash: digest, askedShare: 0, deadline: 0 }
  const work = { ...terms, parents: [], contributors: [{ account, share: 1_000_000 }] }
  await send(
    encodeCall(contracts, 'ResourceRegistry.register', [work, '0x', []]),
    encodeCall(contracts, 'SettlementToken.mint', [own, 1_000_000n, digest]),
  )
  await earn(500n)
  expect(createMoneyBook(base.db).balanceOf(account)).toBe(0n)
}, 60_000)

test('a creator withdraws by one touch, without a coin, to wherever the creator says', async () => {
  const to = `0x${'77'.repeat(20)}`
  const started = (await call('startWithdrawal', { to })).json()
  expect(started).toMatchObject({ account, to, amount: '500', options: { userVerification: 'required', rpId: 'localhost' } })
  const job = await jobOf(await call('finishWithdrawal', { withdrawalId: started.withdrawalId, response: device.login(started.options) }))
  expect(job).toMatchObject({ state: 'finished', reason: null })
  const { base } = bench.running
  expect(createMoneyBook(base.db).balanceOf(to)).toBe(500n)
  expect(BigInt(String(await base.ledger.request('eth_getBalance', [account, 'latest'])))).toBe(0n)
  expect((await bench.call('listOwnAccounts', { as: creator })).json().items[0]).toMatchObject({ account, isDeployed: true })
  const [row] = base.outbox.list(1)
  const receipt = (await base.ledger.request('eth_getTransactionReceipt', [row?.transactionHash])) as { gasUsed: string }
  console.log('gas of the first withdrawal, with the account made', Number(receipt.gasUsed))
}, 60_000)

test('the second withdrawal goes to the account itself, and costs no making', async () => {
  await earn(40n)
  const started = (await call('startWithdrawal', {})).json()
  expect(started).toMatchObject({ to: account, amount: '40' })
  const job = await jobOf(await call('finishWithdrawal', { withdrawalId: started.withdrawalId, response: device.login(started.options) }))
  expect(job?.state).toBe('finished')
  const { base } = bench.running
  expect(createMoneyBook(base.db).balanceOf(account)).toBe(40n)
  const [row] = base.outbox.list(1)
  const receipt = (await base.ledger.request('eth_getTransactionReceipt', [row?.transactionHash])) as { gasUsed: string }
  console.log('gas of a later withdrawal', Number(receipt.gasUsed))
}, 60_000)

test('what another passkey, another challenge or nobody signed is refused before it is written', async () => {
  await earn(7n)
  const attempt = async (sign: (options: { challenge: string }) => unknown) => {
    const { withdrawalId, options } = (await call('startWithdrawal', {})).json()
    return (await call('finishWithdrawal', { withdrawalId, response: sign(options) })).json()
  }
  const writes = bench.running.base.outbox.list(1)[0]?.outboxId
  const stranger = createPasskeyDevice(origin)
  expect(await attempt((options) => stranger.login(options))).toMatchObject({ code: 'PASSKEY_REFUSED' })
  expect(await attempt((options) => ({ ...stranger.login(options), id: device.login(options).id }))).toMatchObject({
    code: 'PASSKEY_REFUSED',
  })
  expect(await attempt(() => device.login({ challenge: Buffer.alloc(32, 9).toString('base64url') }))).toMatchObject({
    code: 'PASSKEY_REFUSED',
  })
  expect(await attempt(() => undefined)).toMatchObject({ code: 'PASSKEY_REFUSED' })
  expect(bench.running.base.outbox.list(1)[0]?.outboxId).toBe(writes)
}, 60_000)

test('an operation that was carried out cannot be sent again, nor its calls changed', async () => {
  const { base } = bench.running
  const [row] = base.outbox.list(50).filter(({ kind, state }) => kind === 'withdrawal' && state === 'final')
  const sent = (await base.ledger.request('eth_getTransactionByHash', [row?.transactionHash])) as { input: string; from: string }
  const again = { from: sent.from, to: ENTRY_POINT, data: sent.input }
  await expect(base.ledger.request('eth_call', [again, 'latest'])).rejects.toThrow()
  const [[operation], to] = accountInterfaces.EntryPoint.decodeFunctionData('handleOps', sent.input).toArray() as [unknown[][], string]
  const fresh: unknown[] = Array.from(operation ?? [])
  // Another nonce, which the passkey did not sign.
  fresh[1] = (fresh[1] as bigint) + (1n << 64n)
  const changed = { ...again, data: accountInterfaces.EntryPoint.encodeFunctionData('handleOps', [[fresh], to]) }
  await expect(base.ledger.request('eth_call', [changed, 'latest'])).rejects.toThrow()
}, 60_000)

test('nobody but the base lets its paymaster pay, and it pays for no stranger', async () => {
  const { base } = bench.running
  const own = createMoneyBook(base.db).accountOf(1) ?? ''
  const data = accountInterfaces.SponsorPaymaster.encodeFunctionData('sponsor', [`0x${'55'.repeat(20)}`, true])
  const asked = { to: paymasterOf(own), data }
  await expect(base.ledger.request('eth_call', [{ ...asked, from: own }, 'latest'])).resolves.toBe('0x')
  await expect(base.ledger.request('eth_call', [{ ...asked, from: account }, 'latest'])).rejects.toThrow()
}, 60_000)
