import { type CredentialRecord, hashIdentity, issueCredential, leafOf, type Secured } from '@guildhall/credentials'
import type { proofFormats } from '../../api/credentials/awards.ts'
import { GuildhallError } from '../../errors.ts'
import type { CredentialRow } from '../../records/credential-tables.ts'
import type { SessionRow } from '../../records/learning-tables.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import { competencies } from '../learning/catalogue.ts'
import { passGate } from '../learning/gate.ts'
import { openSecrets } from '../learning/session-evidence.ts'
import { getHolderDid, issuerSigner } from './holder.ts'
import { chooseStatusPlace, type Place, statusPlaces } from './status-place.ts'

/** A proof that a certificate can be issued with. */
export type ProofFormat = (typeof proofFormats)[number]

/** What a certificate keeps sealed under the learner's key. Salts are `0x…`; the name's salt is 32 hex digits. */
export type CertificateSecrets = {
  files: Partial<Record<ProofFormat, Secured>>
  leafSalt: `0x${string}`
  identity: { name: string; salt: string }
  openings: { name: string; value: string | number | boolean; salt: `0x${string}` }[]
  comment: string | null
}

/** One judgement of one closed session. */
export type Judgement = {
  session: SessionRow
  examiner: string
  levels: Record<string, number>
  comment?: string | undefined
  formats?: readonly ProofFormat[] | undefined
  /** Whom it is issued to, where that is not the learner's present key. */
  holderDid?: string | undefined
  /** The certificate that this one corrects. */
  supersedes?: string | undefined
  /** When it ends, where that is not for the template to say: null for never. */
  validUntil?: number | null | undefined
}

type Use = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'random' | 'keys' | 'config' | 'transaction'>

/** The words that keep a certificate's sealed secrets apart from everything else of the learner. */
const secretsContext = (credentialId: string): string => `credential/${credentialId}`

/**
 * Builds and signs the certificate of a judged session, in every format asked for. Writes nothing: the caller commits the row together
 * with what caused it.
 * @throws GATE_REFUSED, RUBRIC_NOT_MET, RUBRIC_INVALID, LEARNER_ERASED
 */
export async function prepareCertificate(base: Use, judgement: Judgement): Promise<CredentialRow> {
  const { session, levels } = judgement
  const { did, issuer } = getIdentity(base)
  passGate(base, session.programmeId)
  assertRubric(base, session.programmeId, levels)
  const now = base.clock.now()
  const place = chooseStatusPlace(base)
  const name = base.records.people.learner(session.learnerId).name
  const nameSalt = hex(base.random.bytes(16))
  const holderDid = judgement.holderDid ?? (await getHolderDid(base, session.learnerId))
  const record = buildRecord(base, judgement, {
    credentialId: base.random.uuid(),
    now,
    holderDid,
    place,
    identityHash: hashIdentity(name, nameSalt),
  })
  const formats = judgement.formats ?? (['vc+jwt', 'eddsa-rdfc-2022'] as const)
  const signer = await issuerSigner(base, issuer, did)
  const { credential, secured } = await issueCredential(record, { signer, formats, created: now })
  const leafSalt = base.random.bytes(16)
  const secrets: CertificateSecrets = {
    files: secured,
    leafSalt: `0x${hex(leafSalt)}`,
    identity: { name, salt: nameSalt },
    openings: openingsOf(base, session),
    comment: judgement.comment ?? null,
  }
  return buildRow(base, judgement, { record, formats, secrets, place, leaf: `0x${hex(leafOf(credential, leafSalt))}`, keyId: issuer.keyId })
}

type Issued = {
  record: CredentialRecord
  formats: readonly ProofFormat[]
  secrets: CertificateSecrets
  place: Place
  leaf: string
  keyId: string
}

function buildRow({ records }: Use, { session, examiner, supersedes }: Judgement, issued: Issued): CredentialRow {
  const { record, place } = issued
  const { learnerId } = session
  const credentialId = record.id.slice('urn:uuid:'.length)
  return {
    credentialId,
    learnerId,
    programmeId: session.programmeId,
    sessionId: session.sessionId,
    examiner,
    title: record.programme.title,
    formats: [...issued.formats],
    holderDid: record.subject.did,
    keyId: issued.keyId,
    validFrom: record.validFrom,
    validUntil: record.validUntil ?? null,
    state: 'valid',
    stateReason: null,
    stateSince: null,
    anchor: 'waiting',
    leaf: issued.leaf,
    outboxId: null,
    receipt: null,
    statusList: place.list,
    statusIndex: place.index,
    claimedAt: null,
    seenAt: null,
    supersedes: supersedes ?? null,
    supersededBy: null,
    sealed: records.vault.sealJson(learnerId, secretsContext(credentialId), issued.secrets),
    sample: session.sample,
  }
}

/** What a certificate keeps sealed. @throws LEARNER_ERASED */
export function openCertificate(
  { records }: Pick<IssuingBase, 'records'>,
  { credentialId, learnerId, sealed }: CredentialRow,
): CertificateSecrets {
  if (sealed === null) throw new GuildhallError('LEARNER_ERASED')
  return records.vault.openJson<CertificateSecrets>(learnerId, secretsContext(credentialId), sealed)
}

type Parts = { credentialId: string; now: number; holderDid: string; place: Place; identityHash: string }

function buildRecord(base: Use, { session, levels, supersedes, ...judgement }: Judgement, parts: Parts): CredentialRecord {
  const { networkId, did, host } = getIdentity(base)
  const { definition } = getProgramme(base, session.programmeId)
  const { template } = definition
  const { validForDays, credits } = template
  const byTemplate = validForDays === null ? null : parts.now + validForDays * 86_400
  const validUntil = judgement.validUntil === undefined ? byTemplate : judgement.validUntil
  return {
    id: `urn:uuid:${parts.credentialId}`,
    networkId,
    issuer: { did, name: base.config.baseName },
    subject: { did: parts.holderDid, identity: { identityHash: parts.identityHash } },
    programme: {
      programmeId: session.programmeId,
      title: template.title,
      description: template.description,
      criteria: template.criteria,
      achievementType: template.achievementType,
      ...(credits === null ? {} : { credits }),
      competencies: definition.competencies.map((code) => ({ code, name: competencyName(code) })),
      rubric: definition.rubric,
    },
    levels,
    evidence: [evidenceOf(session)],
    status: statusPlaces(host, parts.place),
    validFrom: parts.now,
    ...(validUntil === null ? {} : { validUntil }),
    ...(supersedes === undefined ? {} : { supersedes: `urn:uuid:${supersedes}` }),
  }
}

function evidenceOf({ sessionId, receipt }: SessionRow): CredentialRecord['evidence'][number] {
  return {
    id: `urn:uuid:${sessionId}`,
    name: { 'zh-CN': '设备实操记录', en: 'Recorded work on a machine' },
    ...(receipt === null ? {} : { receipt: receipt as unknown as NonNullable<CredentialRecord['evidence'][number]['receipt']> }),
  }
}

/** What the learner may open of the evidence: the values behind the commitments. */
function openingsOf(base: Use, session: SessionRow): CertificateSecrets['openings'] {
  return openSecrets(base, session).facts.flatMap(({ name, value, salt }) =>
    value === null ? [] : [{ name, value, salt: salt as `0x${string}` }],
  )
}

function assertRubric(base: Use, programmeId: number, levels: Record<string, number>): void {
  const { rubric, passingTotal } = getProgramme(base, programmeId).definition
  for (const [criterion, level] of Object.entries(levels)) {
    const known = rubric.find(({ id }) => id === criterion)
    if (!known || level > known.levels.length) throw new GuildhallError('RUBRIC_INVALID', { criterion, level })
  }
  const total = Object.values(levels).reduce((sum, level) => sum + level, 0)
  if (total < passingTotal) throw new GuildhallError('RUBRIC_NOT_MET', { total, needed: passingTotal })
}

/** @throws NOT_FOUND when this base did not define it */
export function getProgramme({ records }: Pick<IssuingBase, 'records'>, programmeId: number) {
  const programme = records.programmes.find({ programmeId })
  if (!programme) throw new GuildhallError('NOT_FOUND', { thing: 'programme' })
  return programme
}

function competencyName(code: string) {
  return competencies.find(({ id }) => id === code)?.name ?? { 'zh-CN': code, en: code }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
