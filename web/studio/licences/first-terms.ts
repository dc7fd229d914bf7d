import { everywhere, type Terms } from '@guildhall/gateway/api'

/** Terms when somebody begins: free for teaching everywhere, for a year at a time; works made from it owe a tenth. */
export const firstTerms: Terms = {
  reuse: true,
  adapt: true,
  commercial: false,
  territory: everywhere,
  periodDays: 365,
  seats: null,
  pricing: 'free',
  price: '0',
  royaltyShare: 100_000,
}
