import type { LearnerRow } from '@guildhall/gateway/api'
import type { StateLook } from '../../components/names.ts'
import * as m from '../../paraglide/messages.js'

/** Word, sign and colour of a guardian's consent. */
export const consentLooks: Record<LearnerRow['consent'], () => StateLook> = {
  given: () => ({ word: m.consent_state_given(), tone: 'ok', sign: 'check' }),
  missing: () => ({ word: m.consent_state_missing(), tone: 'unsure', sign: 'question' }),
  withdrawn: () => ({ word: m.consent_state_withdrawn(), tone: 'bad', sign: 'cross' }),
  'not-needed': () => ({ word: m.consent_state_not_needed(), tone: 'plain', sign: 'check' }),
}

/** Word, sign and colour of a learning card. */
export const cardLooks: Record<LearnerRow['card'], () => StateLook> = {
  none: () => ({ word: m.card_none(), tone: 'plain', sign: 'question' }),
  ready: () => ({ word: m.card_ready(), tone: 'ok', sign: 'check' }),
  locked: () => ({ word: m.card_locked(), tone: 'bad', sign: 'cross' }),
}
