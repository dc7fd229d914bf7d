import type { Static } from 'typebox'
import Type from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import { count, digest, flag, ledgerId, list, nullable, object, oneOf, optional, text, unixSeconds, uuid } from '../fields.ts'
import { account, millionths, parent, workParams } from './fields.ts'

/** Where a dispute is: money stands still, it was ruled on, the freeze was lifted, or it ran out. */
export const disputeStates = ['frozen', 'ruled', 'lifted', 'lapsed'] as const

const dispute = object({
  /** The block and log in which the work was frozen, `<block>-<log>`. */
  disputeId: Type.String({ pattern: '^[0-9]{1,16}-[0-9]{1,9}$' }),
  workId: ledgerId(),
  state: oneOf(disputeStates),
  openedAt: unixSeconds(),
  /** When the freeze ends by itself. */
  until: unixSeconds(),
  /** The committee's contract, or the account of the emergency committee. */
  openedBy: account(),
  groundsHash: digest(),
  /** What was written, where this base has it. */
  grounds: nullable(text(4_000)),
  ruling: nullable(
    object({ epoch: ledgerId(), reasonHash: digest(), reason: nullable(text(4_000)), at: unixSeconds(), transactionHash: digest() }),
  ),
  transactionHash: digest(),
})
/** A contested work. */
export type Dispute = Static<typeof dispute>

/** Who signs for the expert committee here: those of its members whose accounts this base holds. */
const outcome = () => ({ signed: count(), needed: count() })

export const listDisputes = defineRoute({
  id: 'listDisputes',
  tag: 'Disputes',
  summary: 'Contested works',
  roles: staff,
  rateLimit: 'read',
  query: object({ workId: optional(ledgerId()), open: optional(flag()) }),
  response: { 200: object({ items: list(dispute, 1_000), committee: object(outcome()) }) },
})

/**
 * Contests a work: nothing is paid to it and nothing flows from it until a ruling, at most for `days`. Siblings and ancestors go on.
 * Signed by members of the expert committee, or decided by the emergency committee for a bounded time.
 */
export const openDispute = defineRoute({
  id: 'openDispute',
  tag: 'Disputes',
  summary: 'Contest a work',
  roles: staff,
  rateLimit: 'write',
  params: workParams,
  body: object({ grounds: text(4_000), days: Type.Integer({ minimum: 1, maximum: 365 }) }),
  response: { 202: object({ jobId: uuid() }) },
})

const ruling = object({
  reason: text(4_000),
  /** `lift`: everything stays as it was. `rule`: what has not flowed goes to the new list. */
  decision: oneOf(['lift', 'rule'] as const),
  /** Who decides about the work from now on; as before where left out. */
  holder: optional(account()),
  creators: optional(list(object({ account: account(), share: millionths() }), 64)),
  parents: optional(list(parent, 16)),
})
/** What the expert committee decides. */
export type RulingBody = Static<typeof ruling>

/** Rules on a contested work: ends the freeze, and sends what has not flowed where the ruling says. */
export const ruleOnDispute = defineRoute({
  id: 'ruleOnDispute',
  tag: 'Disputes',
  summary: 'Rule on a contested work',
  roles: staff,
  rateLimit: 'write',
  params: object({ workId: ledgerId(), disputeId: Type.String({ pattern: '^[0-9]{1,16}-[0-9]{1,9}$' }) }),
  body: ruling,
  response: { 202: object({ jobId: uuid() }) },
})
