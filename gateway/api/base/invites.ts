import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { base64url, object, optional, unixSeconds, url } from '../fields.ts'

/** A one-time admission for one other base. Whoever has the text can use it: it is shown in this answer only. */
export const createInvite = defineRoute({
  id: 'createInvite',
  tag: 'Base',
  summary: 'Invite another base into this network',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({
    /** How long it can be used. */
    hours: Type.Integer({ minimum: 1, maximum: 8_760 }),
    /** Where the network's ledger answers, when the new base is to be told; it may hold a secret of its own. */
    rpcUrl: optional(url()),
  }),
  response: { 201: object({ invite: base64url(16_000), expiresAt: unixSeconds() }) },
})
