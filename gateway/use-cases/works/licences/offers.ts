import { encodeCall } from '@guildhall/contracts'
import type { Terms } from '../../../api/works/fields.ts'
import type { Offer } from '../../../api/works/licences.ts'
import type { Actor } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { hashOfferText, showOffer, toLedgerTerms } from './ledger-terms.ts'

type Use = Pick<IssuingBase, 'records' | 'licences' | 'outbox' | 'transaction' | 'audit' | 'jobs' | 'registry'>

/**
 * Offers a work on terms, as a job; the offers of this base that stood before are withdrawn in the same breath.
 * @throws NOT_FOUND, TERMS_REFUSED, WORK_NOT_HELD where the base's account does not hold the work
 */
export function setOffer(base: Use, actor: Actor, { workId, terms }: { workId: number; terms: Terms }): { jobId: string } {
  const { contracts } = getIdentity(base)
  assertHeld(base, workId)
  const ledgerTerms = toLedgerTerms(workId, terms, contracts.SettlementToken)
  const jobId = base.jobs.start(
    actor,
    { kind: 'offer', title: { 'zh-CN': `发布作品 ${workId} 的许可条款`, en: `Offer work ${workId} on terms` } },
    async (progress) => {
      const stage = progress.stage({ 'zh-CN': '写入账本', en: 'Written to the ledger' }, 'steps', 1)
      const hashes = hashOfferText(terms)
      const calls = [
        encodeCall(contracts, 'Licences.makeOffer', [ledgerTerms, hashes['zh-CN'], hashes.en]),
        ...base.licences.offersOf(workId).map(({ offerId }) => encodeCall(contracts, 'Licences.withdrawOffer', [offerId])),
      ]
      const rows = base.transaction(() => {
        base.audit.append(actor, 'work.offered', { subject: String(workId), details: { pricing: terms.pricing } })
        return calls.map(({ to, data }) => base.outbox.enqueue({ kind: 'offer', to, calldata: data, subjectId: String(workId) }))
      })
      await allFinal(base, rows, progress.signal)
      stage.advance(1)
      return { sentence: { 'zh-CN': '条款已写入账本。', en: 'The terms stand on the ledger.' }, subjectId: String(workId) }
    },
  )
  return { jobId }
}

/** The offers of a work that stand, the newest first. @throws NOT_FOUND */
export function getOfferText(base: Pick<Use, 'licences'>, workId: number): { workId: number; offers: Offer[] } {
  if (base.licences.findWork(workId) === undefined) throw notFound('work')
  return { workId, offers: base.licences.offersOf(workId).slice(0, 50).map(showOffer) }
}

/** Waits until writes are final and this base has read what they did. @throws LEDGER_REFUSED, or the signal's reason */
export async function allFinal(
  base: Pick<IssuingBase, 'outbox' | 'registry'>,
  rows: readonly number[],
  signal: AbortSignal,
): Promise<{ transactionHash: string | null }> {
  const finals = await Promise.all(rows.map((row) => base.outbox.whenFinal(row, signal)))
  await base.registry.whenSyncedTo(Math.max(0, ...finals.map(({ blockNumber }) => blockNumber ?? 0)), signal)
  return { transactionHash: finals.at(-1)?.transactionHash ?? null }
}

function assertHeld(base: Pick<Use, 'licences' | 'records'>, workId: number): void {
  const work = base.licences.findWork(workId)
  if (work === undefined) throw notFound('work')
  const { baseId } = getIdentity(base)
  if (work.holder !== base.licences.accountOf(baseId)) throw new GuildhallError('WORK_NOT_HELD', { workId })
}
