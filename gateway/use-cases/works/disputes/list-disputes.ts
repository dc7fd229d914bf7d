import type { IndexedFreeze, IndexedRuling } from '@guildhall/node'
import type { RouteOutput } from '../../../api/routes.ts'
import type { Dispute } from '../../../api/works/disputes.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { listPending, neededOf } from './resolve.ts'

/** What the ledger says of contested works, in order. */
export type DisputeBook = { freezes(workId?: number): IndexedFreeze[]; rulings(workId?: number): IndexedRuling[] }

type Use = Pick<IssuingBase, 'records' | 'clock' | 'worksLedger'> & { disputes: DisputeBook }

/** Contested works, the newest first, with how many members of the expert committee have signed what is being decided. */
export function listDisputes(
  base: Use,
  { workId, open }: { workId?: number | undefined; open?: boolean | undefined },
): RouteOutput<'listDisputes'> {
  const items = findDisputes(base, workId)
  const signed = workId === undefined ? 0 : Math.max(0, ...listPending(base, workId).map(({ signatures }) => signatures.length))
  return {
    items: open === undefined ? items : items.filter(({ state }) => (state === 'frozen') === open),
    committee: { signed, needed: neededOf(base) },
  }
}

/** Disputes as freezes, what ended them, and rulings tell: a freeze while another holds makes that one longer. */
export function findDisputes(base: Use, workId?: number): Dispute[] {
  const now = base.clock.now()
  const rulings = base.disputes.rulings(workId)
  const all: (Dispute & { isOver: boolean })[] = []
  for (const freeze of base.disputes.freezes(workId)) {
    const current = all.find((one) => one.workId === freeze.workId && !one.isOver && one.until > freeze.time)
    if (freeze.until > freeze.time && current) current.until = freeze.until
    else if (freeze.until > freeze.time) all.push({ ...begin(base, freeze), isOver: false })
    else if (current) {
      const ruling = rulings.find((one) => one.workId === freeze.workId && one.transactionHash === freeze.transactionHash)
      Object.assign(current, { isOver: true, until: freeze.until, ...(ruling ? ruled(base, ruling) : { state: 'lifted' }) })
    }
  }
  return all.map(({ isOver, ...dispute }): Dispute => (isOver || dispute.until > now ? dispute : { ...dispute, state: 'lapsed' })).reverse()
}

const begin = (base: Use, { block, logIndex, time, until, by, reason, transactionHash, workId }: IndexedFreeze): Dispute => ({
  disputeId: `${block}-${logIndex}`,
  workId,
  state: 'frozen',
  openedAt: time,
  until,
  openedBy: by,
  groundsHash: reason,
  grounds: textOf(base, reason),
  ruling: null,
  transactionHash,
})

const ruled = (base: Use, { epoch, reason, time, transactionHash }: IndexedRuling): Pick<Dispute, 'state' | 'ruling'> => ({
  state: 'ruled',
  ruling: { epoch, reasonHash: reason, reason: textOf(base, reason), at: time, transactionHash },
})

const textOf = ({ records }: Pick<Use, 'records'>, hash: string): string | null => records.disputeTexts.find({ hash })?.text ?? null
