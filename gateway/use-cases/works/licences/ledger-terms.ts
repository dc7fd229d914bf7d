import { createHash } from 'node:crypto'
import type { IndexedOffer } from '@guildhall/node'
import { ZeroAddress } from 'ethers'
import type { Terms } from '../../../api/works/fields.ts'
import type { Licence, Offer } from '../../../api/works/licences.ts'
import { everywhere, writeOfferText } from '../../../api/works/offer-text.ts'
import { GuildhallError } from '../../../errors.ts'

/** The charges of an offer by their number on the ledger. */
const pricings = ['free', 'once', 'per-use', 'per-class'] as const satisfies readonly Terms['pricing'][]
const rightBits = { reuse: 1, adapt: 2, commercial: 4 } as const
const unlimitedSeats = 2 ** 32 - 1
const secondsADay = 86_400
const neverUntil = 2 ** 40 - 1
/** What one price may be at most: the ledger keeps it in 96 bits. */
const mostPrice = 2n ** 96n

/**
 * Terms as `Licences.makeOffer` takes them. A price is in the settlement token.
 * @throws TERMS_REFUSED with the field that the contract would refuse
 */
export function toLedgerTerms(workId: number, terms: Terms, settlementToken: string) {
  const isFree = terms.pricing === 'free'
  if (isFree !== (terms.price === '0') || BigInt(terms.price) >= mostPrice) throw refused('price')
  const territory = terms.territory === everywhere ? '' : terms.territory
  if (!/^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$/.test(territory)) throw refused('territory')
  const rights = (['reuse', 'adapt', 'commercial'] as const).reduce((bits, right) => bits + (terms[right] ? rightBits[right] : 0), 0)
  if (rights === 0) throw refused('rights')
  return {
    token: isFree ? ZeroAddress : settlementToken,
    price: BigInt(terms.price),
    workId,
    period: (terms.periodDays ?? 0) * secondsADay,
    seats: terms.seats ?? unlimitedSeats,
    territory: `0x${Buffer.from(territory.padEnd(6, '\0'), 'latin1').toString('hex')}`,
    royaltyShare: terms.royaltyShare,
    rights,
    charge: pricings.indexOf(terms.pricing),
  }
}

/** The terms of an offer on the ledger. Part of a day counts as a day: what the offer says is not less than what it gives. */
export function fromLedgerTerms(offer: IndexedOffer): Terms {
  return {
    reuse: (offer.rights & rightBits.reuse) !== 0,
    adapt: (offer.rights & rightBits.adapt) !== 0,
    commercial: (offer.rights & rightBits.commercial) !== 0,
    territory: offer.territory === '' ? everywhere : offer.territory,
    periodDays: offer.period === 0 ? null : Math.ceil(offer.period / secondsADay),
    seats: offer.seats === unlimitedSeats ? null : offer.seats,
    pricing: pricings[offer.charge] ?? 'free',
    price: offer.price,
    royaltyShare: offer.royaltyShare,
  }
}

/** SHA-256 of the words of an offer in each language: what stands on the ledger. */
export function hashOfferText(terms: Terms): { 'zh-CN': `0x${string}`; en: `0x${string}` } {
  const text = writeOfferText(terms)
  return { 'zh-CN': sha256(text['zh-CN']), en: sha256(text.en) }
}

/** An offer as the API shows it. */
export function showOffer(offer: IndexedOffer): Offer {
  const terms = fromLedgerTerms(offer)
  const hashes = hashOfferText(terms)
  return {
    offerId: offer.offerId,
    workId: offer.workId,
    terms,
    token: tokenOf(offer),
    text: writeOfferText(terms),
    textHash: { 'zh-CN': offer.textZh, en: offer.textEn },
    wordsAreOurs: hashes['zh-CN'] === offer.textZh && hashes.en === offer.textEn,
    madeAt: offer.madeAt,
  }
}

/** Null where nothing is to be paid. */
export const tokenOf = (offer: IndexedOffer): Licence['token'] => (offer.charge === 0 ? null : offer.token)
/** Null for any number. */
export const seatsOf = (seats: number): number | null => (seats === unlimitedSeats ? null : seats)
/** Null for never. */
export const endOf = (until: number): number | null => (until >= neverUntil ? null : until)

const sha256 = (text: string): `0x${string}` => `0x${createHash('sha256').update(text).digest('hex')}`
const refused = (field: string): GuildhallError => new GuildhallError('TERMS_REFUSED', { field })
