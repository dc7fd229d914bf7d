import type { RouteOutput } from '../../../api/routes.ts'
import type { Actor } from '../../../base.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { ownAccounts } from '../accounts/own-accounts.ts'
import { addUpShare } from './add-up.ts'
import type { MoneyBook } from './ports.ts'
import { baseAccountOf, digitsOf, tokenOf, toTotals } from './statement.ts'

type Use = Pick<IssuingBase, 'records' | 'keys'> & { money: MoneyBook }
type Purse = RouteOutput<'getPurse'>

/** What the person signed in has and is owed on each account; for operators and auditors the base's too. */
export function getPurse(base: Use, actor: Actor): Purse {
  const token = tokenOf(base, undefined)
  const baseAccount = baseAccountOf(base)
  const seesBase = actor.roles.some((role) => role === 'operator' || role === 'auditor')
  const mine = ownAccounts(base, actor.id).map(({ account, kind }) => ({ account, kind, owner: 'me' as const }))
  const accounts = seesBase ? [...mine, { account: baseAccount, kind: 'base' as const, owner: 'base' as const }] : mine
  return {
    token,
    decimals: digitsOf(base, token),
    accounts: accounts.map((one) => ({
      ...one,
      balance: String(base.money.balanceOf(one.account)),
      ...owedTo(base.money, token, one.account),
    })),
    isMinter: base.money.isMinter(baseAccount),
    deposits: base.money
      .mints()
      .filter(({ account }) => accounts.some((one) => one.account === account))
      .reverse()
      .slice(0, 1_000)
      .map(({ receipt, account, amount, time, transactionHash }) => ({
        receiptHash: receipt,
        account,
        amount: String(amount),
        at: time,
        transactionHash,
      })),
  }
}

function owedTo(money: MoneyBook, token: string, account: string): { claimable: string; onTheWay: string } {
  const shares = money
    .shares([account])
    .flatMap(({ contributors, ...list }) => contributors.filter((one) => one.account === account).map((one) => ({ ...list, ...one })))
  const events = money.events({ token, workIds: shares.map(({ workId }) => workId) })
  const { claimable, onTheWay } = toTotals(shares.map((share) => addUpShare(share, events).sums))
  return { claimable, onTheWay }
}
