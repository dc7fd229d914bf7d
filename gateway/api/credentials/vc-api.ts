import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { credential, flag, json, line, list, object, oneOf, optional, reason } from '../fields.ts'

/** One of the seven named checks. */
const check = object({
  id: oneOf(['data-model', 'proof', 'issuer', 'entitled', 'status', 'dates', 'evidence'] as const),
  outcome: oneOf(['passed', 'failed', 'unknown'] as const),
  reason: Type.Union([reason(), Type.Null()]),
})
/** W3C CCG VC-API 0.7: problem details travel in `problemDetails`; our checks beside them. */
const verification = object({
  verified: flag(),
  checks: list(check, 1_000),
  problemDetails: list(object({ type: line(200), title: line(200), detail: optional(line(500)) }), 100),
})
const options = () =>
  optional(Type.Object({ challenge: optional(line(200)), domain: optional(line(200)) }, { additionalProperties: true, maxProperties: 20 }))

/** For programs of the operator. The credential's issuer must be this base; the gate is asked as for an award. */
export const issueCredential = defineRoute({
  id: 'issueCredential',
  tag: 'VC-API',
  summary: 'Issue a credential (VC-API)',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({
    credential: json(),
    options: optional(
      Type.Object(
        { type: optional(oneOf(['DataIntegrityProof', 'vc+jwt'] as const)), mandatoryPointers: optional(list(line(200), 50)) },
        { additionalProperties: true, maxProperties: 20 },
      ),
    ),
  }),
  response: { 201: object({ verifiableCredential: credential() }) },
})

export const verifyCredential = defineRoute({
  id: 'verifyCredential',
  tag: 'VC-API',
  summary: 'Verify a credential (VC-API)',
  roles: 'anyone',
  rateLimit: 'verify',
  body: object({ verifiableCredential: credential(), options: options() }),
  response: { 200: verification },
})

export const verifyPresentation = defineRoute({
  id: 'verifyPresentation',
  tag: 'VC-API',
  summary: 'Verify a presentation (VC-API)',
  roles: 'anyone',
  rateLimit: 'verify',
  body: object({ verifiablePresentation: credential(), options: options() }),
  response: { 200: verification },
})
