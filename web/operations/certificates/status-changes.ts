import type { Award, Role, RouteInput } from '@guildhall/gateway/api'
import * as m from '../../paraglide/messages.js'
import { api } from '../../shell/api.ts'
import type { StatusReason } from './award-words.ts'

type Body = RouteInput<'revokeCredential'>['body']

/** One change of a certificate's status: from which states, by whom, for which reasons, and what it says before. */
export interface StatusChange {
  id: string
  from: readonly Award['state'][]
  roles: readonly Role[]
  reasons: readonly StatusReason[]
  go: () => string
  title: () => string
  text: () => string
  isDangerous: boolean
  send: (credentialId: string, body: Body) => Promise<unknown>
}

/** The four changes, in the order of their buttons. */
export const statusChanges: readonly StatusChange[] = [
  {
    id: 'correct',
    from: ['valid', 'suspended'],
    roles: ['examiner'],
    reasons: ['details-corrected', 'identity-mistaken', 'awarded-in-error'],
    go: m.award_correct,
    title: m.award_correct_title,
    text: m.award_correct_text,
    isDangerous: false,
    send: (credentialId, body) => api.correctCredential({ params: { credentialId }, body }),
  },
  {
    id: 'suspend',
    from: ['valid'],
    roles: ['examiner', 'operator'],
    reasons: ['under-review', 'misconduct', 'learner-request'],
    go: m.award_suspend,
    title: m.award_suspend_title,
    text: m.award_suspend_text,
    isDangerous: false,
    send: (credentialId, body) => api.suspendCredential({ params: { credentialId }, body }),
  },
  {
    id: 'reinstate',
    from: ['suspended'],
    roles: ['examiner', 'operator'],
    reasons: ['review-closed', 'learner-request'],
    go: m.award_reinstate,
    title: m.award_reinstate_title,
    text: m.award_reinstate_text,
    isDangerous: false,
    send: (credentialId, body) => api.reinstateCredential({ params: { credentialId }, body }),
  },
  {
    id: 'revoke',
    from: ['valid', 'suspended'],
    roles: ['examiner', 'operator'],
    reasons: ['awarded-in-error', 'evidence-withdrawn', 'misconduct', 'identity-mistaken', 'learner-request'],
    go: m.award_revoke,
    title: m.award_revoke_title,
    text: m.award_revoke_text,
    isDangerous: true,
    send: (credentialId, body) => api.revokeCredential({ params: { credentialId }, body }),
  },
]
