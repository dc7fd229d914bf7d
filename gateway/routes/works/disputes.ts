import { createDisputeBook } from '../../adapters/money-book.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'
import { openDispute, ruleOnDispute } from '../../use-cases/works/disputes/decide-dispute.ts'
import { listDisputes } from '../../use-cases/works/disputes/list-disputes.ts'
import { bind } from '../bind.ts'

/** The base with what the ledger says of contested works. */
const withDisputes = (base: IssuingBase) => ({ ...base, disputes: createDisputeBook(base.db) })

/** Contested works and rulings. */
export const disputeBindings = [
  bind('listDisputes', ({ base, query }) => listDisputes(withDisputes(base), query)),
  bind('openDispute', ({ base, actor, params, body }) => openDispute(withDisputes(base), actor, { ...params, ...body })),
  bind('ruleOnDispute', ({ base, actor, params, body }) => ruleOnDispute(withDisputes(base), actor, { ...params, ...body })),
]
