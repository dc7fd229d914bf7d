import Type from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import { cid, digest, flag, ledgerId, line, list, multibaseKey, nullable, object, oneOf, reason, text, unixSeconds } from '../fields.ts'

/** The three assessments that gate every session and every certificate. */
export const assessmentKinds = ['information', 'safety', 'green'] as const

const state = () => oneOf(['current', 'waiting-for-ledger', 'lapsed', 'revoked', 'missing'] as const)
const assessment = object({
  kind: oneOf(assessmentKinds),
  state: state(),
  recordId: nullable(ledgerId()),
  validFrom: nullable(unixSeconds()),
  expiresAt: nullable(unixSeconds()),
  selfAssessed: flag(),
  assessor: nullable(line(200)),
  reportCid: nullable(cid()),
})
const accreditation = object({
  recordId: nullable(ledgerId()),
  programmeId: ledgerId(),
  state: state(),
  validFrom: unixSeconds(),
  expiresAt: unixSeconds(),
  /** Records from this base up to the network. */
  chain: list(ledgerId(), 8),
})
const issuerKey = object({
  keyId: digest(),
  publicKeyMultibase: multibaseKey(),
  recordId: nullable(ledgerId()),
  state: oneOf(['current', 'waiting-for-ledger', 'retired', 'compromised'] as const),
  validFrom: unixSeconds(),
  revokedAt: nullable(unixSeconds()),
  inUse: flag(),
})

/** The base's rights now, as the ledger has them, and why something is refused. */
export const entitlement = object({
  now: unixSeconds(),
  blockNumber: nullable(Type.Integer({ minimum: 0 })),
  assessments: list(assessment, 3),
  accreditations: list(accreditation, 500),
  keys: list(issuerKey, 100),
  programmes: list(object({ programmeId: ledgerId(), entitled: flag(), reason: nullable(reason()) }), 500),
})
export type Entitlement = Type.Static<typeof entitlement>

export const getEntitlement = defineRoute({
  id: 'getEntitlement',
  tag: 'Entitlement',
  summary: 'What this base may do now',
  roles: staff,
  rateLimit: 'read',
  response: { 200: entitlement },
})

/** Signs, or renews before it lapses, one of the base's own assessments; always shown as self-assessed. */
export const signAssessment = defineRoute({
  id: 'signAssessment',
  tag: 'Entitlement',
  summary: 'Sign one of the three assessments of this base',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({ kind: oneOf(assessmentKinds), report: text(20_000), validForSeconds: Type.Integer({ minimum: 1, maximum: 94_608_000 }) }),
  response: { 201: assessment },
})

export const accreditProgramme = defineRoute({
  id: 'accreditProgramme',
  tag: 'Entitlement',
  summary: 'Accredit this base for a programme, where it is the root of its network',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({ programmeId: ledgerId(), validForSeconds: Type.Integer({ minimum: 1, maximum: 315_360_000 }) }),
  response: { 201: accreditation },
})

export const addIssuerKey = defineRoute({
  id: 'addIssuerKey',
  tag: 'Entitlement',
  summary: 'Make a new issuing key and use it from now on',
  roles: ['operator'],
  rateLimit: 'write',
  response: { 201: issuerKey },
})

/** `compromised` voids what was anchored after the revocation; `retired` does not. */
export const revokeIssuerKey = defineRoute({
  id: 'revokeIssuerKey',
  tag: 'Entitlement',
  summary: 'Revoke an issuing key',
  roles: ['operator'],
  rateLimit: 'write',
  params: object({ keyId: digest() }),
  body: object({ why: oneOf(['retired', 'compromised'] as const) }),
  response: { 200: issuerKey },
})
