import { quotable } from './printable.ts'
import type { CheckId, Outcome } from './verdict.ts'

type Where = CheckId | 'verdict' | 'presentation' | 'bundle'

/** One row: where the code is used, which outcome it stands for, and its English sentence with `{params}`. */
interface ReasonRow {
  where: Where
  outcome: Outcome | 'note'
  sentence: string
}

/**
 * Every reason that a verification can give. Codes are stable; screens translate them by code and params.
 * A sentence says what happened, with which value, and what to do next where there is something to do.
 * Params that are instants are RFC 3339 text.
 */
export const reasons = {
  DATA_MODEL_OK: row('data-model', 'passed', 'It follows the W3C data model 2.0 ({profile}).'),
  DATA_MODEL_INVALID: row(
    'data-model',
    'failed',
    'It breaks the data model at {path}: {problem} ({count} in all). Ask the issuer for a corrected one.',
  ),
  DATA_MODEL_UNREADABLE: row('data-model', 'failed', 'It can not be read as a certificate: {problem}. Ask for the original file.'),
  DATA_MODEL_LEGACY: row(
    'data-model',
    'unknown',
    'It uses the older data model {version}, which is read here but not judged. Ask the issuer for a 2.0 certificate.',
  ),
  DATA_MODEL_RESOURCE_NOT_HELD: row('data-model', 'note', 'The related resource {id} is not kept here, so its digest was not compared.'),
  DATA_MODEL_CONTEXT_NOT_HELD: row('data-model', 'note', 'The terms of {id} are not kept here; what they mean was not checked.'),

  PROOF_OK: row('proof', 'passed', 'The signature ({suite}) is intact: nothing was changed since it was signed.'),
  PROOF_BY_HOLDER: row('proof', 'passed', 'The holder says so of themselves, under the signature of the presentation.'),
  PROOF_INVALID: row(
    'proof',
    'failed',
    'The signature ({suite}) does not fit the content: it was changed, or signed by another key. Ask for the original file.',
  ),
  PROOF_MALFORMED: row('proof', 'failed', 'The signature is not well formed: {problem}. Ask for the original file.'),
  PROOF_MISSING: row('proof', 'failed', 'It carries no signature, so anyone may have written it. Ask for the signed file.'),
  PROOF_NOT_BY_ISSUER: row('proof', 'failed', 'It was signed with a key of {controller}, not of the issuer {issuer}.'),
  PROOF_KEY_ABSENT: row('proof', 'failed', 'The issuer never had the key {key} that is named as the signer.'),
  PROOF_KEY_UNREACHABLE: row(
    'proof',
    'unknown',
    'The issuer’s key {key} could not be looked up ({detail}). Try again with a connection, or use a bundle.',
  ),
  PROOF_SUITE_UNSUPPORTED: row(
    'proof',
    'unknown',
    'The signature type {suite} is not known here. Ask the issuer for vc+jwt or eddsa-rdfc-2022.',
  ),
  PROOF_SUITE_RETIRED: row(
    'proof',
    'unknown',
    'The signature type {suite} is retired and is not judged here. Ask the issuer for a new certificate.',
  ),
  PROOF_CONTEXT_UNKNOWN: row(
    'proof',
    'unknown',
    'The signature covers terms of {context}, which are not kept here, so it could not be checked.',
  ),
  PROOF_FORMAT_UNSUPPORTED: row('proof', 'unknown', 'The signature could not be checked here: {problem}.'),

  ISSUER_KNOWN: row('issuer', 'passed', '{name} is a base of the network {network}.'),
  ISSUER_NOT_A_BASE: row('issuer', 'failed', '{did} is not a base of the network {network} that the certificate names.'),
  ISSUER_LOG_MISMATCH: row('issuer', 'failed', 'The issuer’s key history (digest {digest}) is not the one on the ledger of {network}.'),
  ISSUER_LOG_INVALID: row('issuer', 'failed', 'The issuer’s key history does not hold together: {problem}.'),
  ISSUER_KEY_NOT_IN_LOG: row('issuer', 'failed', 'The key {key} is nowhere in the issuer’s key history.'),
  ISSUER_NETWORK_NOT_LISTED: row(
    'issuer',
    'unknown',
    'The network {networkId} is not among those you trust. Add it after comparing this fingerprint with the base’s: {fingerprint}.',
  ),
  ISSUER_NETWORK_NOT_NAMED: row(
    'issuer',
    'unknown',
    'The issuer {did} belongs to no network that you trust, and the certificate names none. Ask the issuer.',
  ),
  ISSUER_UNREACHABLE: row(
    'issuer',
    'unknown',
    'The network could not be asked about the issuer ({source}). Try again with a connection, or use a bundle.',
  ),
  ISSUER_SOURCES_DISAGREE: row(
    'issuer',
    'unknown',
    'Two sources say different things about the issuer ({source}). Ask both bases which is right.',
  ),
  ISSUER_LEGACY: row('issuer', 'unknown', 'The issuer {did} of this older certificate is not looked up.'),
  ISSUER_TRIAL_NETWORK: row('issuer', 'note', 'This is a trial network: its certificates are for trying out.'),
  ISSUER_THRESHOLD: row('issuer', 'note', 'Statements of this network need {needed} of {of} signatures.'),
  ISSUER_NAME_DIFFERS: row('issuer', 'note', 'The certificate calls the issuer “{claimed}”; the network knows it as “{known}”.'),

  ENTITLED_OK: row('entitled', 'passed', 'The base was entitled on {issued} and when it was recorded, on {anchored}, with this key.'),
  ENTITLED_NOT_AT_ISSUE: row('entitled', 'failed', 'The base was not entitled on the day of issue, {issued}: {gap}.'),
  ENTITLED_NOT_AT_ANCHOR: row('entitled', 'failed', 'The base was not entitled any more when this was recorded, {anchored}: {gap}.'),
  ENTITLED_KEY_COMPROMISED: row(
    'entitled',
    'failed',
    'The key was reported stolen on {revoked}; this was recorded after that, on {anchored}.',
  ),
  ENTITLED_RECEIPT_MISMATCH: row(
    'entitled',
    'failed',
    'The receipt is not this certificate’s: {what} does not fit. Ask for the receipt that came with it.',
  ),
  ENTITLED_ROOT_ABSENT: row('entitled', 'failed', 'The ledger has no record {root}, although the receipt claims one in block {block}.'),
  ENTITLED_NO_RECEIPT: row(
    'entitled',
    'unknown',
    'No receipt of its recording came with it: the base may not have recorded it yet. Ask the holder for the bundle.',
  ),
  ENTITLED_ANCHORED_LATE: row(
    'entitled',
    'unknown',
    'It is dated {issued} but was recorded only on {anchored}, {days} days later (14 are allowed).',
  ),
  ENTITLED_NOT_SYNCED: row('entitled', 'unknown', 'The source answers as of {asOf}, before this was recorded. Try again later.'),
  ENTITLED_NO_DATE: row('entitled', 'unknown', 'It does not say from when it is valid, so nothing can be said about the day of issue.'),
  ENTITLED_NOT_NAMED: row('entitled', 'unknown', 'It names no programme of a network, so nobody can say whether the issuer was entitled.'),
  ENTITLED_ISSUER_UNKNOWN: row('entitled', 'unknown', 'The issuer is not confirmed, so neither is its entitlement.'),
  ENTITLED_KEY_UNKNOWN: row('entitled', 'unknown', 'The signature is not confirmed, so it is not known which key was used.'),
  ENTITLED_UNREACHABLE: row(
    'entitled',
    'unknown',
    'The network could not be asked about the entitlement ({source}). Try again with a connection, or use a bundle.',
  ),
  ENTITLED_SOURCES_DISAGREE: row(
    'entitled',
    'unknown',
    'Two sources say different things about the entitlement ({source}). Ask both bases which is right.',
  ),
  ENTITLED_LEGACY: row('entitled', 'unknown', 'The entitlement behind an older certificate is not recorded anywhere.'),

  STATUS_CLEAR: row('status', 'passed', 'Neither withdrawn nor suspended as of {asOf}.'),
  STATUS_NOT_DECLARED: row('status', 'passed', 'The issuer named no list on which it could be withdrawn.'),
  STATUS_REVOKED: row('status', 'failed', 'The issuer withdrew it on {since}.'),
  STATUS_REVOKED_AT_LATEST: row('status', 'failed', 'The issuer withdrew it, at the latest on {since}.'),
  STATUS_SUSPENDED: row('status', 'failed', 'The issuer has suspended it since {since}. Ask the issuer when it will be decided.'),
  STATUS_SUSPENDED_AT_LATEST: row(
    'status',
    'failed',
    'The issuer has suspended it, at the latest since {since}. Ask the issuer when it will be decided.',
  ),
  STATUS_SUPERSEDED: row('status', 'failed', 'The issuer replaced it on {since} by {by}: {why}. Ask the holder for the new one.'),
  STATUS_ENTRY_INVALID: row('status', 'failed', 'Its status entry is not well formed: {problem}.'),
  STATUS_LIST_DEFECT: row('status', 'failed', 'The issuer’s own status list does not answer for it: {problem}. Ask the issuer.'),
  STATUS_STALE: row('status', 'unknown', 'Not withdrawn as of {asOf}, but that was {hours} hours ago. Connect to refresh it.'),
  STATUS_CLOCK_WRONG: row(
    'status',
    'unknown',
    'The status list is told as of {asOf}, which lies ahead of this device’s clock ({now}). Set the clock and try again.',
  ),
  STATUS_UNREACHABLE: row(
    'status',
    'unknown',
    'The status list could not be read ({source}). Try again with a connection, or use a bundle.',
  ),
  STATUS_SOURCES_DISAGREE: row('status', 'unknown', 'Two sources give different status lists ({source}). Ask both bases which is right.'),
  STATUS_LIST_NOT_THE_LEDGERS: row(
    'status',
    'unknown',
    'The status list that was found is not the one recorded on the ledger. Try again later.',
  ),
  STATUS_LIST_UNPROVEN: row('status', 'unknown', 'The status list is not proven to be the issuer’s: {problem}.'),
  STATUS_TYPE_UNSUPPORTED: row(
    'status',
    'unknown',
    'The status type {type} is not known here, so it may have been withdrawn. Ask the issuer.',
  ),
  STATUS_LEGACY: row('status', 'unknown', 'The status of an older certificate is not judged here. Ask the issuer.'),
  STATUS_MESSAGE: row('status', 'note', 'The status list says: {message} ({value}).'),

  DATES_CURRENT: row('dates', 'passed', 'Valid from {validFrom} until {validUntil}.'),
  DATES_NO_END: row('dates', 'passed', 'Valid from {validFrom}, without an end.'),
  DATES_NONE: row('dates', 'passed', 'It has neither a beginning nor an end.'),
  DATES_NOT_YET: row('dates', 'failed', 'It becomes valid only on {validFrom}.'),
  DATES_EXPIRED: row('dates', 'failed', 'It expired on {validUntil}. Ask the holder for a renewed one.'),
  DATES_MALFORMED: row('dates', 'failed', '{member} is not a date with time and zone: {value}.'),
  DATES_CLOCK_WRONG: row(
    'dates',
    'unknown',
    'This device’s clock says {now}, but the ledger is already at {ledger}. Set the clock and try again.',
  ),
  DATES_UNREADABLE: row('dates', 'unknown', 'Its dates could not be read.'),
  DATES_LEGACY: row('dates', 'unknown', 'An older certificate: it says {validFrom} to {validUntil}.'),

  EVIDENCE_OK: row('evidence', 'passed', 'The receipt of the work fits: frames {first} to {last}, recorded before {anchored}.'),
  EVIDENCE_MALFORMED: row('evidence', 'failed', 'The receipt of the work is not well formed: {problem}.'),
  EVIDENCE_PATH_MISMATCH: row('evidence', 'failed', 'The receipt of the work does not lead to its root {root}.'),
  EVIDENCE_COMMITMENT_MISMATCH: row('evidence', 'failed', 'The opened value “{name}” is not the one that was committed to.'),
  EVIDENCE_NONE: row(
    'evidence',
    'unknown',
    'It carries no receipt of the work behind it; nothing could be checked. Ask the issuer what it was awarded for.',
  ),
  EVIDENCE_NOT_A_RECEIPT: row('evidence', 'unknown', 'Its evidence ({count}) is described in words or links, which nobody can check here.'),
  EVIDENCE_NOT_ANCHORED: row(
    'evidence',
    'unknown',
    'The receipt of the work is not recorded on the ledger yet (root {root}). Try again later.',
  ),
  EVIDENCE_SEGMENT_ABSENT: row(
    'evidence',
    'unknown',
    'The certificate was recorded on {anchored}, but the recording of the work (root {root}) never was by itself. Ask the issuer.',
  ),
  EVIDENCE_SEGMENT_LATE: row(
    'evidence',
    'unknown',
    'The recording of the work was put on the ledger on {recorded}, after the certificate, on {anchored}. Ask the issuer.',
  ),
  EVIDENCE_UNREACHABLE: row(
    'evidence',
    'unknown',
    'The ledger could not be asked about the receipt of the work ({source}). Try again with a connection.',
  ),
  EVIDENCE_SOURCES_DISAGREE: row('evidence', 'unknown', 'Two sources say different things about the receipt of the work ({source}).'),
  EVIDENCE_LEGACY: row('evidence', 'unknown', 'The evidence of an older certificate is not judged here.'),
  EVIDENCE_DEVICE_SIGNED: row('evidence', 'note', 'Every reading was signed by the machine itself.'),
  EVIDENCE_GATEWAY_ATTESTED: row('evidence', 'note', 'The machine can not sign; the base signed its readings for it.'),
  EVIDENCE_OPENED: row('evidence', 'note', '{name}: {value} (opened by the holder; fits the commitment).'),

  PRESENTATION_OK: row('presentation', 'passed', 'What is shown follows the W3C data model 2.0.'),
  PRESENTATION_INVALID: row('presentation', 'failed', 'What is shown breaks the data model at {path}: {problem} ({count} in all).'),
  PRESENTATION_UNREADABLE: row('presentation', 'failed', 'What is shown can not be read: {problem}. Ask for a new learning code.'),
  HOLDER_PROVEN: row('presentation', 'passed', 'Whoever shows this holds the key of {holder}, and made it for this occasion.'),
  HOLDER_NOT_ASKED: row(
    'presentation',
    'unknown',
    'It is signed with the key of {holder}, but answers no question of yours: it may be a copy of what was shown before. Ask for a learning code.',
  ),
  HOLDER_PROOF_MISSING: row('presentation', 'failed', 'Nobody signed what is shown, so anyone may have put it together.'),
  HOLDER_PROOF_INVALID: row('presentation', 'failed', 'The holder’s signature does not fit ({problem}). Ask for a new learning code.'),
  HOLDER_PROOF_REPLAYED: row('presentation', 'failed', 'This was made for another occasion. Ask for a new learning code.'),
  HOLDER_UNCONFIRMED: row('presentation', 'unknown', 'Who holds the key could not be confirmed ({problem}).'),
  BINDING_OK: row('presentation', 'passed', 'Every certificate shown ({count}) is about the holder.'),
  BINDING_OTHER_SUBJECT: row('presentation', 'failed', '{count} of the certificates shown are about somebody else.'),
  BINDING_UNKNOWN: row('presentation', 'unknown', 'What is shown does not say who holds it.'),
  NAME_PROVEN: row('presentation', 'passed', 'The name shown is the one that the certificates were issued to.'),
  NAME_MISMATCH: row('presentation', 'failed', 'The name shown is not the one that the certificates were issued to.'),

  VERDICT_VALID: row('verdict', 'passed', 'Valid: all seven checks passed.'),
  VERDICT_VALID_TRIAL: row('verdict', 'passed', 'Valid on a trial network: all seven checks passed.'),
  VERDICT_NOT_VALID: row('verdict', 'failed', 'Not valid: {check} failed.'),
  VERDICT_UNCONFIRMED: row('verdict', 'unknown', 'Could not be confirmed: {checks}.'),
  VERDICT_INSIDE_NOT_VALID: row('verdict', 'failed', 'Not valid: {count} of the {of} certificates inside it failed.'),
  VERDICT_INSIDE_UNCONFIRMED: row('verdict', 'unknown', 'Could not be confirmed: {count} of the {of} certificates inside it.'),
  VERDICT_INSIDE_OMITTED: row(
    'verdict',
    'unknown',
    'Could not be confirmed: {omitted} of the {of} certificates inside it were not looked at, since it holds too many or too deep ({limit} are read).',
  ),
  BUNDLE_TRUSTED: row(
    'bundle',
    'passed',
    'The bundle speaks as of {asOf}, signed by {signers} of {of} keys of the network ({needed} are needed).',
  ),
  BUNDLE_UNDERSIGNED: row(
    'bundle',
    'unknown',
    'Only {signers} of the {needed} signatures needed stand under the bundle, so its statements were not believed.',
  ),
  BUNDLE_NETWORK_NOT_LISTED: row(
    'bundle',
    'unknown',
    'The bundle is of the network {networkId}, which you do not trust. Add it after comparing this fingerprint with the base’s: {fingerprint}.',
  ),
  BUNDLE_UNREADABLE: row('bundle', 'failed', '{problem}'),
  BUNDLE_NOT_REFRESHED: row('bundle', 'note', 'Not refreshed: {check}, told as of {asOf}.'),
  CHECK_INTERRUPTED: row('verdict', 'unknown', 'This check could not be finished here ({problem}). Try again.'),
} as const satisfies Record<string, ReasonRow>

/** A stable reason code. */
export type ReasonCode = keyof typeof reasons

/** A reason: the code, and the values for its sentence. */
export interface Reason {
  code: ReasonCode
  params: Readonly<Record<string, string | number>>
}

/** Makes a reason. Texts in it may be anyone's: they are made fit to be shown. */
export function reason(code: ReasonCode, params: Reason['params'] = {}): Reason {
  const quoted = Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? quotable(value) : value])
  return { code, params: Object.fromEntries(quoted) }
}

/** The English sentence of a reason, with its params filled in. */
export function sentenceOf({ code, params }: Reason): string {
  return reasons[code].sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? '—'))
}

function row(where: Where, outcome: Outcome | 'note', sentence: string): ReasonRow {
  return { where, outcome, sentence }
}
