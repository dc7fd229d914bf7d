import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { line, list, nothing, object, oneOf, optional, unixSeconds, uuid } from '../fields.ts'

const cardParams = object({ cardId: uuid() })

/** A card ready to print. `qrSvg` is a QR code of `text`, in capitals so that it stays small. */
const printedCard = object({
  cardId: uuid(),
  learnerId: uuid(),
  name: line(200),
  className: line(200),
  text: line(120),
  qrSvg: Type.String({ maxLength: 40_000 }),
})

export const listLockedCards = defineRoute({
  id: 'listLockedCards',
  tag: 'Cards',
  summary: 'Cards locked after five wrong tries',
  roles: ['teacher', 'operator'],
  rateLimit: 'read',
  response: {
    200: object({ items: list(object({ cardId: uuid(), learnerId: uuid(), name: line(200), lockedAt: unixSeconds() }), 1_000) }),
  },
})

export const freeCard = defineRoute({
  id: 'freeCard',
  tag: 'Cards',
  summary: 'Free a locked card',
  roles: ['teacher', 'operator'],
  rateLimit: 'write',
  params: cardParams,
  response: { 200: nothing() },
})

/** The learner chooses new pictures at the next scan. */
export const resetPin = defineRoute({
  id: 'resetPin',
  tag: 'Cards',
  summary: 'Let a learner choose a new picture PIN',
  roles: ['teacher', 'operator'],
  rateLimit: 'write',
  params: cardParams,
  response: { 200: nothing() },
})

/** The old card is refused from this moment; the picture PIN stays. */
export const reissueCard = defineRoute({
  id: 'reissueCard',
  tag: 'Cards',
  summary: 'Replace a lost card',
  roles: ['teacher', 'operator'],
  rateLimit: 'write',
  params: object({ learnerId: uuid() }),
  body: object({ reason: oneOf(['lost', 'stolen', 'damaged'] as const) }),
  response: { 201: printedCard },
})

/** Cards of a class, or of the learners named; makes those that do not exist yet. */
export const printCards = defineRoute({
  id: 'printCards',
  tag: 'Cards',
  summary: 'Cards to print',
  roles: ['teacher', 'operator'],
  rateLimit: 'heavy',
  body: object({ classId: optional(uuid()), learnerIds: optional(Type.Array(uuid(), { minItems: 1, maxItems: 200 })) }),
  response: { 200: object({ cards: list(printedCard, 500) }) },
})
