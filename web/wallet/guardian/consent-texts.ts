import type { Consent } from '@guildhall/gateway/api'
import * as m from '../../paraglide/messages.js'

/** Version of the texts below; recorded with every consent. A change of meaning is a new version. */
export const consentTextVersion = '2026-11'

/** What can be agreed to, with the text that the guardian is shown. */
export const consentTexts: readonly { scope: Consent['scope']; title: () => string; text: () => string }[] = [
  { scope: 'base-held-wallet', title: m.consent_base_held_wallet, text: m.consent_base_held_wallet_text },
  { scope: 'recordings-as-evidence', title: m.consent_recordings_as_evidence, text: m.consent_recordings_as_evidence_text },
  { scope: 'share-by-learning-code', title: m.consent_share_by_learning_code, text: m.consent_share_by_learning_code_text },
]
