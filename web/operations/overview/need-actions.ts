import type { Need } from '@guildhall/gateway/api'
import type { StateLook } from '../../components/names.ts'
import * as m from '../../paraglide/messages.js'

/** What the button of a need says and where it leads. */
export const needActions: Record<Need['action'], { title: () => string; href: (subject: string | null) => string }> = {
  'sign-assessment': {
    title: m.ops_act_sign_assessment,
    href: (kind) => `/operations/base${kind ? `?sign=${encodeURIComponent(kind)}` : ''}`,
  },
  'accredit-programme': { title: m.ops_act_accredit_programme, href: () => '/operations/base' },
  'add-issuer-key': { title: m.ops_act_add_issuer_key, href: () => '/operations/base' },
  'free-card': { title: m.ops_act_free_card, href: () => '/operations/stations' },
  'close-session': { title: m.ops_act_close_session, href: (id) => below('/operations/sessions', id) },
  'award-session': { title: m.ops_act_award_session, href: (id) => below('/operations/sessions', id) },
  'pair-device': { title: m.ops_act_pair_device, href: () => '/operations/machines' },
  'record-consent': {
    title: m.ops_act_record_consent,
    href: (id) => (id ? below('/operations/learners', id) : '/operations/learners?consent=missing'),
  },
  'fix-roster': { title: m.ops_act_fix_roster, href: () => '/operations/roster' },
  'check-clock': { title: m.ops_act_check_clock, href: () => '/operations#self-test' },
  'check-ledger': { title: m.ops_act_check_ledger, href: () => '/operations#self-test' },
  'make-space': { title: m.ops_act_make_space, href: () => '/operations#self-test' },
  'add-passkey': { title: m.ops_act_add_passkey, href: () => '/sign-in' },
  'protect-keys': { title: m.ops_act_protect_keys, href: () => '/operations#self-test' },
}

/** Word, sign and colour of how urgent a need is. */
export function severityLook(severity: Need['severity']): StateLook {
  if (severity === 'red') return { word: m.ops_severity_red(), tone: 'bad', sign: 'cross' }
  if (severity === 'amber') return { word: m.ops_severity_amber(), tone: 'unsure', sign: 'question' }
  return { word: m.ops_severity_info(), tone: 'plain', sign: 'list' }
}

function below(path: string, id: string | null): string {
  return id ? `${path}/${encodeURIComponent(id)}` : path
}
