import type { Static } from 'typebox'
import { defineRoute } from '../define-route.ts'
import { count, digest, flag, json, line, list, nullable, object, oneOf, optional, page, paging, unixSeconds } from '../fields.ts'

const auditRow = object({
  number: count(),
  at: unixSeconds(),
  /** Pseudonymous: the id of a staff account, learner, guardian, device, or `base`. */
  actor: line(80),
  action: line(80),
  subject: nullable(line(120)),
  details: json(),
  previous: digest(),
  hash: digest(),
})
export type AuditRow = Static<typeof auditRow>

const finding = object({ number: count(), problem: oneOf(['changed', 'dropped', 'reordered'] as const), detail: line(300) })

/** The audit log, newest first. It holds no personal data. */
export const listAudit = defineRoute({
  id: 'listAudit',
  tag: 'Audit',
  summary: 'Who did what, when',
  roles: ['auditor', 'operator'],
  rateLimit: 'read',
  query: object({ ...paging(), actor: optional(line(80)), action: optional(line(80)), subject: optional(line(120)) }),
  response: { 200: page(auditRow) },
})

/** Recomputes the chain and compares it with the head on the ledger. */
export const verifyAudit = defineRoute({
  id: 'verifyAudit',
  tag: 'Audit',
  summary: 'Whether the audit log is whole',
  roles: ['auditor', 'operator'],
  rateLimit: 'heavy',
  response: {
    200: object({
      whole: flag(),
      rows: count(),
      head: digest(),
      anchored: nullable(object({ head: digest(), rows: count(), blockNumber: count(), at: unixSeconds() })),
      findings: list(finding, 100),
    }),
  },
})
