import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { bytes, count, flag, line, list, nullable, object, oneOf, optional, text, unixSeconds, url, uuid } from '../fields.ts'
import { learnerParams } from './learners.ts'

/** What a guardian can agree to, each by itself. */
export const consentScopes = ['base-held-wallet', 'recordings-as-evidence', 'share-by-learning-code'] as const

const consent = object({
  consentId: uuid(),
  guardianId: uuid(),
  scope: oneOf(consentScopes),
  /** Version of the text that the guardian was shown. */
  textVersion: line(40),
  how: oneOf(['in-person', 'signed-paper', 'guardian-sign-in'] as const),
  recordedBy: line(80),
  givenAt: unixSeconds(),
  withdrawnAt: nullable(unixSeconds()),
})
export type Consent = Type.Static<typeof consent>

export const listConsents = defineRoute({
  id: 'listConsents',
  tag: 'Guardians',
  summary: "What a learner's guardians agreed to",
  roles: ['teacher', 'operator', 'guardian', 'learner', 'auditor'],
  rateLimit: 'read',
  params: learnerParams,
  response: { 200: object({ items: list(consent, 200) }) },
})

/** A guardian may do this for their own learners; staff record what was given in person or on paper. */
export const recordConsent = defineRoute({
  id: 'recordConsent',
  tag: 'Guardians',
  summary: "Record a guardian's consent",
  roles: ['teacher', 'operator', 'guardian'],
  rateLimit: 'write',
  params: learnerParams,
  body: object({
    guardianId: optional(uuid()),
    /** For a guardian whom the roster does not know. */
    guardian: optional(object({ name: line(200), relation: line(60), contact: optional(line(200)) })),
    scopes: Type.Array(oneOf(consentScopes), { minItems: 1, maxItems: 3 }),
    textVersion: line(40),
    how: oneOf(['in-person', 'signed-paper', 'guardian-sign-in'] as const),
  }),
  response: { 201: object({ items: list(consent, 3) }) },
})

/** Takes effect at once: the base-held wallet closes, codes stop opening. Certificates themselves stay valid. */
export const withdrawConsent = defineRoute({
  id: 'withdrawConsent',
  tag: 'Guardians',
  summary: 'Withdraw a consent',
  roles: ['teacher', 'operator', 'guardian'],
  rateLimit: 'write',
  params: object({ learnerId: uuid(), consentId: uuid() }),
  body: object({ note: optional(text(500)) }),
  response: { 200: consent },
})

export const inviteGuardian = defineRoute({
  id: 'inviteGuardian',
  tag: 'Guardians',
  summary: 'A one-use sign-in link for a guardian',
  roles: ['teacher', 'operator'],
  rateLimit: 'write',
  params: object({ learnerId: uuid(), guardianId: uuid() }),
  response: { 201: object({ guardianId: uuid(), link: url(), expiresAt: unixSeconds() }) },
})

export const listMyLearners = defineRoute({
  id: 'listMyLearners',
  tag: 'Guardians',
  summary: 'The learners whom the guardian signed in answers for',
  roles: ['guardian'],
  rateLimit: 'read',
  response: { 200: object({ items: list(object({ learnerId: uuid(), name: line(200), credentials: count(), mayExport: flag() }), 20) }) },
})

/** All certificates of a learner as a `.guildhall` bundle, with the personal fields opened. */
export const exportForGuardian = defineRoute({
  id: 'exportForGuardian',
  tag: 'Guardians',
  summary: "A learner's certificates for the guardian to keep",
  roles: ['guardian', 'operator'],
  rateLimit: 'heavy',
  params: learnerParams,
  response: { 200: bytes('application/vnd.guildhall.bundle+zip') },
})
