import { defineRoute } from '../define-route.ts'
import { digest, line, nullable, object, oneOf, optional, page, paging, text, unixSeconds, uuid } from '../fields.ts'
import { award, credentialId, credentialParams, levels } from './awards.ts'

/** Public codes; the words belong to the reader's language. */
export const statusReasons = [
  'awarded-in-error',
  'evidence-withdrawn',
  'misconduct',
  'identity-mistaken',
  'details-corrected',
  'under-review',
  'review-closed',
  'learner-request',
] as const

const change = object({ reason: oneOf(statusReasons), note: optional(text(500)) })

/** For good. The next check says so and since when. */
export const revokeCredential = defineRoute({
  id: 'revokeCredential',
  tag: 'Status',
  summary: 'Revoke a certificate',
  roles: ['examiner', 'operator'],
  rateLimit: 'write',
  params: credentialParams,
  body: change,
  response: { 200: award },
})

export const suspendCredential = defineRoute({
  id: 'suspendCredential',
  tag: 'Status',
  summary: 'Suspend a certificate until it is reinstated',
  roles: ['examiner', 'operator'],
  rateLimit: 'write',
  params: credentialParams,
  body: change,
  response: { 200: award },
})

export const reinstateCredential = defineRoute({
  id: 'reinstateCredential',
  tag: 'Status',
  summary: 'End the suspension of a certificate',
  roles: ['examiner', 'operator'],
  rateLimit: 'write',
  params: credentialParams,
  body: change,
  response: { 200: award },
})

/** Issues a new certificate that names the old one, and revokes the old one as superseded. */
export const correctCredential = defineRoute({
  id: 'correctCredential',
  tag: 'Status',
  summary: 'Correct a certificate by a new one',
  roles: ['examiner'],
  rateLimit: 'write',
  params: credentialParams,
  body: object({
    reason: oneOf(statusReasons),
    note: optional(text(500)),
    levels: optional(levels()),
    comment: optional(text(1_000)),
  }),
  response: { 201: award },
})

export const listStatusChanges = defineRoute({
  id: 'listStatusChanges',
  tag: 'Status',
  summary: 'Revocations, suspensions and corrections, newest first',
  roles: ['examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  query: object(paging()),
  response: {
    200: page(
      object({
        changeId: uuid(),
        credentialId: credentialId(),
        change: oneOf(['revoked', 'suspended', 'reinstated', 'superseded'] as const),
        reason: oneOf(statusReasons),
        note: nullable(line(500)),
        by: uuid(),
        at: unixSeconds(),
        /** Hash of the transaction that made the new list's head public; null while it waits. */
        transactionHash: nullable(digest()),
      }),
    ),
  },
})
