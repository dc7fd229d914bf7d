import type { Static } from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import { count, digest, flag, ledgerId, list, nullable, object, oneOf, optional, page, paging, text, unixSeconds, uuid } from '../fields.ts'
import { account, amount, terms, workParams } from './fields.ts'

/** How a licence stands: it holds, it has run out, or it was ended before. */
export const licenceStates = ['current', 'lapsed', 'ended'] as const
/** How a licence was ended before its time, by the number that the ledger gives it. */
export const endings = ['given-up', 'refunded', 'revoked'] as const

const offer = object({
  offerId: ledgerId(),
  workId: ledgerId(),
  terms,
  /** The ERC-20 in which it is paid; null where it is free. */
  token: nullable(account()),
  /** The terms in plain words, made from the choices; what stands on the ledger is the SHA-256 of each in UTF-8. */
  text: object({ 'zh-CN': text(2_000), en: text(2_000) }),
  textHash: object({ 'zh-CN': digest(), en: digest() }),
  /** False where the hashes on the ledger are not those of the words above: then somebody else wrote the words. */
  wordsAreOurs: flag(),
  madeAt: unixSeconds(),
})
/** What a work is licensed on. */
export type Offer = Static<typeof offer>

const licence = object({
  licenceId: ledgerId(),
  workId: ledgerId(),
  offerId: ledgerId(),
  /** The base that holds it; null where an account holds it for itself. */
  baseId: nullable(ledgerId()),
  holder: account(),
  /** How many may use it at the same time; null for any number. */
  seats: nullable(count()),
  state: oneOf(licenceStates),
  from: unixSeconds(),
  /** When it lapses; null for never. */
  until: nullable(unixSeconds()),
  endedAt: nullable(unixSeconds()),
  ending: nullable(oneOf(endings)),
  terms,
  token: nullable(account()),
  /** Paid at once, owed for counted uses, and paid of that; in the token's smallest unit. */
  paid: amount(),
  owed: amount(),
  settled: amount(),
})
/** Who may open what until when. */
export type Licence = Static<typeof licence>

/** Offers a work on terms; an offer that stood before is withdrawn by it. Licences that were given stay as they are. */
export const setOffer = defineRoute({
  id: 'setOffer',
  tag: 'Licences',
  summary: 'Offer a work on terms',
  roles: ['operator'],
  rateLimit: 'write',
  params: workParams,
  body: terms,
  response: { 202: object({ jobId: uuid() }) },
})

/** The offers of a work that stand, the newest first, each with its words in both languages. */
export const getOfferText = defineRoute({
  id: 'getOfferText',
  tag: 'Licences',
  summary: 'The terms of a work in plain words',
  roles: staff,
  rateLimit: 'read',
  params: workParams,
  response: { 200: object({ workId: ledgerId(), offers: list(offer, 50) }) },
})

/** Licences that this base holds, or that others hold of its works, the newest first. */
export const listLicences = defineRoute({
  id: 'listLicences',
  tag: 'Licences',
  summary: 'Licences held and given',
  roles: staff,
  rateLimit: 'read',
  query: object({
    ...paging(),
    side: optional(oneOf(['held', 'given'] as const)),
    state: optional(oneOf(licenceStates)),
    workId: optional(ledgerId()),
  }),
  response: { 200: page(licence) },
})

/** Takes a licence for this base and pays for it where a price is due at once, both on the ledger. */
export const takeLicence = defineRoute({
  id: 'takeLicence',
  tag: 'Licences',
  summary: 'Take a licence for this base',
  roles: ['operator'],
  rateLimit: 'write',
  params: workParams,
  body: object({
    offerId: ledgerId(),
    /** How many times the offer's seats, at as many times its price. */
    count: optional(ledgerId()),
  }),
  response: { 202: object({ jobId: uuid() }) },
})
