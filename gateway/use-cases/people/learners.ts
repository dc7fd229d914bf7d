import type { Static } from 'typebox'
import type {
  listClasses as classesRoute,
  getLearner as getRoute,
  LearnerRow,
  listLearners as listRoute,
} from '../../api/people/learners.ts'
import type { Actor, Base } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { type Cell, writeSpreadsheet } from '../spreadsheet.ts'
import { consentState } from './consents.ts'
import { presentCard } from './entry/cards.ts'
import { isLocked } from './entry/picture-pin.ts'

type Use = Pick<Base, 'records'>
type Query = Static<typeof listRoute.query>
type Filters = Omit<Query, 'after' | 'limit'>

export function listClasses({ records }: Use): Static<(typeof classesRoute.response)[200]> {
  const classes = records.classes.list({}, { orderBy: 'name', limit: 2_000 })
  return {
    items: classes.map(({ classId, name, grade }) => ({
      classId,
      name,
      grade,
      learners: records.enrolments.count({ classId, role: 'student' }),
    })),
  }
}

/** A page of learners in order of their names. `after` is the learnerId of the last row of the page before. */
export function listLearners(
  base: Use,
  { after, limit = 50, ...filters }: Query,
): { items: LearnerRow[]; total: number; next: string | null } {
  const found = findIds(base, filters)
  const start = after === undefined ? 0 : found.indexOf(after) + 1
  if (after !== undefined && start === 0) throw new GuildhallError('CONFLICT', { thing: 'list' })
  const ids = found.slice(start, start + limit)
  const last = ids.at(-1)
  return {
    items: ids.map((learnerId) => show(base, learnerId)),
    total: found.length,
    next: last && start + limit < found.length ? last : null,
  }
}

const columns: readonly [string, (row: LearnerRow) => Cell][] = [
  ['learnerId', (row) => row.learnerId],
  ['name', (row) => row.name],
  ['schoolNumber', (row) => row.schoolNumber],
  ['classes', (row) => row.classes.map(({ name }) => name).join('; ')],
  ['grade', (row) => row.grade],
  ['consent', (row) => row.consent],
  ['card', (row) => row.card],
  ['custody', (row) => row.custody],
  ['credentials', (row) => row.credentials],
]

/** The same learners for a spreadsheet. The export itself is an audit row. */
export function exportLearners(base: Use & Pick<Base, 'audit' | 'transaction'>, actor: Actor, filters: Filters): Uint8Array {
  const rows = findIds(base, filters).map((learnerId) => show(base, learnerId))
  base.transaction(() => base.audit.append(actor, 'learners.exported', { details: { rows: rows.length } }))
  return writeSpreadsheet(columns, rows)
}

/** @throws NOT_FOUND, LEARNER_ERASED */
export function getLearner(base: Use, learnerId: string): Static<(typeof getRoute.response)[200]> {
  const { records } = base
  const person = records.people.learner(learnerId)
  const [newest] = records.sessions.list({ learnerId }, { orderBy: 'openedAt', descending: true, limit: 1 })
  return {
    ...show(base, learnerId),
    birthDate: person.birthDate,
    holder: records.learners.get(learnerId).holderDid,
    cardId: presentCard(base, learnerId)?.cardId ?? null,
    guardians: records.learnerGuardians
      .list({ learnerId })
      .map(({ guardianId, relation }) => ({ guardianId, name: records.people.guardian(guardianId).name, relation })),
    sessions: records.sessions.count({ learnerId }),
    lastSessionAt: newest?.openedAt ?? null,
  }
}

const findIds = (base: Use, { classId, search, consent }: Filters): string[] => {
  const inClass =
    classId === undefined ? undefined : new Set(base.records.enrolments.list({ classId, role: 'student' }).map(({ personId }) => personId))
  return base.records.people
    .findLearners(search)
    .filter((learnerId) => inClass === undefined || inClass.has(learnerId))
    .filter((learnerId) => consent === undefined || consentState(base, learnerId) === consent)
}

const show = (base: Use, learnerId: string): LearnerRow => {
  const { records } = base
  const person = records.people.learner(learnerId)
  const card = presentCard(base, learnerId)
  const classes = records.enrolments
    .list({ personId: learnerId, role: 'student' })
    .flatMap(({ classId }) => records.classes.find({ classId }) ?? [])
  return {
    learnerId,
    name: person.name,
    schoolNumber: person.schoolNumber,
    classes: classes.slice(0, 50).map(({ classId, name }) => ({ classId, name })),
    grade: person.grade,
    isMinor: records.people.isMinor(learnerId),
    consent: consentState(base, learnerId),
    card: card === undefined ? 'none' : isLocked(card) ? 'locked' : 'ready',
    custody: records.learners.get(learnerId).custody,
    credentials: records.credentials.count({ learnerId }),
  }
}
