import type Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import {
  base64url,
  bytes,
  count,
  day,
  did,
  digest,
  flag,
  line,
  list,
  nullable,
  object,
  oneOf,
  optional,
  page,
  paging,
  unixSeconds,
  uuid,
} from '../fields.ts'

export const learnerParams = object({ learnerId: uuid() })

const learnerRow = object({
  learnerId: uuid(),
  name: line(200),
  schoolNumber: nullable(line(100)),
  classes: list(object({ classId: uuid(), name: line(200) }), 50),
  grade: nullable(line(40)),
  isMinor: flag(),
  consent: oneOf(['given', 'missing', 'withdrawn', 'not-needed'] as const),
  card: oneOf(['none', 'ready', 'locked'] as const),
  custody: oneOf(['base', 'own'] as const),
  credentials: count(),
})
export type LearnerRow = Type.Static<typeof learnerRow>

/** What remains of an erased learner: a statement signed by the base, without a personal word. */
export const erasureReceipt = object({
  receiptId: uuid(),
  learnerId: uuid(),
  erasedAt: unixSeconds(),
  by: line(80),
  /** SHA-256 of the wrapped key that was destroyed. */
  destroyedKey: digest(),
  recordsErased: count(),
  /** Ed25519 signature by the base's key over the JCS form of the other members, base64url. */
  signature: base64url(100),
  verificationMethod: line(600),
})
export type ErasureReceipt = Type.Static<typeof erasureReceipt>

const filters = () => ({
  classId: optional(uuid()),
  search: optional(line(100)),
  consent: optional(oneOf(['given', 'missing', 'withdrawn', 'not-needed'] as const)),
})

export const listClasses = defineRoute({
  id: 'listClasses',
  tag: 'Learners',
  summary: 'The classes of the base',
  roles: ['teacher', 'examiner', 'operator'],
  rateLimit: 'read',
  response: {
    200: object({ items: list(object({ classId: uuid(), name: line(200), grade: nullable(line(40)), learners: count() }), 2_000) }),
  },
})

export const listLearners = defineRoute({
  id: 'listLearners',
  tag: 'Learners',
  summary: 'Learners, by name',
  roles: ['teacher', 'examiner', 'operator'],
  rateLimit: 'read',
  query: object({ ...paging(), ...filters() }),
  response: { 200: page(learnerRow) },
})

export const exportLearners = defineRoute({
  id: 'exportLearners',
  tag: 'Learners',
  summary: 'Learners as CSV',
  roles: ['teacher', 'operator'],
  rateLimit: 'heavy',
  query: object(filters()),
  response: { 200: bytes('text/csv') },
})

export const getLearner = defineRoute({
  id: 'getLearner',
  tag: 'Learners',
  summary: 'One learner',
  roles: ['teacher', 'examiner', 'operator'],
  rateLimit: 'read',
  params: learnerParams,
  response: {
    200: object({
      ...learnerRow.properties,
      birthDate: nullable(day()),
      /** The learner's key at this base; made with the first award. */
      holder: nullable(did()),
      cardId: nullable(uuid()),
      guardians: list(object({ guardianId: uuid(), name: line(200), relation: line(60) }), 10),
      sessions: count(),
      lastSessionAt: nullable(unixSeconds()),
    }),
  },
})

/** Destroys the learner's key: everything personal becomes unreadable, for good. Credentials already handed out keep verifying. */
export const eraseLearner = defineRoute({
  id: 'eraseLearner',
  tag: 'Learners',
  summary: 'Erase a learner',
  roles: ['operator'],
  rateLimit: 'write',
  params: learnerParams,
  body: object({ basis: oneOf(['learner-request', 'guardian-request', 'retention-ended', 'mistake'] as const) }),
  response: { 200: erasureReceipt },
})

export const listErasures = defineRoute({
  id: 'listErasures',
  tag: 'Learners',
  summary: 'Receipts of erasures',
  roles: ['operator', 'auditor'],
  rateLimit: 'read',
  query: object(paging()),
  response: { 200: page(erasureReceipt) },
})
