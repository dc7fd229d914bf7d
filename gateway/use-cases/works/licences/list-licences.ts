import type { IndexedLicence } from '@guildhall/node'
import { endings, type Licence } from '../../../api/works/licences.ts'
import type { UnixSeconds } from '../../../base.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { endOf, fromLedgerTerms, seatsOf, tokenOf } from './ledger-terms.ts'

type Use = Pick<IssuingBase, 'records' | 'licences' | 'clock'>
type ListInput = {
  after?: string | undefined
  limit?: number | undefined
  side?: 'held' | 'given' | undefined
  state?: Licence['state'] | undefined
  workId?: number | undefined
}

/** Licences that this base holds, or that others hold of its works, the newest first, a page at a time. */
export function listLicences(base: Use, { after = '0', limit = 50, side = 'held', state, workId }: ListInput) {
  const { baseId } = getIdentity(base)
  const now = base.clock.now()
  const question = side === 'held' ? { baseId, workId } : { homeBase: baseId, workId }
  const all = base.licences.licences(question).filter((one) => state === undefined || stateOf(one, now) === state)
  const offset = Number(after) || 0
  const items = all.slice(offset, offset + limit).flatMap((one) => showLicence(base, one, now))
  return { items, total: all.length, next: offset + limit < all.length ? String(offset + limit) : null }
}

/** How a licence stands at a time. */
function stateOf({ until, endedAt }: Pick<IndexedLicence, 'until' | 'endedAt'>, now: UnixSeconds): Licence['state'] {
  if (endedAt !== null) return 'ended'
  return now < until ? 'current' : 'lapsed'
}

function showLicence(base: Use, licence: IndexedLicence, now: UnixSeconds): Licence[] {
  const offer = base.licences.findOffer(licence.offerId)
  if (offer === undefined) return []
  const { licenceId, workId, offerId, holder, from, endedAt } = licence
  return [
    {
      licenceId,
      workId,
      offerId,
      holder,
      from,
      endedAt,
      baseId: licence.baseId === 0 ? null : licence.baseId,
      seats: seatsOf(licence.seats),
      state: stateOf(licence, now),
      until: endOf(licence.until),
      ending: licence.ending === null ? null : (endings[licence.ending] ?? null),
      terms: fromLedgerTerms(offer),
      token: tokenOf(offer),
      paid: String(licence.paid),
      owed: String(licence.owed),
      settled: String(licence.settled),
    },
  ]
}
