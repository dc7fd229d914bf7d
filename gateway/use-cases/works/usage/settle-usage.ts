import { encodeCall } from '@guildhall/contracts'
import type { Actor } from '../../../base.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { allFinal } from '../licences/offers.ts'
import { assertMoney } from '../licences/take-licence.ts'

type Use = Pick<IssuingBase, 'records' | 'licences' | 'outbox' | 'transaction' | 'audit' | 'jobs' | 'registry'>

/** Licences in a transaction: as many as are paid within the gas that every write of the outbox gets. */
const mostLicences = 8

/**
 * Pays what this base owes for counted uses, as a job: the exact sum is approved and paid, and goes to the works in the same transaction.
 * Works that are taken down wait.
 * @throws MONEY_SHORT
 */
export function settleUsage(base: Use, actor: Actor, { licenceIds }: { licenceIds?: readonly number[] | undefined }): { jobId: string } {
  const { baseId, contracts } = getIdentity(base)
  const open = listOpen(base, baseId, licenceIds)
  const total = sumOf(open)
  assertMoney(base, baseId, total)
  const jobId = base.jobs.start(
    actor,
    { kind: 'settlement', title: { 'zh-CN': '支付使用费', en: 'Pay for counted uses' } },
    async (progress) => {
      const stage = progress.stage({ 'zh-CN': '已付的许可', en: 'Licences paid' }, 'rows', open.length)
      for (let from = 0; from < open.length; from += mostLicences) {
        const group = open.slice(from, from + mostLicences)
        const calls = [
          { kind: 'allowance', ...encodeCall(contracts, 'SettlementToken.approve', [contracts.UsageReceipts, sumOf(group)]) },
          { kind: 'settlement', ...encodeCall(contracts, 'UsageReceipts.settleUsage', [group.map(({ licenceId }) => licenceId)]) },
        ]
        const rows = base.transaction(() => {
          base.audit.append(actor, 'usage.settled', { details: { licences: group.length, amount: String(sumOf(group)) } })
          return calls.map(({ kind, to, data }) => base.outbox.enqueue({ kind, to, calldata: data }))
        })
        await allFinal(base, rows, progress.signal)
        stage.advance(group.length)
      }
      return {
        sentence: { 'zh-CN': `已为 ${open.length} 份许可付清使用费。`, en: `Paid for the uses under ${open.length} licences.` },
        subjectId: null,
      }
    },
  )
  return { jobId }
}

type Open = { licenceId: number; due: bigint }

/** The licences of a base under which something is owed, in the settlement token, and whose work takes money now. */
function listOpen(base: Use, baseId: number, licenceIds: readonly number[] | undefined): Open[] {
  const { contracts } = getIdentity(base)
  const token = contracts.SettlementToken.toLowerCase()
  return base.licences
    .licences({ baseId })
    .filter(({ licenceId, offerId, workId }) => {
      const isAsked = licenceIds === undefined || licenceIds.includes(licenceId)
      return isAsked && base.licences.findOffer(offerId)?.token === token && base.licences.findWork(workId)?.isTakenDown === false
    })
    .map(({ licenceId, owed, settled }) => ({ licenceId, due: owed - settled }))
    .filter(({ due }) => due > 0n)
}

const sumOf = (open: readonly Open[]): bigint => open.reduce((sum, { due }) => sum + due, 0n)
