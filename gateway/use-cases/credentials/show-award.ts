import type { Award } from '../../api/credentials/awards.ts'
import type { Actor } from '../../base.ts'
import type { CredentialRow } from '../../records/credential-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { type Cell, writeSpreadsheet } from '../spreadsheet.ts'
import { openCertificate } from './issue-certificate.ts'

type Use = Pick<IssuingBase, 'records' | 'clock'>
type Filter = {
  programmeId?: number | undefined
  learnerId?: string | undefined
  state?: Award['state'] | undefined
  anchor?: Award['anchor'] | undefined
}

/** A certificate as those who issued it see it; a name only while the learner is not erased. */
export function showAward(base: Use, row: CredentialRow): Award {
  const { credentialId, learnerId, programmeId, title, sessionId, examiner, validFrom, validUntil, stateReason, stateSince } = row
  return {
    credentialId,
    learnerId,
    learnerName: base.records.people.learnerName(learnerId) || '—',
    programmeId,
    title,
    sessionId,
    holder: row.holderDid,
    examiner,
    validFrom,
    validUntil,
    state: stateOf(base, row),
    stateReason,
    stateSince,
    anchor: row.anchor,
    claimedAt: row.claimedAt,
    formats: row.formats,
    supersedes: row.supersedes,
    supersededBy: row.supersededBy,
  }
}

/** A certificate that has run out says so, without anybody having changed it. */
export function stateOf({ clock }: Pick<Use, 'clock'>, { state, validUntil }: CredentialRow): Award['state'] {
  return state === 'valid' && validUntil !== null && validUntil <= clock.now() ? 'expired' : state
}

/** Certificates issued, newest first, a page at a time. */
export function listAwards(
  base: Use,
  { after = '0', limit = 50, ...filter }: Filter & { after?: string | undefined; limit?: number | undefined },
) {
  const offset = Number(after)
  const rows = base.records.credentials.list(filter, { orderBy: 'validFrom', descending: true, limit, offset })
  const total = base.records.credentials.count(filter)
  return { items: rows.map((row) => showAward(base, row)), total, next: offset + rows.length < total ? String(offset + rows.length) : null }
}

/** One certificate with its content and receipt. @throws NOT_FOUND, LEARNER_ERASED */
export function getAward(base: Use, credentialId: string) {
  const row = base.records.credentials.get(credentialId)
  const { files } = openCertificate(base, row)
  const credential = Object.values(files).map(readPayload)[0] ?? {}
  return { ...showAward(base, row), credential, receipt: row.receipt, statusIndex: row.statusIndex, statusList: row.statusList }
}

const columns: readonly [string, (award: Award) => Cell][] = [
  ['credentialId', (award) => award.credentialId],
  ['learnerName', (award) => award.learnerName],
  ['programmeId', (award) => award.programmeId],
  ['title_zh', (award) => award.title['zh-CN']],
  ['title_en', (award) => award.title.en],
  ['validFrom', (award) => day(award.validFrom)],
  ['validUntil', (award) => (award.validUntil === null ? '' : day(award.validUntil))],
  ['state', (award) => award.state],
  ['stateReason', (award) => award.stateReason],
  ['anchor', (award) => award.anchor],
  ['supersededBy', (award) => award.supersededBy],
]

/** Certificates issued, for a spreadsheet. The export itself is an audit row: it holds names. */
export function exportAwards(base: Use & Pick<IssuingBase, 'audit' | 'transaction'>, actor: Actor, filter: Filter): Uint8Array {
  const rows = base.records.credentials.list(filter, { orderBy: 'validFrom', descending: true }).map((row) => showAward(base, row))
  base.transaction(() => base.audit.append(actor, 'certificates.exported', { details: { rows: rows.length } }))
  return writeSpreadsheet(columns, rows)
}

const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)

/** The credential itself, from either form. */
function readPayload(secured: unknown): Record<string, unknown> {
  if (typeof secured !== 'string') return { ...(secured as Record<string, unknown>) }
  return JSON.parse(Buffer.from(secured.split('.')[1] ?? '', 'base64url').toString())
}

/** The levels that a certificate certifies, by criterion; empty where it says none. */
export function readLevels(base: Pick<IssuingBase, 'records'>, row: CredentialRow): Record<string, number> {
  const subject = readPayload(Object.values(openCertificate(base, row).files)[0])['credentialSubject'] as {
    result?: { resultDescription: string; value: string }[]
  }
  return Object.fromEntries(
    (subject.result ?? []).map(({ resultDescription, value }) => [
      decodeURIComponent(resultDescription.split(':rubric:')[1] ?? ''),
      Number(value),
    ]),
  )
}
