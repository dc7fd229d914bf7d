import type { Consent } from '@guildhall/gateway/api'
import * as m from '../paraglide/messages.js'
import { wordsOf } from './problem-words.ts'
import { roleNames } from './roles.ts'

/** The values that came with a code. One that did not come is shown as a dash. */
type Given = Readonly<Record<string, string | number>>

const scopes: Record<Consent['scope'], () => string> = {
  'base-held-wallet': m.consent_base_held_wallet,
  'recordings-as-evidence': m.consent_recordings_as_evidence,
  'share-by-learning-code': m.consent_share_by_learning_code,
}

/** Why the ledger's gate is closed to this base. */
const refusals: Readonly<Record<string, () => string>> = {
  BaseUnknown: m.refusal_base_unknown,
  BaseClosed: m.refusal_base_closed,
  BaseSuspended: m.refusal_base_suspended,
  InformationLapsed: m.refusal_information_lapsed,
  SafetyLapsed: m.refusal_safety_lapsed,
  GreenLapsed: m.refusal_green_lapsed,
  AccreditationMissing: m.refusal_accreditation_missing,
  AccreditationExpired: m.refusal_accreditation_expired,
  AccreditationRevoked: m.refusal_accreditation_revoked,
  AncestorExpired: m.refusal_ancestor_expired,
  AncestorRevoked: m.refusal_ancestor_revoked,
  KeyUnknown: m.refusal_key_unknown,
  KeyExpired: m.refusal_key_expired,
  KeyRetired: m.refusal_key_retired,
  KeyCompromised: m.refusal_key_compromised,
  RecordsMismatch: m.refusal_records_mismatch,
  LedgerNotRead: m.refusal_ledger_not_read,
}

/** Why a file of a work does not open: the ledger's reasons, and those of bases that were asked for its key. */
const readingReasons: Readonly<Record<string, () => string>> = {
  WORK_TAKEN_DOWN: m.reading_work_taken_down,
  VERSION_NOT_LISTED: m.reading_version_not_listed,
  LICENCE_MISSING: m.reading_licence_missing,
  LICENCE_LAPSED: m.reading_licence_lapsed,
  LICENCE_ENDED: m.reading_licence_ended,
  WORK_UNKNOWN: m.reading_work_unknown,
  VERSION_UNKNOWN: m.reading_work_unknown,
  KEY_NOT_HELD: m.reading_key_not_held,
  NO_ANSWER: m.reading_key_no_answer,
  TOO_MANY_REQUESTS: m.reading_key_no_answer,
  NO_BASE_CONNECTED: m.reading_key_nobody,
  BASE_NOT_THAT_PEER: m.reading_key_refused,
  SIGNATURE_WRONG: m.reading_key_refused,
}

/** What of an offer's terms is refused. */
const termsFields: Readonly<Record<string, () => string>> = {
  price: m.terms_price,
  rights: m.terms_rights,
  territory: m.terms_territory,
}

/** Values that are words of the base itself; every other one is a number, a name, or what another program said. */
export const wordValues = ['thing', 'state', 'next', 'part', 'where', 'problem', 'detail', 'evidence'] as const

const messages: Readonly<Record<string, (inputs: never) => string>> = {
  REQUEST_INVALID: m.problem_request_invalid,
  REQUEST_TOO_LARGE: m.problem_request_too_large,
  NOT_FOUND: m.problem_not_found,
  SIGN_IN_NEEDED: m.problem_sign_in_needed,
  ROLE_MISSING: ({ roles }: Given) =>
    m.problem_role_missing({
      roles: String(roles)
        .split(', ')
        .map((role) => wordOf(roleNames, role))
        .join(m.list_separator()),
    }),
  NOT_YOURS: m.problem_not_yours,
  TOO_MANY_REQUESTS: m.problem_too_many_requests,
  CONFLICT: m.problem_conflict,
  STATE_REFUSED: m.problem_state_refused,
  HOST_REFUSED: m.problem_host_refused,
  CHECKPOINT_UNSIGNED: m.problem_checkpoint_unsigned,
  NOT_READY: m.problem_not_ready,
  NOT_BUILT_IN: m.problem_not_built_in,
  INTERNAL: m.problem_internal,
  LINK_REFUSED: m.problem_link_refused,
  PASSKEY_REFUSED: m.problem_passkey_refused,
  PASSKEY_LAST: m.problem_passkey_last,
  OPERATOR_LAST: m.problem_operator_last,
  STATION_CLOSED: m.problem_station_closed,
  CARD_REFUSED: m.problem_card_refused,
  CARD_LOCKED: m.problem_card_locked,
  PIN_WRONG: m.problem_pin_wrong,
  PIN_SET_ALREADY: m.problem_pin_set_already,
  PIN_TOO_SIMPLE: m.problem_pin_too_simple,
  CONSENT_MISSING: ({ scope }: Given) => m.problem_consent_missing({ scope: wordOf(scopes, scope) }),
  GATE_REFUSED: ({ programmeId, refusal }: Given) =>
    m.problem_gate_refused({ programmeId: programmeId ?? '—', refusal: wordOf(refusals, refusal) }),
  READING_REFUSED: ({ reason }: Given) => m.problem_reading_refused({ reason: wordOf(readingReasons, reason) }),
  KEY_OUT_OF_REACH: ({ reason }: Given) => m.problem_key_out_of_reach({ reason: wordOf(readingReasons, reason) }),
  RANGE_REFUSED: m.problem_range_refused,
  TERMS_REFUSED: ({ field }: Given) => m.problem_terms_refused({ field: wordOf(termsFields, field) }),
  WORK_NOT_HELD: m.problem_work_not_held,
  OFFER_CLOSED: m.problem_offer_closed,
  MINTER_MISSING: m.problem_minter_missing,
  DEPOSIT_RECORDED: m.problem_deposit_recorded,
  AMOUNT_REFUSED: m.problem_amount_refused,
  WORK_CONTESTED: m.problem_work_contested,
  NOTHING_OWED: m.problem_nothing_owed,
  WITHDRAWAL_OVER: m.problem_withdrawal_over,
  RECIPIENT_REFUSED: m.problem_recipient_refused,
  ACCOUNT_REFUSED: m.problem_account_refused,
  DISPUTE_REFUSED: m.problem_dispute_refused,
  MONEY_SHORT: m.problem_money_short,
  WALLET_MINOR: m.problem_wallet_minor,
  PASSKEY_NEEDED: m.problem_passkey_needed,
  WALLET_SHUT: m.problem_wallet_shut,
  WALLET_PIN_WRONG: m.problem_wallet_pin_wrong,
  WALLET_PIN_LOCKED: m.problem_wallet_pin_locked,
  RUBRIC_NOT_MET: m.problem_rubric_not_met,
  RUBRIC_INVALID: m.problem_rubric_invalid,
  ROSTER_UNREADABLE: m.problem_roster_unreadable,
  ROSTER_SHRINKS: m.problem_roster_shrinks,
  DISK_FULL: m.problem_disk_full,
  LEARNER_ERASED: m.problem_learner_erased,
  UPLOADS_TOO_MANY: m.problem_uploads_too_many,
  DRAFT_INCOMPLETE: ({ gaps }: Given) =>
    m.problem_draft_incomplete({ gaps: String(gaps).split(', ').map(wordsOf).join(m.list_separator()) }),
  DRAFT_REFUSED: m.problem_draft_refused,
  OPINION_REFUSED: m.problem_opinion_refused,
  SIGNATURE_MISSING: m.problem_signature_missing,
  REQUEST_UNREADABLE: m.problem_request_unreadable,
  MEDIA_TYPE_REFUSED: m.problem_media_type_refused,
  ROUTE_NOT_FOUND: m.problem_route_not_found,
  METHOD_REFUSED: m.problem_method_refused,
  ORIGIN_REFUSED: m.problem_origin_refused,
  LEDGER_REFUSED: m.problem_ledger_refused,
  INVITE_REFUSED: m.problem_invite_refused,
  LEARNING_CODE_REFUSED: m.problem_learning_code_refused,
  CLOCK_WRONG: m.problem_clock_wrong,
  SEAL_BROKEN: m.problem_seal_broken,
  LABS_PAIRING_REFUSED: m.problem_labs_pairing_refused,
  LABS_PAIRING_TOO_MANY: m.problem_labs_pairing_too_many,
  LABS_PAIRING_KEY: m.problem_labs_pairing_key,
  LABS_DEVICE_UNKNOWN: m.problem_labs_device_unknown,
  LABS_DEVICE_LIMIT: m.problem_labs_device_limit,
  LABS_MACHINE_BUSY: m.problem_labs_machine_busy,
  LABS_MACHINE_SILENT: m.problem_labs_machine_silent,
  LABS_SESSION_UNKNOWN: m.problem_labs_session_unknown,
  LABS_SESSION_EXISTS: m.problem_labs_session_exists,
  LABS_SESSION_EMPTY: m.problem_labs_session_empty,
  LABS_LOG_DAMAGED: m.problem_labs_log_damaged,
  LABS_LOG_FAILED: m.problem_labs_log_failed,
  LABS_BROKER_PORT: m.problem_labs_broker_port,
  LABS_BROKER_UNREACHABLE: m.problem_labs_broker_unreachable,
  LABS_NOT_STARTED: m.problem_labs_not_started,
  LABS_JOB_REFUSED: m.problem_labs_job_refused,
  LABS_RECORDING_DAMAGED: m.problem_labs_recording_damaged,
  LABS_OCTOPRINT_REFUSED: m.problem_labs_octoprint_refused,
  LABS_OCTOPRINT_UNREACHABLE: m.problem_labs_octoprint_unreachable,
  VERIFY_PAGE_ABSENT: m.problem_verify_page_absent,
}

/** What happened and what to do next, for each code that a base reports. A code that is not here is shown in the base's own words. */
export const problemMessages: Readonly<Record<string, (inputs: never) => string>> = Object.fromEntries(
  Object.entries(messages).map(([code, message]) => [code, (given: Given) => message(inWords(given) as never)]),
)

function inWords(given: Given): Given {
  const isWord = (name: string) => wordValues.some((known) => known === name)
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, isWord(name) ? wordsOf(value) : value]))
}

function wordOf(words: Readonly<Record<string, () => string>>, name: string | number | undefined): string {
  return words[String(name)]?.() ?? String(name ?? '—')
}
