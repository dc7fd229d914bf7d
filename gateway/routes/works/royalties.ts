import { createMoneyBook } from '../../adapters/money-book.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'
import { ownAccounts } from '../../use-cases/works/accounts/own-accounts.ts'
import { openPasskeyAccount } from '../../use-cases/works/accounts/passkey-accounts.ts'
import { getBooks } from '../../use-cases/works/royalties/books.ts'
import { recordDeposit } from '../../use-cases/works/royalties/deposits.ts'
import { exportStatement } from '../../use-cases/works/royalties/export-statement.ts'
import { flowRoyalties } from '../../use-cases/works/royalties/flow.ts'
import { payWork } from '../../use-cases/works/royalties/pay-work.ts'
import { printStatement } from '../../use-cases/works/royalties/print-statement.ts'
import { getPurse } from '../../use-cases/works/royalties/purse.ts'
import { getStatement } from '../../use-cases/works/royalties/statement.ts'
import { finishWithdrawal, listWithdrawals, startWithdrawal } from '../../use-cases/works/royalties/withdraw.ts'
import { bind, FileAnswer } from '../bind.ts'
import { disputeBindings } from './disputes.ts'

/** The base with what the ledger says of money. */
const withMoney = (base: IssuingBase) => ({ ...base, money: createMoneyBook(base.db) })

/** Purse, statement, withdrawals and books. */
export const royaltyBindings = [
  bind('getPurse', ({ base, actor }) => getPurse(withMoney(base), actor)),
  bind('recordDeposit', ({ base, actor, body }) => recordDeposit(withMoney(base), actor, body)),
  bind('payWork', ({ base, actor, params, body }) => payWork(withMoney(base), actor, { ...params, ...body })),
  bind('flowRoyalties', ({ base, actor, body }) => flowRoyalties(withMoney(base), actor, body)),
  bind('getStatement', ({ base, actor, query }) => getStatement(withMoney(base), actor, query)),
  bind('exportStatement', ({ base, actor, query }) => {
    const file = exportStatement(getStatement(withMoney(base), actor, query))
    return new FileAnswer(file, { fileName: 'statement.csv' })
  }),
  bind('printStatement', ({ base, actor, query: { language = 'zh-CN', ...query } }) => {
    const { baseName, timeZone } = base.config
    const file = printStatement(getStatement(withMoney(base), actor, query), { language, baseName, timeZone })
    return new FileAnswer(file, { fileName: 'statement.pdf' })
  }),
  bind('getBooks', ({ base, query }) => getBooks(withMoney(base), query)),
  bind('listOwnAccounts', ({ base, actor }) => ({ items: ownAccounts(base, actor.id) })),
  bind('openPasskeyAccount', ({ base, actor, body }) => openPasskeyAccount(base, actor, body)),
  bind('startWithdrawal', ({ base, actor, body, visit }) => startWithdrawal(withMoney(base), actor, { ...body, origin: visit.origin })),
  bind('finishWithdrawal', ({ base, actor, body }) => finishWithdrawal(withMoney(base), actor, body)),
  bind('listWithdrawals', ({ base, actor, query }) => listWithdrawals(withMoney(base), actor, query)),
  ...disputeBindings,
]
