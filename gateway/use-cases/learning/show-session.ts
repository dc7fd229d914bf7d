import type { Session } from '../../api/learning/sessions.ts'
import { LabsError, type SessionState } from '../../labs/index.ts'
import type { SessionRow } from '../../records/learning-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'

type Use = Pick<IssuingBase, 'records' | 'labs'>
type ListInput = {
  after?: string | undefined
  limit?: number | undefined
  state?: SessionRow['state'] | undefined
  learnerId?: string | undefined
  machineId?: string | undefined
  programmeId?: number | undefined
}

/** Sessions, newest first, a page at a time. */
export function listSessions(base: Use, { after = '0', limit = 50, ...filter }: ListInput) {
  const offset = Number(after)
  const rows = base.records.sessions.list(filter, { orderBy: 'openedAt', descending: true, limit, offset })
  const total = base.records.sessions.count(filter)
  return {
    items: rows.map((row) => showSessionRow(base, row)),
    total,
    next: offset + rows.length < total ? String(offset + rows.length) : null,
  }
}

/** @throws NOT_FOUND */
export function getSession(base: Use, sessionId: string): Session {
  return showSession(base, base.records.sessions.get(sessionId))
}

/** A session with its newest readings, summary and evidence. */
export function showSession(base: Use, row: SessionRow): Session {
  const state = findLabState(base, row.sessionId)
  return {
    ...showSessionRow(base, row, state),
    latest: (state?.latest ?? []).slice(0, 100).map((one) => ({ ...one })),
    summary: row.summary,
    segment: row.segment,
    evidence: row.evidence,
  }
}

function showSessionRow(base: Use, row: SessionRow, state: SessionState | undefined = findLabState(base, row.sessionId)) {
  const { sessionId, learnerId, machineId, programmeId, openedAt, closedAt, closedBecause, attestation, credentialId } = row
  return {
    sessionId,
    learnerId,
    learnerName: base.records.people.learnerName(learnerId) || '—',
    machineId,
    machineName: base.records.machines.find({ machineId })?.name ?? { 'zh-CN': '已移除的设备', en: 'Removed machine' },
    programmeId,
    programmeTitle: titleOf(base, programmeId),
    state: row.state,
    openedAt,
    closedAt,
    closedBecause,
    attestation,
    frames: state?.frames ?? 0,
    readings: state?.readings ?? 0,
    credentialId,
  }
}

function titleOf({ records }: Use, programmeId: number) {
  return records.programmes.find({ programmeId })?.definition.title ?? { 'zh-CN': `项目 ${programmeId}`, en: `Programme ${programmeId}` }
}

function findLabState({ labs }: Use, sessionId: string): SessionState | undefined {
  try {
    return labs.getSession(sessionId)
  } catch (error) {
    if (error instanceof LabsError && error.code === 'LABS_SESSION_UNKNOWN') return undefined
    throw error
  }
}
