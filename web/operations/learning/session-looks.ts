import type { Session } from '@guildhall/gateway/api'
import type { StateLook } from '../../components/names.ts'
import * as m from '../../paraglide/messages.js'

/** Word, sign and colour of a session's state. */
export const sessionLooks: Record<Session['state'], () => StateLook> = {
  open: () => ({ word: m.session_state_open(), tone: 'ok', sign: 'operations' }),
  closing: () => ({ word: m.session_state_closing(), tone: 'unsure', sign: 'clock' }),
  closed: () => ({ word: m.session_state_closed(), tone: 'plain', sign: 'check' }),
  refused: () => ({ word: m.session_state_refused(), tone: 'bad', sign: 'cross' }),
  awarded: () => ({ word: m.session_state_awarded(), tone: 'ok', sign: 'check' }),
}
