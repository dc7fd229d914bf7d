import type { DatabaseSync } from 'node:sqlite'
import { ASSESSMENT_KINDS, type AssessmentKind } from '@guildhall/contracts'
import { selectAll, selectOne } from './select.ts'

/** An assessment of a base. Times are UnixSeconds. */
export interface IndexedAssessment {
  assessmentId: number
  baseId: number
  kind: AssessmentKind
  /** The base that signed it. */
  assessor: number
  isSelfAssessed: boolean
  from: number
  until: number
  withdrawnAt: number | undefined
  /** When a later one of its kind took its place. */
  replacedAt: number | undefined
  reportDigest: string
  reportCid: string
}

/** What a base may do at a time, as far as its assessments, suspensions and closure go. Times are UnixSeconds, 0 for never. */
export interface IndexedStanding {
  standingId: number
  baseId: number
  from: number
  informationUntil: number
  safetyUntil: number
  greenUntil: number
  isSuspended: boolean
  isClosed: boolean
}

/** A suspension of a base, and when it was lifted. */
export interface IndexedSuspension {
  baseId: number
  /** The base that suspended it; 0 for the network. */
  by: number
  reason: string
  at: number
  liftedAt: number | undefined
}

/** All assessments of a base, in order. */
export function listAssessments(db: DatabaseSync, baseId: number): IndexedAssessment[] {
  return selectAll<AssessmentRow>(db, `${ASSESSMENT_ROWS} WHERE base_id = ? ORDER BY assessmentId`, baseId).map(toAssessment)
}

/** The present assessments of all bases that lapse before a time and have not lapsed at `now`, the soonest first. */
export function listLapsingAssessments(db: DatabaseSync, { now, before }: { now: number; before: number }): IndexedAssessment[] {
  const sql = `SELECT * FROM (${ASSESSMENT_ROWS}) WHERE withdrawnAt IS NULL AND replacedAt IS NULL AND until > ? AND until <= ? ORDER BY until, assessmentId`
  return selectAll<AssessmentRow>(db, sql, now, before).map(toAssessment)
}

/** The standing that covers a time; undefined before the base's admission. */
export function findStandingAt(db: DatabaseSync, baseId: number, time: number): IndexedStanding | undefined {
  // Of several that begin in one second only the last has any length.
  const row = selectOne<StandingRow>(db, `${STANDING_ROWS} WHERE base_id = ? AND time <= ? ORDER BY standing_id DESC LIMIT 1`, baseId, time)
  return row === undefined ? undefined : toStanding(row)
}

/** Every standing of a base, in order. */
export function listStandings(db: DatabaseSync, baseId: number): IndexedStanding[] {
  return selectAll<StandingRow>(db, `${STANDING_ROWS} WHERE base_id = ? ORDER BY standing_id`, baseId).map(toStanding)
}

/** Every suspension of a base, in order. */
export function listSuspensions(db: DatabaseSync, baseId: number): IndexedSuspension[] {
  const rows = selectAll<{ baseId: number; by: number; reason: string; at: number; isLifted: number }>(
    db,
    'SELECT base_id AS baseId, "by", reason, time AS at, is_lifted AS isLifted FROM index_suspensions WHERE base_id = ? ORDER BY block, log_index',
    baseId,
  )
  const suspensions: IndexedSuspension[] = []
  for (const { isLifted, ...row } of rows) {
    const open = suspensions.findLast((one) => one.liftedAt === undefined)
    if (open !== undefined) open.liftedAt = row.at
    if (!isLifted) suspensions.push({ ...row, liftedAt: undefined })
  }
  return suspensions
}

type AssessmentRow = Omit<IndexedAssessment, 'kind' | 'isSelfAssessed' | 'withdrawnAt' | 'replacedAt'> & {
  kind: number
  isSelfAssessed: number
  withdrawnAt: number | null
  replacedAt: number | null
}
type StandingRow = Omit<IndexedStanding, 'isSuspended' | 'isClosed'> & { isSuspended: number; isClosed: number }

const ASSESSMENT_ROWS = `SELECT assessment_id AS assessmentId, base_id AS baseId, kind, assessor, self_assessed AS isSelfAssessed, time AS "from", until,
  report_digest AS reportDigest, report_cid AS reportCid,
  (SELECT time FROM index_assessment_withdrawals AS gone WHERE gone.assessment_id = signed.assessment_id) AS withdrawnAt,
  (SELECT MIN(time) FROM index_assessments AS later WHERE later.base_id = signed.base_id AND later.kind = signed.kind AND later.assessment_id > signed.assessment_id) AS replacedAt
  FROM index_assessments AS signed`

const STANDING_ROWS = `SELECT standing_id AS standingId, base_id AS baseId, time AS "from", information_until AS informationUntil, safety_until AS safetyUntil,
  green_until AS greenUntil, suspended AS isSuspended, closed AS isClosed FROM index_standings`

function toAssessment({ kind, isSelfAssessed, withdrawnAt, replacedAt, ...rest }: AssessmentRow): IndexedAssessment {
  const name = ASSESSMENT_KINDS[kind]
  if (name === undefined) throw new RangeError(`the ledger has an assessment of kind ${kind}, which this version does not know`)
  return {
    ...rest,
    kind: name,
    isSelfAssessed: isSelfAssessed === 1,
    withdrawnAt: withdrawnAt ?? undefined,
    replacedAt: replacedAt ?? undefined,
  }
}

function toStanding({ isSuspended, isClosed, ...rest }: StandingRow): IndexedStanding {
  return { ...rest, isSuspended: isSuspended === 1, isClosed: isClosed === 1 }
}
