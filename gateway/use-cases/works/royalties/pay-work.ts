import { encodeCall } from '@guildhall/contracts'
import { ZeroHash } from 'ethers'
import type { Actor } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import type { MoneyBook } from './ports.ts'
import { baseAccountOf } from './statement.ts'
import { writeMoney } from './write-money.ts'

type Use = Pick<IssuingBase, 'records' | 'jobs' | 'outbox' | 'transaction' | 'audit' | 'registry' | 'clock'> & { money: MoneyBook }

/**
 * Pays a work with the base's settlement money: lets the ledger of royalties take the amount, then pays. Both are queued together, so that two
 * payments cannot take each other's allowance.
 * @throws NOT_FOUND, WORK_CONTESTED, AMOUNT_REFUSED, MONEY_SHORT
 */
export function payWork(base: Use, actor: Actor, { workId, amount: text }: { workId: number; amount: string }): { jobId: string } {
  const work = base.money.findWork(workId)
  if (work === undefined) throw notFound('work')
  if (work.frozenUntil > base.clock.now()) throw new GuildhallError('WORK_CONTESTED', { workId })
  const amount = BigInt(text)
  if (amount === 0n) throw new GuildhallError('AMOUNT_REFUSED', { amount: text })
  const available = base.money.balanceOf(baseAccountOf(base))
  if (available < amount) throw new GuildhallError('MONEY_SHORT', { needed: text, available: String(available) })
  const { contracts } = getIdentity(base)
  const calls = [
    encodeCall(contracts, 'SettlementToken.approve', [contracts.RoyaltyLedger, amount]),
    encodeCall(contracts, 'RoyaltyLedger.pay', [workId, contracts.SettlementToken, amount, ZeroHash]),
  ]
  const jobId = writeMoney(base, actor, {
    kind: 'work-payment',
    title: { 'zh-CN': `向作品 ${workId} 付款`, en: `Pay work ${workId}` },
    subject: String(workId),
    details: { amount: text },
    writes: calls.map(({ to, data }) => ({ to, calldata: data })),
    done: { 'zh-CN': '款项已到达作品。', en: 'The money has reached the work.' },
  })
  return { jobId }
}
