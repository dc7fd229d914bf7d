import type { Terms } from '@guildhall/gateway/api'
import * as m from '../../paraglide/messages.js'
import type { Language } from '../../shell/language.svelte.ts'
import { formatMoney, formatShare } from '../amounts.ts'

/** Terms when somebody begins: free for teaching in the whole network, adaptations owe a tenth. */
export const firstTerms: Terms = {
  reuse: true,
  adapt: true,
  commercial: false,
  territory: 'CN',
  periodDays: 365,
  seats: null,
  pricing: 'free',
  price: '0',
  royaltyShare: 100_000,
}

/** What the terms mean, a sentence each, in one language. */
export function sentencesOfTerms(terms: Terms, locale: Language): string[] {
  const said = { locale }
  const price = { price: formatMoney(terms.price) }
  const seats = terms.seats
  const periods = terms.periodDays === null ? m.terms_no_end({}, said) : m.terms_days({ days: terms.periodDays }, said)
  const prices: Record<Terms['pricing'], () => string> = {
    free: () => m.terms_free({}, said),
    once: () => m.terms_once(price, said),
    'per-use': () => m.terms_per_use(price, said),
    'per-class': () => m.terms_per_class(price, said),
  }
  return [
    terms.reuse ? m.terms_reuse_yes({}, said) : m.terms_reuse_no({}, said),
    terms.adapt ? m.terms_adapt_yes({ share: formatShare(terms.royaltyShare) }, said) : m.terms_adapt_no({}, said),
    terms.commercial ? m.terms_commercial_yes({}, said) : m.terms_commercial_no({}, said),
    m.terms_territory({ territory: terms.territory }, said),
    periods,
    seats === null ? m.terms_seats_any({}, said) : m.terms_seats({ seats }, said),
    prices[terms.pricing](),
  ]
}
