import { CredentialError } from '../errors.ts'
import { credentialsContext, guildhallTerms, openBadgesContext } from '../formats/contexts/index.ts'
import type { JsonObject } from '../formats/format.ts'
import { buildStatusEntry } from '../status/status-list-credential.ts'
import { buildAchievement, buildResults, inBothLanguages } from './achievement.ts'
import type { CredentialRecord, EvidenceRecord, StatusPlace } from './credential-record.ts'
import { identityObject } from './identity.ts'

const uuidUrn = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The certificate of a record, unsecured: an Open Badges 3.0 AchievementCredential on VC Data Model 2.0. The same record gives the same
 * JSON, and every proof format secures this JSON.
 * @throws CredentialError CREDENTIAL_DATA_MODEL_INVALID when the record cannot be a credential (ids, times).
 */
export function buildCredential(record: CredentialRecord): JsonObject {
  assertRecord(record)
  const { issuer, programme, status, evidence, validUntil, supersedes } = record
  const title = inBothLanguages(programme.title)
  return {
    '@context': [credentialsContext, openBadgesContext, structuredClone(guildhallTerms)],
    id: record.id,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: title,
    issuer: {
      id: issuer.did,
      type: ['Profile'],
      name: inBothLanguages(issuer.name),
      localised: { name: { ...issuer.name } },
      ...(issuer.url === undefined ? {} : { url: issuer.url }),
    },
    validFrom: dateTime(record.validFrom),
    ...(validUntil === undefined ? {} : { validUntil: dateTime(validUntil) }),
    credentialSubject: buildSubject(record),
    ...(evidence.length === 0 ? {} : { evidence: evidence.map((piece) => buildEvidence(piece)) }),
    ...buildStatuses(status),
    ...(supersedes === undefined ? {} : { supersedes }),
  }
}

function buildSubject(record: CredentialRecord): JsonObject {
  const { subject, programme } = record
  const results = buildResults(record)
  return {
    id: subject.did,
    type: ['AchievementSubject'],
    ...(subject.identity ? { identifier: [identityObject(subject.identity.identityHash)] } : {}),
    achievement: buildAchievement(record.networkId, programme),
    ...(results.length === 0 ? {} : { result: results }),
    ...(programme.credits === undefined ? {} : { creditsEarned: programme.credits }),
  }
}

function buildEvidence({ id, name, description, receipt }: EvidenceRecord): JsonObject {
  return {
    id,
    type: receipt ? ['Evidence', 'TelemetryReceipt'] : ['Evidence'],
    name: inBothLanguages(name),
    ...(description ? { description: inBothLanguages(description, '\n\n') } : {}),
    ...(receipt ? { telemetryReceipt: structuredClone(receipt) as unknown as JsonObject } : {}),
  }
}

/**
 * One entry, which is what Open Badges 3.0 §B.1.1 allows (`credentialStatus` [0..1]), though VC Data Model 2.0 §4.10 allows several: revocation,
 * which every verifier understands. The entry for suspension stands inside it, signed like it, under a term of our own. (2026-11: a single entry of
 * purpose `message` with two bits was measured with others' verifiers; they read a wrong bit, or none.)
 */
function buildStatuses(places: readonly StatusPlace[]): JsonObject {
  const [first, second] = [...places].sort((one, other) => one.purpose.localeCompare(other.purpose)).map((place) => buildStatus(place))
  if (first === undefined) return {}
  return { credentialStatus: second === undefined ? first : { ...first, suspension: second } }
}

/** Bitstring Status List 1.0 §2.1. */
function buildStatus({ list, index, purpose }: StatusPlace): JsonObject {
  return buildStatusEntry({ url: list, index, purpose })
}

function assertRecord({ id, networkId, status, validFrom, validUntil, supersedes }: CredentialRecord): void {
  const problem =
    (new Set(status.map(({ purpose }) => purpose)).size < status.length && 'it has two places of one purpose') ||
    (!uuidUrn.test(id) && `its id ${id} is no urn:uuid`) ||
    (!/^[0-9a-f]{16}$/.test(networkId) && `its network id ${networkId} is not 16 lower hex digits`) ||
    (supersedes !== undefined && !uuidUrn.test(supersedes) && `${supersedes}, which it supersedes, is no urn:uuid`) ||
    (!Number.isSafeInteger(validFrom) && 'validFrom is no whole number of seconds') ||
    (validUntil !== undefined && !(Number.isSafeInteger(validUntil) && validUntil > validFrom) && 'validUntil is not after validFrom')
  if (problem) throw new CredentialError('CREDENTIAL_DATA_MODEL_INVALID', `The record cannot become a credential: ${problem}.`)
}

function dateTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}
