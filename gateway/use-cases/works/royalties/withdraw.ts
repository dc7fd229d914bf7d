import { encodeCall, interfaces } from '@guildhall/contracts'
import type { RouteOutput } from '../../../api/routes.ts'
import type { Actor, OutboxRow } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { WithdrawalRow } from '../../../records/works/person-accounts.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { assertCarriedOut, finishOperation, prepareOperation } from '../accounts/passkey-operations.ts'
import { addUpShare } from './add-up.ts'
import type { MoneyBook } from './ports.ts'
import { accountsOf, tokenOf } from './statement.ts'
import { writeMoney } from './write-money.ts'

export type WithdrawingBase = Pick<
  IssuingBase,
  'records' | 'keys' | 'clock' | 'random' | 'jobs' | 'outbox' | 'transaction' | 'audit' | 'registry' | 'ledger'
> & { money: MoneyBook }

type Asked = { whose?: 'me' | 'base' | undefined; account?: string | undefined; to?: string | undefined; origin: string }
type Started = RouteOutput<'startWithdrawal'>
type Owed = { workId: number; epoch: number; amount: bigint; data: string }

const withdrawalSeconds = 600
/** One withdrawal costs about 80,000 gas, more with long lists of creators, and one write has 2,000,000. */
const withdrawalsInOne = 12

/**
 * Works out what one account can withdraw now.
 * @throws NOTHING_OWED, NOT_YOURS, RECIPIENT_REFUSED, ROLE_MISSING
 */
export async function startWithdrawal(base: WithdrawingBase, actor: Actor, asked: Asked): Promise<Started> {
  const accounts = accountsOf(base, actor, asked.whose ?? 'me')
  const chosen = asked.account?.toLowerCase()
  if (chosen !== undefined && !accounts.includes(chosen)) throw new GuildhallError('NOT_YOURS')
  const account = chosen ?? accounts.find((one) => owedTo(base, one, one).length > 0)
  const to = (asked.to ?? account)?.toLowerCase()
  if (account === undefined || to === undefined) throw new GuildhallError('NOTHING_OWED')
  const owed = owedTo(base, account, to)
  if (owed.length === 0) throw new GuildhallError('NOTHING_OWED')
  const byPasskey = base.records.personAccounts.find({ account }) !== undefined
  if (to !== account && asked.whose !== 'base' && !byPasskey) throw new GuildhallError('RECIPIENT_REFUSED')
  const row: WithdrawalRow = {
    withdrawalId: base.random.uuid(),
    personId: actor.id,
    account,
    recipient: to,
    token: tokenOf(base, undefined),
    amount: String(owed.reduce((sum, { amount }) => sum + amount, 0n)),
    calls: toCalls(base, owed),
    operation: null,
    expiresAt: base.clock.now() + withdrawalSeconds,
  }
  const prepared = byPasskey ? await prepareOperation(base, row, asked.origin) : null
  base.transaction(() => {
    forgetOver(base)
    base.records.withdrawals.insert({ ...row, operation: prepared?.operation ?? null })
  })
  return {
    withdrawalId: row.withdrawalId,
    account,
    to,
    token: row.token,
    amount: row.amount,
    lines: owed.map(({ workId, epoch, amount }) => ({ workId, epoch, amount: String(amount) })),
    expiresAt: row.expiresAt,
    options: prepared?.options ?? null,
  }
}

type Finish = { withdrawalId: string; response?: Record<string, unknown> | undefined }

/**
 * Sends a withdrawal; it can be sent once.
 * @throws WITHDRAWAL_OVER, PASSKEY_REFUSED
 */
export async function finishWithdrawal(base: WithdrawingBase, actor: Actor, asked: Finish): Promise<{ jobId: string }> {
  const row = base.transaction(() => {
    const found = base.records.withdrawals.find({ withdrawalId: asked.withdrawalId, personId: actor.id })
    base.records.withdrawals.remove({ withdrawalId: asked.withdrawalId, personId: actor.id })
    return found
  })
  if (row === undefined || row.expiresAt <= base.clock.now()) throw new GuildhallError('WITHDRAWAL_OVER')
  const { account, operation } = row
  const signed = operation && (await finishOperation(base, { account, operation }, asked.response ?? {}))
  const jobId = writeMoney(base, actor, {
    kind: 'withdrawal',
    title: { 'zh-CN': '提取版税', en: 'Withdraw royalties' },
    subject: row.account,
    details: { amount: row.amount },
    writes: signed?.writes ?? row.calls.map(({ to, data }) => ({ to, calldata: data })),
    done: { 'zh-CN': '款项已到账。', en: 'The money has arrived.' },
    ...(signed && { judge: (last: OutboxRow) => assertCarriedOut(base, account, { hash: signed.hash, row: last }) }),
  })
  return { jobId }
}

/** What was withdrawn by an owner's accounts, the newest first. */
export function listWithdrawals(
  base: WithdrawingBase,
  actor: Actor,
  { whose = 'me' }: { whose?: 'me' | 'base' | undefined },
): RouteOutput<'listWithdrawals'> {
  const accounts = accountsOf(base, actor, whose)
  const token = tokenOf(base, undefined)
  const workIds = base.money.shares(accounts).map(({ workId }) => workId)
  const items = base.money
    .events({ token, workIds })
    .filter(({ kind, account }) => kind === 'withdrawn' && accounts.includes(account))
    .reverse()
    .map(({ time, account, about, workId, epoch, amount, transactionHash, block }) => ({
      at: time,
      account,
      to: about,
      workId,
      epoch,
      token,
      amount: String(amount),
      transactionHash,
      blockNumber: block,
    }))
  return { items }
}

/** What an account may withdraw of each list of creators that names it, with the call that does it. */
function owedTo(base: Pick<WithdrawingBase, 'records' | 'money'>, account: string, to: string): Owed[] {
  const token = tokenOf(base, undefined)
  const lists = base.money.shares([account])
  const events = base.money.events({ token, workIds: lists.map(({ workId }) => workId) })
  return lists.flatMap(({ workId, epoch, ownShare, contributors }) => {
    const index = contributors.findIndex((one) => one.account === account)
    const share = contributors[index]?.share ?? 0
    const { claimable } = addUpShare({ workId, epoch, ownShare, account, share }, events).sums
    if (claimable <= 0n) return []
    const withdrawal = { workId, epoch, token, ownShare, index, to, contributors }
    const data = interfaces.RoyaltyLedger.encodeFunctionData('withdraw', [withdrawal])
    return [{ workId, epoch, amount: claimable, data }]
  })
}

function toCalls({ records }: Pick<WithdrawingBase, 'records'>, owed: readonly Owed[]): WithdrawalRow['calls'] {
  const { contracts } = getIdentity({ records })
  const parts = Array.from({ length: Math.ceil(owed.length / withdrawalsInOne) }, (_, part) =>
    owed.slice(part * withdrawalsInOne, (part + 1) * withdrawalsInOne).map(({ data }) => data),
  )
  return parts.map((calls) => encodeCall(contracts, 'RoyaltyLedger.multicall', [calls]))
}

function forgetOver({ records, clock }: Pick<WithdrawingBase, 'records' | 'clock'>): void {
  for (const { withdrawalId, expiresAt } of records.withdrawals.list({}, { orderBy: 'expiresAt', limit: 20 })) {
    if (expiresAt <= clock.now()) records.withdrawals.remove({ withdrawalId })
  }
}
