import type { Entitlement } from '@guildhall/gateway/api'
import type { StateLook } from '../../components/names.ts'
import * as m from '../../paraglide/messages.js'

/** The state of an assessment or accreditation. */
export type StandingState = Entitlement['assessments'][number]['state']

/** Word, sign and colour of an assessment or accreditation. */
export const standingLooks: Record<StandingState, () => StateLook> = {
  current: () => ({ word: m.standing_current(), tone: 'ok', sign: 'check' }),
  'waiting-for-ledger': () => ({ word: m.standing_waiting(), tone: 'unsure', sign: 'clock' }),
  lapsed: () => ({ word: m.standing_lapsed(), tone: 'bad', sign: 'cross' }),
  revoked: () => ({ word: m.standing_revoked(), tone: 'bad', sign: 'cross' }),
  missing: () => ({ word: m.standing_missing(), tone: 'bad', sign: 'question' }),
}

/** Word, sign and colour of an issuing key. */
export const keyLooks: Record<Entitlement['keys'][number]['state'], () => StateLook> = {
  current: () => ({ word: m.key_current(), tone: 'ok', sign: 'check' }),
  'waiting-for-ledger': () => ({ word: m.key_waiting(), tone: 'unsure', sign: 'clock' }),
  retired: () => ({ word: m.key_retired(), tone: 'plain', sign: 'check' }),
  compromised: () => ({ word: m.key_compromised(), tone: 'bad', sign: 'cross' }),
}
