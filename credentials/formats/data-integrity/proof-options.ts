import type { JsonObject, JsonValue, VerifyProofOptions } from '../format.ts'
import { type ProofReason, proofReason } from '../reasons.ts'

/** XML Schema 1.1 dateTimeStamp (§3.4.28); without an offset it means UTC (VC Data Model 2.0 §4.9). */
const dateTime =
  /^-?\d{4,6}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?$/

/** UnixSeconds of a date and time text, undefined when it is none. */
export function readInstant(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = dateTime.exec(value)
  if (!match) return undefined
  const milliseconds = Date.parse(match[1] === undefined ? `${value}Z` : value)
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000)
}

/** What of a Data Integrity proof's own members (Data Integrity 1.0 §2.1) is malformed or not what was asked for; undefined when all is well. */
export function findRefusedOption(proof: JsonObject, options: VerifyProofOptions): ProofReason | undefined {
  const { created, expires, verificationMethod, proofPurpose } = proof
  if (typeof verificationMethod !== 'string' || !/^[a-z][a-z0-9+.-]*:/i.test(verificationMethod)) {
    return malformed('its verification method is no URL')
  }
  if (typeof proofPurpose !== 'string') return malformed('it states no purpose')
  const expected = options.proofPurpose ?? 'assertionMethod'
  if (proofPurpose !== expected) return proofReason('proof-purpose-mismatch', { found: proofPurpose, expected })
  if (created !== undefined && readInstant(created) === undefined) return malformed('created is no date and time')
  const expiry = readInstant(expires)
  if (expires !== undefined && expiry === undefined) return malformed('expires is no date and time')
  if (expiry !== undefined && options.now !== undefined && expiry <= options.now) {
    return proofReason('proof-expired', { expires: textOf(expires) })
  }
  if (options.domain !== undefined && ![proof['domain']].flat().includes(options.domain)) return proofReason('proof-domain-mismatch')
  if (options.challenge !== undefined && proof['challenge'] !== options.challenge) return proofReason('proof-challenge-mismatch')
  return undefined
}

function malformed(detail: string): ProofReason {
  return proofReason('proof-malformed', { detail })
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
