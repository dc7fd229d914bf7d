import type { RateClass } from '../../api/define-route.ts'

/** Calls a minute from one address, by class of route. A class of forty tablets stays far below; a guessing program does not. */
export const rateLimits: Record<RateClass, number> = {
  read: 600,
  write: 120,
  'sign-in': 40,
  verify: 600,
  heavy: 30,
}
