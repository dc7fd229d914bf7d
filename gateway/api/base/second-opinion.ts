import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { ledgerId, line, nullable, object, oneOf, optional, unixSeconds } from '../fields.ts'
import { readOnlyMethods } from './public.ts'

/**
 * A page may only ask the base that serves it (connect-src 'self'), so that base asks another one for it. The other base signs question and
 * answer with its peer key: what it said is passed on unread, and cannot be changed on the way.
 */
export const askOtherBase = defineRoute({
  id: 'askOtherBase',
  tag: 'Verification',
  summary: 'Read the ledger through another base of the network',
  roles: 'anyone',
  rateLimit: 'verify',
  params: object({ baseId: ledgerId() }),
  body: object({ method: oneOf(readOnlyMethods), params: optional(Type.Array(Type.Unknown(), { maxItems: 4 })) }),
  response: {
    200: object({
      baseId: ledgerId(),
      /** The libp2p peer id that the ledger lists for that base; it holds the Ed25519 key of the signature. */
      peerId: line(128),
      /** Null when that base could not be asked, or gave no answer that it signed. */
      said: nullable(
        object({
          /** The members `result` or `error` of JSON-RPC 2.0 §5, as JSON text. */
          answer: Type.String({ maxLength: 1_048_576 }),
          /** When it answered, by its own clock. */
          at: unixSeconds(),
          /** Ed25519, base64url, over `/guildhall/ask/1.0.0`, a line feed, and the JSON of [peerId, question, answer, at]; question is the JSON of [method, params]. */
          signature: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }),
        }),
      ),
    }),
  },
})

/** Another base of the network that is connected now and can be asked. */
export const otherBase = object({ baseId: ledgerId(), peerId: line(128), host: nullable(line(260)) })
