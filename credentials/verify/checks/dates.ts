import type { JsonValue } from '../../formats/format.ts'
import type { Case } from '../case.ts'
import { parseInstant } from '../data-model/instant.ts'
import { reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf, clockToleranceSeconds, instantText, provenanceOf } from './check.ts'

/** Check 6: `validFrom` is past and `validUntil` is not (VC Data Model 2.0 §4.9), by a clock that is not behind the ledger. */
export async function checkDates(verification: Case): Promise<Check> {
  const { document, legacy } = verification
  const { now } = verification.options
  if (legacy !== undefined) {
    const [from, until] = [document['issuanceDate'] ?? document['validFrom'], document['expirationDate'] ?? document['validUntil']]
    return checkOf('dates', reason('DATES_LEGACY', { validFrom: textOf(from), validUntil: textOf(until) }))
  }
  const { validFrom, validUntil } = document
  const [from, until] = [parseInstant(validFrom), parseInstant(validUntil)]
  if (validFrom !== undefined && from === undefined) return malformed('validFrom', validFrom)
  if (validUntil !== undefined && until === undefined) return malformed('validUntil', validUntil)
  if (from === undefined && until === undefined) return checkOf('dates', reason('DATES_NONE'))
  const params = { validFrom: textOf(validFrom), validUntil: textOf(validUntil) }
  // An instant that is over stays over, however far behind the clock is.
  if (until !== undefined && until <= now) return checkOf('dates', reason('DATES_EXPIRED', params))
  const base = await verification.base()
  if (base.outcome !== 'unreachable' && base.asOf > now + clockToleranceSeconds) {
    const clock = reason('DATES_CLOCK_WRONG', { now: instantText(now), ledger: instantText(base.asOf) })
    return checkOf('dates', clock, { answeredBy: provenanceOf(base) })
  }
  if (from !== undefined && from > now) return checkOf('dates', reason('DATES_NOT_YET', params))
  return checkOf('dates', reason(until === undefined ? 'DATES_NO_END' : 'DATES_CURRENT', params))
}

function malformed(member: string, value: JsonValue): Check {
  return checkOf('dates', reason('DATES_MALFORMED', { member, value: textOf(value) }))
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined) return '—'
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 60)
}
