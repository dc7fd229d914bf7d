import type { JsonObject, JsonValue, Outcome, VerifyProofOptions } from '../format.ts'
import { isJsonObject } from '../json.ts'
import { type ProofReason, proofReason } from '../reasons.ts'

/**
 * What stands beside the credential in a token must not contradict it (VC-JOSE-COSE §3.1.3), its own times must hold (RFC 7519 §4.1.4, §4.1.5),
 * and where something was asked it must answer that: `nonce` the challenge, `aud` the domain.
 * Undefined when nothing is to be refused.
 */
export function findRefusedClaim(
  { header, payload }: { header: JsonObject; payload: JsonObject },
  issuer: string | undefined,
  { now, challenge, domain }: Pick<VerifyProofOptions, 'now' | 'challenge' | 'domain'>,
): { outcome: Outcome; reason: ProofReason } | undefined {
  const { iss, jti, sub, exp, nbf, iat } = payload
  if ([exp, nbf, iat].some((time) => time !== undefined && typeof time !== 'number')) {
    return failed(proofReason('proof-malformed', { detail: 'exp, nbf and iat must be numbers' }))
  }
  const conflict = [
    { claim: 'iss', isTrue: iss === undefined || iss === issuer },
    { claim: 'iss', isTrue: header['iss'] === undefined || header['iss'] === issuer },
    { claim: 'jti', isTrue: jti === undefined || payload['id'] === undefined || jti === payload['id'] },
    { claim: 'sub', isTrue: sub === undefined || subjectIds(payload['credentialSubject']).every((id) => id === sub) },
  ].find(({ isTrue }) => !isTrue)
  if (conflict) return failed(proofReason('proof-claims-conflict', { claim: conflict.claim }))
  if (now !== undefined && typeof exp === 'number' && exp <= now) return failed(proofReason('proof-expired', { expires: exp }))
  if (now !== undefined && typeof nbf === 'number' && nbf > now) return failed(proofReason('proof-not-yet-valid', { notBefore: nbf }))
  if (challenge !== undefined && payload['nonce'] !== challenge) return failed(proofReason('proof-challenge-mismatch'))
  if (domain !== undefined && ![payload['aud']].flat().includes(domain)) return failed(proofReason('proof-domain-mismatch'))
  return undefined
}

function subjectIds(subject: JsonValue | undefined): JsonValue[] {
  return [subject ?? []].flat().flatMap((one) => (isJsonObject(one) && one['id'] !== undefined ? [one['id']] : []))
}

function failed(reason: ProofReason): { outcome: Outcome; reason: ProofReason } {
  return { outcome: 'failed', reason }
}
