import type { Award } from '../../api/credentials/awards.ts'
import type { statusReasons } from '../../api/credentials/status-changes.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { CredentialRow, StatusChangeRow } from '../../records/credential-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { prepareCertificate } from './issue-certificate.ts'
import { readLevels, showAward } from './show-award.ts'
import { setStatusBit, takeStatusPlace } from './status-lists.ts'

type Use = Pick<IssuingBase, 'records' | 'clock' | 'random' | 'transaction' | 'audit'>
type StatusReason = (typeof statusReasons)[number]
type Change = { credentialId: string; reason: StatusReason; note?: string | undefined }
type Kind = StatusChangeRow['change']

/** What a change needs the certificate to be, what it makes of it, and which bit says so to others. */
const changes: Record<
  Exclude<Kind, 'superseded'>,
  { from: CredentialRow['state'][]; to: CredentialRow['state']; purpose: 'revocation' | 'suspension'; isSet: boolean }
> = {
  revoked: { from: ['valid', 'suspended'], to: 'revoked', purpose: 'revocation', isSet: true },
  suspended: { from: ['valid'], to: 'suspended', purpose: 'suspension', isSet: true },
  reinstated: { from: ['suspended'], to: 'valid', purpose: 'suspension', isSet: false },
}

/** Revokes, suspends or reinstates a certificate. The next check of an employer says so. @throws STATE_REFUSED */
export function changeStatus(base: Use, actor: Actor, { change, ...input }: Change & { change: keyof typeof changes }): Award {
  const { from, to, purpose, isSet } = changes[change]
  base.transaction(() => {
    const row = requireState(base.records.credentials.get(input.credentialId), from)
    base.records.credentials.update(row.credentialId, { state: to, stateReason: input.reason, stateSince: base.clock.now() })
    setStatusBit(base, row, { purpose, isSet })
    recordChange(base, actor, { ...input, change, row })
  })
  return showAward(base, base.records.credentials.get(input.credentialId))
}

type Correction = Change & { levels?: Record<string, number> | undefined; comment?: string | undefined }

/**
 * Issues a new certificate that names the old one, and revokes the old one as superseded: one transaction, so that there are never two
 * valid ones, nor none.
 * @throws STATE_REFUSED, GATE_REFUSED, RUBRIC_NOT_MET, RUBRIC_INVALID
 */
export async function correctCredential(
  base: Use & Pick<IssuingBase, 'registry' | 'keys' | 'config'>,
  actor: Actor,
  { levels, comment, ...change }: Correction,
): Promise<Award> {
  const old = requireState(base.records.credentials.get(change.credentialId), ['valid', 'suspended'])
  if (old.sessionId === null)
    throw new GuildhallError('STATE_REFUSED', { thing: 'certificate', state: 'without a session', next: 'Revoke it and award anew.' })
  const session = base.records.sessions.get(old.sessionId)
  const next = await prepareCertificate(base, {
    session,
    examiner: actor.id,
    levels: levels ?? readLevels(base, old),
    comment,
    formats: old.formats,
    supersedes: old.credentialId,
  })
  base.transaction(() => {
    const row = requireState(base.records.credentials.get(old.credentialId), ['valid', 'suspended'])
    base.records.credentials.insert(next)
    takeStatusPlace(base, next)
    const since = base.clock.now()
    base.records.credentials.update(row.credentialId, {
      state: 'superseded',
      stateReason: change.reason,
      stateSince: since,
      supersededBy: next.credentialId,
    })
    base.records.sessions.update(session.sessionId, { credentialId: next.credentialId })
    setStatusBit(base, row, { purpose: 'revocation', isSet: true })
    recordChange(base, actor, { ...change, change: 'superseded', row })
  })
  return showAward(base, next)
}

/** Revocations, suspensions and corrections, newest first. Notes open only while the learner is not erased. */
export function listStatusChanges(
  { records }: Pick<IssuingBase, 'records'>,
  { after = '0', limit = 50 }: { after?: string | undefined; limit?: number | undefined },
) {
  const offset = Number(after)
  const rows = records.statusChanges.list({}, { orderBy: 'at', descending: true, limit, offset })
  const total = records.statusChanges.count()
  const items = rows.map(({ noteSealed, actor, outboxId: _, ...row }) => ({
    ...row,
    reason: row.reason as StatusReason,
    by: actor,
    note: openNote({ records }, row, noteSealed),
  }))
  return { items, total, next: offset + rows.length < total ? String(offset + rows.length) : null }
}

type Told = Change & { change: Kind; row: CredentialRow }

function recordChange(base: Use, actor: Actor, { change, reason, note, row }: Told): void {
  const changeId = base.random.uuid()
  base.records.statusChanges.insert({
    changeId,
    credentialId: row.credentialId,
    change,
    reason,
    noteSealed: note ? base.records.vault.sealJson(row.learnerId, noteContext(changeId), note) : null,
    actor: actor.id,
    at: base.clock.now(),
    outboxId: null,
    transactionHash: null,
  })
  base.audit.append(actor, `credential.${change}`, { subject: row.credentialId, details: { reason } })
}

function openNote(
  { records }: Pick<IssuingBase, 'records'>,
  { credentialId, changeId }: { credentialId: string; changeId: string },
  sealed: Uint8Array | null,
): string | null {
  const { learnerId } = records.credentials.get(credentialId)
  if (sealed === null || !records.vault.has(learnerId)) return null
  return records.vault.openJson<string>(learnerId, noteContext(changeId), sealed)
}

const noteContext = (changeId: string): string => `status-note/${changeId}`

function requireState(row: CredentialRow, allowed: CredentialRow['state'][]): CredentialRow {
  if (allowed.includes(row.state)) return row
  throw new GuildhallError('STATE_REFUSED', { thing: 'certificate', state: row.state, next: 'Look at its history.' })
}
