import { encodeCall } from '@guildhall/contracts'
import type { Actor } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { fromLedgerTerms } from './ledger-terms.ts'
import { allFinal } from './offers.ts'

type Use = Pick<IssuingBase, 'records' | 'licences' | 'outbox' | 'transaction' | 'audit' | 'jobs' | 'registry'>

/**
 * Takes a licence for this base, as a job: where a price is due at once, the exact sum is approved and paid in two writes that follow one
 * another. What is paid a use or a class is settled later, from the counted uses.
 * @throws NOT_FOUND, OFFER_CLOSED, MONEY_SHORT
 */
export function takeLicence(
  base: Use,
  actor: Actor,
  { workId, offerId, count = 1 }: { workId: number; offerId: number; count?: number | undefined },
): { jobId: string } {
  const { baseId, contracts } = getIdentity(base)
  const work = base.licences.findWork(workId)
  if (work === undefined) throw notFound('work')
  const offer = base.licences.findOffer(offerId)
  const isOpen = offer !== undefined && offer.workId === workId && offer.withdrawnAt === null && work.listedVersion > 0
  if (!isOpen) throw new GuildhallError('OFFER_CLOSED', { offerId })
  const due = fromLedgerTerms(offer).pricing === 'once' ? BigInt(offer.price) * BigInt(count) : 0n
  assertMoney(base, baseId, due)
  const jobId = base.jobs.start(
    actor,
    { kind: 'licence', title: { 'zh-CN': `取得作品 ${workId} 的许可`, en: `Take a licence for work ${workId}` } },
    async (progress) => {
      const stage = progress.stage({ 'zh-CN': '写入账本', en: 'Written to the ledger' }, 'steps', due > 0n ? 2 : 1)
      const rows = base.transaction(() => {
        base.audit.append(actor, 'licence.taken', { subject: String(workId), details: { offerId, count, due: String(due) } })
        const payment = encodeCall(contracts, 'SettlementToken.approve', [contracts.Licences, due])
        const taking = encodeCall(contracts, 'Licences.takeLicence', [offerId, baseId, count])
        return [...(due > 0n ? [{ kind: 'allowance', ...payment }] : []), { kind: 'licence', ...taking }].map(({ kind, to, data }) =>
          base.outbox.enqueue({ kind, to, calldata: data, subjectId: String(workId) }),
        )
      })
      await allFinal(base, rows, progress.signal)
      stage.advance(rows.length)
      const licence = base.licences.licences({ baseId, workId })[0]
      return {
        sentence: { 'zh-CN': `已取得许可 ${licence?.licenceId ?? ''}。`, en: `Licence ${licence?.licenceId ?? ''} is taken.` },
        subjectId: licence ? String(licence.licenceId) : null,
      }
    },
  )
  return { jobId }
}

/** @throws MONEY_SHORT when the base's account has less of the settlement token */
export function assertMoney(base: Pick<Use, 'licences'>, baseId: number, needed: bigint): void {
  const available = base.licences.balanceOf(base.licences.accountOf(baseId) ?? '')
  if (available < needed) throw new GuildhallError('MONEY_SHORT', { needed: String(needed), available: String(available) })
}
