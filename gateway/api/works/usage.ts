import type { Static } from 'typebox'
import Type from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import {
  cid,
  count,
  digest,
  flag,
  ledgerId,
  list,
  nullable,
  object,
  oneOf,
  optional,
  page,
  paging,
  reason,
  unixSeconds,
  uuid,
} from '../fields.ts'
import { workParams } from './fields.ts'

const counts = () => ({ uses: count(), teachers: count(), classes: count() })

const usage = object({
  workId: ledgerId(),
  ...counts(),
  bases: count(),
  /** `month`: `2026-11`, in UTC; a teacher or class counts in each month once. */
  byMonth: list(object({ month: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}$' }), ...counts(), bases: count() }), 1_200),
  byBase: list(object({ baseId: ledgerId(), ...counts() }), 10_000),
  /** Counted again from the receipts themselves: of how many batches that name the work how many were found and are whole. */
  batches: object({ named: count(), counted: count(), missing: count(), broken: count() }),
  /** What the bases told the ledger, for comparison. */
  told: object({ ...counts(), bases: count() }),
})
/** How a work is used, counted from the receipts of all bases. */
export type Usage = Static<typeof usage>

const batchLine = object({ workId: ledgerId(), licenceId: nullable(ledgerId()), ...counts() })
const usageBatch = object({
  baseId: ledgerId(),
  sequence: ledgerId(),
  root: digest(),
  fromDay: unixSeconds(),
  toDay: unixSeconds(),
  size: count(),
  cid: nullable(cid()),
  lines: list(batchLine, 1_000),
  recordedAt: unixSeconds(),
  transactionHash: digest(),
  isStruck: flag(),
  /** Whether the receipts behind it are what it says; unknown while they have not been found. */
  outcome: oneOf(['passed', 'failed', 'unknown'] as const),
  reason: nullable(reason()),
})
/** A batch of receipts on the ledger. Days are given by their first second. */
export type UsageBatch = Static<typeof usageBatch>

/** "Cited 1,604 times by 1,156 teachers of 399 schools in 9,101 classes." */
export const getUsage = defineRoute({
  id: 'getUsage',
  tag: 'Usage',
  summary: 'How a work is used',
  roles: staff,
  rateLimit: 'read',
  params: workParams,
  response: { 200: usage },
})

/** The batches of all bases, the newest first. */
export const listUsageBatches = defineRoute({
  id: 'listUsageBatches',
  tag: 'Usage',
  summary: 'Batches of usage receipts',
  roles: staff,
  rateLimit: 'read',
  query: object({ ...paging(), baseId: optional(ledgerId()), workId: optional(ledgerId()) }),
  response: { 200: page(usageBatch) },
})

/** Sends this base's uses to the ledger: whole days by itself; today's too where asked, and then no more of today for those works. */
export const sendUsage = defineRoute({
  id: 'sendUsage',
  tag: 'Usage',
  summary: 'Send usage receipts to the ledger',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({ today: optional(flag()) }),
  response: { 202: object({ jobId: uuid() }) },
})

/** Pays what this base owes for counted uses, under all its licences or those named. */
export const settleUsage = defineRoute({
  id: 'settleUsage',
  tag: 'Usage',
  summary: 'Pay for counted uses',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({ licenceIds: optional(list(ledgerId(), 50)) }),
  response: { 202: object({ jobId: uuid() }) },
})
