import type { Lookup, Provenance } from '../../ports.ts'
import { type Reason, type ReasonCode, reason, reasons } from '../reasons.ts'
import type { Check, CheckId, Outcome } from '../verdict.ts'

/** How far this device's clock may lag behind the ledger's time before nothing is judged by it. */
export const clockToleranceSeconds = 600

/** What a check adds to its reason. */
export interface CheckDetails {
  notes?: readonly Reason[]
  answeredBy?: readonly Provenance[]
}

/** Makes the answer of a check; the outcome follows from the code. */
export function checkOf(id: CheckId, why: Reason, details: CheckDetails = {}): Check {
  const { outcome } = reasons[why.code]
  return {
    id,
    outcome: outcome === 'note' ? 'unknown' : (outcome satisfies Outcome),
    reason: why,
    notes: details.notes ?? [],
    answeredBy: details.answeredBy ?? [],
  }
}

/** Who answered a look-up, without its value. */
export function provenanceOf(lookup: Lookup<unknown>): Provenance[] {
  if (lookup.outcome === 'unreachable') return []
  const { source, asOf, blockNumber, seenAt } = lookup
  return [{ source, asOf, ...(blockNumber === undefined ? {} : { blockNumber }), ...(seenAt === undefined ? {} : { seenAt }) }]
}

/** Up to when an answer is known to hold: when the newest block was last seen to be the newest, else that block's time. */
export function knownUntil({ asOf, seenAt }: Pick<Provenance, 'asOf' | 'seenAt'>): number {
  return Math.max(asOf, seenAt ?? asOf)
}

/** The reason for a look-up that brought no answer. */
export function outageReason(
  lookup: { cause: string; source: string; detail?: string },
  codes: { unreachable: ReasonCode; disagreement: ReasonCode },
): Reason {
  const code = lookup.cause === 'disagreement' ? codes.disagreement : codes.unreachable
  return reason(code, { source: lookup.source, cause: lookup.cause, detail: lookup.detail ?? '' })
}

/** RFC 3339 text of an instant, in UTC. */
export function instantText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}
