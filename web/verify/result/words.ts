import type { CheckId, EntitlementGap, Outcome, Overall, Provenance, Reason, VerdictFacts } from '@guildhall/credentials'
import type { IconName } from '../../components/icons.ts'
import * as m from '../../paraglide/messages.js'
import { formatTime } from '../../shell/format.ts'
import { language } from '../../shell/language.svelte.ts'
import type { SecondOpinion } from '../worker/messages.ts'
import { reasonMessages } from './reason-messages.ts'
import { pickText } from './texts.ts'

/** What each check is called, as the sentence that holds when it passed. */
export const checkNames: Record<CheckId, () => string> = {
  'data-model': m.check_data_model,
  proof: m.check_proof,
  issuer: m.check_issuer,
  entitled: m.check_entitled,
  status: m.check_status,
  dates: m.check_dates,
  evidence: m.check_evidence,
}

/** Word, sign and tone (colour) of an outcome; never one without the others. */
export const outcomes: Record<Outcome, { word: () => string; sign: IconName; tone: 'ok' | 'bad' | 'unsure' }> = {
  passed: { word: m.outcome_passed, sign: 'check', tone: 'ok' },
  failed: { word: m.outcome_failed, sign: 'cross', tone: 'bad' },
  unknown: { word: m.outcome_unknown, sign: 'question', tone: 'unsure' },
}

/** The same for a whole verdict. */
export const verdicts: Record<Overall, { word: () => string; sign: IconName; tone: 'ok' | 'bad' | 'unsure' }> = {
  valid: { word: m.verdict_valid, sign: 'check', tone: 'ok' },
  'not-valid': { word: m.verdict_not_valid, sign: 'cross', tone: 'bad' },
  unconfirmed: { word: m.verdict_unconfirmed, sign: 'question', tone: 'unsure' },
}

const gaps: Record<EntitlementGap, () => string> = {
  'base-unknown': m.gap_base_unknown,
  'base-closed': m.gap_base_closed,
  'base-suspended': m.gap_base_suspended,
  'information-lapsed': m.gap_information_lapsed,
  'safety-lapsed': m.gap_safety_lapsed,
  'green-lapsed': m.gap_green_lapsed,
  'accreditation-missing': m.gap_accreditation_missing,
  'accreditation-expired': m.gap_accreditation_expired,
  'accreditation-revoked': m.gap_accreditation_revoked,
  'ancestor-expired': m.gap_ancestor_expired,
  'ancestor-revoked': m.gap_ancestor_revoked,
  'key-unknown': m.gap_key_unknown,
  'key-expired': m.gap_key_expired,
  'key-retired': m.gap_key_retired,
  'key-compromised': m.gap_key_compromised,
  'records-mismatch': m.gap_records_mismatch,
}

/** Why a certificate was replaced, where its list says so by a code of the base's own. */
const supersessionReasons: Readonly<Record<string, () => string>> = {
  'awarded-in-error': m.reason_awarded_in_error,
  'evidence-withdrawn': m.reason_evidence_withdrawn,
  misconduct: m.reason_misconduct,
  'identity-mistaken': m.reason_identity_mistaken,
  'details-corrected': m.reason_details_corrected,
  'under-review': m.reason_under_review,
  'review-closed': m.reason_review_closed,
  'learner-request': m.reason_learner_request,
}

/** What the network says of the issuer, as far as sentences use it. */
export type IssuerFacts = Pick<VerdictFacts, 'timeZone' | 'issuerName'>

/** The sentence of a reason in the language on the screen; instants in the base's time zone and its name in that language, where known. */
export function sentenceOf(reason: Reason, { timeZone, issuerName }: Partial<IssuerFacts> = {}): string {
  const name = reason.code === 'ISSUER_KNOWN' && issuerName ? pickText(issuerName, language.current)?.text : undefined
  const given = name === undefined ? reason.params : { ...reason.params, name }
  const values = new Proxy(given, {
    get: (params: Reason['params'], key) => (typeof key === 'string' && key in params ? wordOf(key, params[key] ?? '', timeZone) : '—'),
  })
  return reasonMessages[reason.code](values as never)
}

/** Who answered, as of when. */
export function answererOf({ source, asOf, blockNumber }: Provenance, timeZone?: string): string {
  const told = { source: sourceOf(source), time: formatTime(asOf, timeZone) }
  return blockNumber === undefined ? m.answered_by(told) : m.answered_by_block({ ...told, block: blockNumber.toLocaleString('en-US') })
}

/** What a second base had to say, and what that is worth: it was asked through the first. */
export function secondOpinionOf({ name, through, asked, answered }: SecondOpinion, hasDisagreement: boolean): string {
  if (hasDisagreement) return m.second_disagrees({ name, through })
  if (answered === 0) return m.second_silent({ name, through })
  return answered < asked ? m.second_partly({ name, through, asked, answered }) : m.second_agrees({ name, through })
}

/** The bases that answered, each with the one that carried its answer. */
function sourceOf(source: string): string {
  if (source === 'bundle') return m.source_bundle()
  return source
    .split(' / ')
    .map((one) => {
      const [name = '', through] = one.split(' via ')
      return through === undefined ? name : m.source_through({ name, through })
    })
    .join(' / ')
}

function wordOf(name: string, value: string | number, timeZone: string | undefined): string {
  if (typeof value === 'number') return value.toLocaleString('en-US')
  if (name === 'source') return sourceOf(value)
  if (name === 'why') return supersessionReasons[value]?.() ?? value
  if (name === 'gap') return value in gaps ? gaps[value as EntitlementGap]() : value
  if (name === 'check' || name === 'checks') return value.split(/,\s*/).map(checkName).join(m.list_separator())
  return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(value) ? formatTime(value, timeZone) : value
}

function checkName(id: string): string {
  return id in checkNames ? `“${checkNames[id as CheckId]()}”` : id
}
