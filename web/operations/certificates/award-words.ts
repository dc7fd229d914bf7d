import type { Award, RouteInput } from '@guildhall/gateway/api'
import * as m from '../../paraglide/messages.js'

/** Why a certificate's status is changed. */
export type StatusReason = RouteInput<'revokeCredential'>['body']['reason']

/** What the states of a certificate are called. */
export const stateNames: Record<Award['state'], () => string> = {
  valid: m.state_valid,
  suspended: m.state_suspended,
  revoked: m.state_revoked,
  superseded: m.state_superseded,
  expired: m.state_expired,
}

/** How far a certificate's recording on the ledger is. */
export const anchorNames: Record<Award['anchor'], () => string> = {
  waiting: m.anchor_waiting,
  anchored: m.anchor_anchored,
  refused: m.anchor_refused,
}

/** The reasons in words. */
export const statusReasons: Record<StatusReason, () => string> = {
  'awarded-in-error': m.reason_awarded_in_error,
  'evidence-withdrawn': m.reason_evidence_withdrawn,
  misconduct: m.reason_misconduct,
  'identity-mistaken': m.reason_identity_mistaken,
  'details-corrected': m.reason_details_corrected,
  'under-review': m.reason_under_review,
  'review-closed': m.reason_review_closed,
  'learner-request': m.reason_learner_request,
}
