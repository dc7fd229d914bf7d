import { createHash } from 'node:crypto'
import { encodeCall } from '@guildhall/contracts'
import type { Actor } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import type { MoneyBook } from './ports.ts'
import { baseAccountOf } from './statement.ts'
import { writeMoney } from './write-money.ts'

type Use = Pick<IssuingBase, 'records' | 'jobs' | 'outbox' | 'transaction' | 'audit' | 'registry'> & { money: MoneyBook }
type Deposit = { receipt: string; amount: string; account?: string | undefined }

/**
 * Makes money against a deposit at the bank. The ledger mints once for each receipt, and within the limit that was voted.
 * @throws MINTER_MISSING, DEPOSIT_RECORDED, AMOUNT_REFUSED
 */
export function recordDeposit(base: Use, actor: Actor, { receipt, amount, account }: Deposit): { jobId: string; receiptHash: string } {
  const own = baseAccountOf(base)
  if (!base.money.isMinter(own)) throw new GuildhallError('MINTER_MISSING')
  if (BigInt(amount) === 0n) throw new GuildhallError('AMOUNT_REFUSED', { amount })
  const receiptHash = `0x${createHash('sha256').update(receipt.trim()).digest('hex')}`
  if (base.money.mints().some((mint) => mint.receipt === receiptHash)) throw new GuildhallError('DEPOSIT_RECORDED')
  const args = [account ?? own, BigInt(amount), receiptHash] as const
  const { to, data } = encodeCall(getIdentity(base).contracts, 'SettlementToken.mint', args)
  const jobId = writeMoney(base, actor, {
    kind: 'deposit',
    title: { 'zh-CN': '登记存款', en: 'Record a deposit' },
    subject: receiptHash,
    details: { amount },
    writes: [{ to, calldata: data }],
    done: { 'zh-CN': '存款已入账。', en: 'The deposit is on the ledger.' },
  })
  return { jobId, receiptHash }
}
