import type { Draft, Licence, Panel, Review, Terms, Work, WorkPage } from '@guildhall/gateway/api'
import type { StateLook } from '../components/names.ts'
import * as m from '../paraglide/messages.js'

/** What kinds of works are called. */
export const kindNames: Record<Work['kind'], () => string> = {
  courseware: m.work_kind_courseware,
  video: m.work_kind_video,
  model: m.work_kind_model,
  text: m.work_kind_text,
  software: m.work_kind_software,
  other: m.work_kind_other,
}

/** How a work was made from another. */
export const derivationNames: Record<Work['parents'][number]['kind'], () => string> = {
  adaptation: m.derivation_adaptation,
  translation: m.derivation_translation,
  excerpt: m.derivation_excerpt,
  compilation: m.derivation_compilation,
  recording: m.derivation_recording,
  continuation: m.derivation_continuation,
}

/** Word, sign and colour of a version's state. */
export const versionLooks: Record<WorkPage['versions'][number]['state'], () => StateLook> = {
  registered: () => ({ word: m.version_registered(), tone: 'plain', sign: 'file' }),
  'in-review': () => ({ word: m.version_in_review(), tone: 'unsure', sign: 'clock' }),
  listed: () => ({ word: m.version_listed(), tone: 'ok', sign: 'check' }),
  replaced: () => ({ word: m.version_replaced(), tone: 'plain', sign: 'clock' }),
  rejected: () => ({ word: m.version_rejected(), tone: 'bad', sign: 'cross' }),
  'taken-down': () => ({ word: m.version_taken_down(), tone: 'bad', sign: 'cross' }),
}

/** What the panels are called. */
export const panelNames: Record<Panel['panel'], () => string> = {
  content: m.panel_content,
  technical: m.panel_technical,
  expert: m.panel_expert,
}

/** Word, sign and colour of where a panel is with a version. */
export const decisionLooks: Record<Review['panels'][number]['decision'], () => StateLook> = {
  waiting: () => ({ word: m.decision_waiting(), tone: 'plain', sign: 'clock' }),
  open: () => ({ word: m.decision_open(), tone: 'unsure', sign: 'clock' }),
  approved: () => ({ word: m.decision_approved(), tone: 'ok', sign: 'check' }),
  rejected: () => ({ word: m.decision_rejected(), tone: 'bad', sign: 'cross' }),
}

/** The four dimensions of the content panel, each with its question. */
export const dimensions = [
  { id: 'political', name: m.dimension_political, question: m.dimension_political_question },
  { id: 'scientific', name: m.dimension_scientific, question: m.dimension_scientific_question },
  { id: 'suitable', name: m.dimension_suitable, question: m.dimension_suitable_question },
  { id: 'wellFormed', name: m.dimension_well_formed, question: m.dimension_well_formed_question },
] as const

/** How a licence is paid for. */
export const pricingNames: Record<Terms['pricing'], () => string> = {
  free: m.pricing_free,
  once: m.pricing_once,
  'per-use': m.pricing_per_use,
  'per-class': m.pricing_per_class,
}

/** Word, sign and colour of a licence's state. */
export const licenceLooks: Record<Licence['state'], () => StateLook> = {
  current: () => ({ word: m.licence_current(), tone: 'ok', sign: 'check' }),
  lapsed: () => ({ word: m.licence_lapsed(), tone: 'bad', sign: 'clock' }),
  ended: () => ({ word: m.licence_ended(), tone: 'bad', sign: 'cross' }),
}

/** What a draft still lacks. */
export const gapNames: Record<Draft['gaps'][number], () => string> = {
  kind: m.gap_kind,
  title: m.gap_title,
  summary: m.gap_summary,
  languages: m.gap_languages,
  files: m.gap_files,
  uploads: m.gap_uploads,
  creators: m.gap_creators,
  parents: m.gap_parents,
  terms: m.gap_terms,
}
