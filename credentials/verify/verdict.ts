import type { Provenance } from '../ports.ts'
import type { Reason } from './reasons.ts'

/** The three answers. `unknown` (could not be confirmed) is never shown as passed. */
export type Outcome = 'passed' | 'failed' | 'unknown'

/** The seven named checks, in the order in which they are shown. */
export const checkIds = ['data-model', 'proof', 'issuer', 'entitled', 'status', 'dates', 'evidence'] as const

/** One of `checkIds`. */
export type CheckId = (typeof checkIds)[number]

/** The answer of one check. */
export interface Check {
  id: CheckId
  outcome: Outcome
  /** Why; its sentence is in `reasons.ts`. */
  reason: Reason
  /** Further facts that belong to this check and do not change its outcome. */
  notes: readonly Reason[]
  /** Who answered, and as of when; empty when nobody had to be asked. */
  answeredBy: readonly Provenance[]
}

/** valid: all seven passed (of those inside too). not-valid: one failed. unconfirmed: none failed, one is unknown. */
export type Overall = 'valid' | 'not-valid' | 'unconfirmed'

/** A text in the languages in which it is given; `und` where the language is not told. */
export type LocalisedText = Readonly<Record<string, string>>

/** What a screen or a report shows beside the checks. Nothing here was believed unless it says who said so. */
export interface VerdictFacts {
  credentialId: string | undefined
  types: readonly string[]
  title: LocalisedText
  description: LocalisedText
  /** `issuer.id` as claimed. */
  issuerId: string | undefined
  /** The name by which the network knows the base; undefined when no trusted network does. */
  issuerName: LocalisedText | undefined
  /** The name that the credential claims. Never shown without "claimed". */
  claimedIssuerName: string | undefined
  validFrom: string | undefined
  validUntil: string | undefined
  anchoredAt: number | undefined
  /** IANA zone in which the base's dates are shown. */
  timeZone: string | undefined
  networkId: string | undefined
  networkName: string | undefined
  fingerprint: string | undefined
  /** True on a trial network, undefined when the network is not known. */
  isTrial: boolean | undefined
  /** How many keys of the network must sign a checkpoint, of how many. */
  threshold: { needed: number; of: number } | undefined
  programmeId: number | undefined
  attestation: string | undefined
  /** The id of the credential that replaced this one, when its status says so. */
  supersededBy: string | undefined
}

/** The whole answer: always seven checks, in the order of `checkIds`. */
export interface Verdict {
  /** Together with the certificates inside. */
  overall: Overall
  sentence: Reason
  checks: readonly Check[]
  facts: VerdictFacts
  /** A verdict for each certificate inside (a CLR's), in their order, as far as they are looked at; empty for most. */
  inside: readonly Verdict[]
  /** How many certificates inside were not looked at, being too many or too deep: then `overall` is never valid. */
  insideOmitted: number
}

/** The overall word for a list of checks. */
export function overallOf(checks: readonly Check[]): Overall {
  if (checks.some((check) => check.outcome === 'failed')) return 'not-valid'
  return checks.length === checkIds.length && checks.every((check) => check.outcome === 'passed') ? 'valid' : 'unconfirmed'
}
