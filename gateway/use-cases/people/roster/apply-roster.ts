import type { RosterResult } from '../../../api/people/roster.ts'
import type { Base } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { Table } from '../../../records/table.ts'
import type { Incoming, IncomingRoster } from './read-roster.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'keys'>
type Changes = RosterResult['learners']
/** Counts of what was done to each noun. */
export type Applied = Pick<
  RosterResult,
  'organisations' | 'classes' | 'learners' | 'guardians' | 'teachers' | 'enrolments' | 'erasedSkipped'
>

const none = (): Changes => ({ added: 0, changed: 0, removed: 0, unchanged: 0 })

/** Writes a roster into the records, inside the caller's transaction. Parts that are undefined stay as they were. `sample` marks what is installed for looking around. */
export const applyRoster = (base: Use, incoming: IncomingRoster, sample: boolean): Applied => {
  const organisations = applyOrganisations(base, incoming, sample)
  const classes = applyClasses(base, incoming, sample)
  const { erasedSkipped, ...learners } = applyLearners(base, incoming, sample)
  const guardians = applyGuardians(base, incoming, sample)
  const teachers = applyTeachers(base, incoming, sample)
  return { organisations, classes, learners, guardians, teachers, enrolments: applyEnrolments(base, incoming), erasedSkipped }
}

const sameBytes = (a: Uint8Array | null, b: Uint8Array): boolean => a !== null && Buffer.compare(a, b) === 0
const keyOf = (mac: Uint8Array | null): string => (mac === null ? '' : Buffer.from(mac).toString('base64'))
const fingerprint = (base: Use, parts: readonly unknown[]): Uint8Array => base.keys.mac('roster-fingerprint', JSON.stringify(parts))

type Sourced = { sourceId: string | null; fingerprint: Uint8Array }
type SourcedWork<R extends Sourced> = { table: Table<R>; present: R[]; rows: R[]; same: (row: R, known: R) => R; remove: (row: R) => void }

/** Rows without personal fields, matched by the school's own id. */
const applySourced = <R extends Sourced>({ table, present, rows, same, remove }: SourcedWork<R>): Changes => {
  const changes = none()
  const known = new Map(present.map((row) => [row.sourceId, row]))
  for (const row of rows) {
    const before = known.get(row.sourceId)
    known.delete(row.sourceId)
    if (before === undefined) {
      table.insert(row)
      changes.added += 1
    } else if (sameBytes(before.fingerprint, row.fingerprint)) changes.unchanged += 1
    else {
      table.put(same(row, before))
      changes.changed += 1
    }
  }
  for (const gone of known.values()) {
    remove(gone)
    changes.removed += 1
  }
  return changes
}

const applyOrganisations = (base: Use, { organisations }: IncomingRoster, sample: boolean): Changes => {
  if (!organisations) return none()
  const table = base.records.organisations
  return applySourced({
    table,
    present: table.list({ sample }).filter((row) => row.sourceId !== null),
    rows: organisations.map((org) => ({
      organisationId: base.random.uuid(),
      sourceId: org.sourcedId,
      name: org.name,
      type: org.type,
      parentSourceId: org.parentSourcedId ?? null,
      fingerprint: fingerprint(base, [org.name, org.type, org.parentSourcedId ?? null]),
      sample,
    })),
    same: (row, { organisationId }) => ({ ...row, organisationId }),
    remove: ({ organisationId }) => table.remove({ organisationId }),
  })
}

const applyClasses = (base: Use, { classes }: IncomingRoster, sample: boolean): Changes => {
  if (!classes) return none()
  const table = base.records.classes
  return applySourced({
    table,
    present: table.list({ sample }).filter((row) => row.sourceId !== null),
    rows: classes.map((row) => ({
      classId: base.random.uuid(),
      sourceId: row.sourcedId,
      name: row.title,
      grade: row.grades?.[0] ?? null,
      organisationSourceId: row.schoolSourcedId,
      fingerprint: fingerprint(base, [row.title, row.grades?.[0] ?? null, row.schoolSourcedId]),
      sample,
    })),
    same: (row, { classId }) => ({ ...row, classId }),
    remove: ({ classId }) => table.remove({ classId }),
  })
}

type PeopleWork<P, R> = {
  incoming: readonly Incoming<P>[]
  present: Map<string, R>
  isSame: (row: R, person: Incoming<P>) => boolean
  add: (person: Incoming<P>) => void
  change: (row: R, person: Incoming<P>) => void
  remove: (row: R) => void
}

const applyPeople = <P, R>({ incoming, present, isSame, add, change, remove }: PeopleWork<P, R>): Changes => {
  const changes = none()
  for (const person of incoming) {
    const row = present.get(keyOf(person.sourceMac))
    present.delete(keyOf(person.sourceMac))
    if (row === undefined) {
      add(person)
      changes.added += 1
    } else if (isSame(row, person)) changes.unchanged += 1
    else {
      change(row, person)
      changes.changed += 1
    }
  }
  for (const row of present.values()) {
    remove(row)
    changes.removed += 1
  }
  return changes
}

/** A learner who is no longer on the roster has left: the record and its certificates stay. One who was erased is not brought back. */
const applyLearners = (base: Use, { learners }: IncomingRoster, sample: boolean): Changes & { erasedSkipped: number } => {
  if (!learners) return { ...none(), erasedSkipped: 0 }
  const { records } = base
  const rows = records.learners.list({ sample, erasedAt: null }).filter((row) => row.sourceMac !== null)
  const returning = new Map(rows.filter((row) => row.leftAt !== null).map((row) => [keyOf(row.sourceMac), row]))
  const wanted = learners.filter(({ sourceMac }) => records.erasures.find({ sourceMac }) === undefined)
  const back = new Set(wanted.map(({ sourceMac }) => keyOf(sourceMac)).filter((key) => returning.has(key)))
  const changes = applyPeople({
    incoming: wanted,
    present: new Map(rows.filter((row) => row.leftAt === null || back.has(keyOf(row.sourceMac))).map((row) => [keyOf(row.sourceMac), row])),
    isSame: (row, person) => row.leftAt === null && sameBytes(row.fingerprint, person.fingerprint),
    add: ({ person, ...from }) => records.people.addLearner(person, { ...from, sample }),
    change: (row, { person, ...from }) => records.people.changeLearner(row.learnerId, person, from),
    remove: (row) => records.learners.update(row.learnerId, { leftAt: base.clock.now() }),
  })
  return { ...changes, erasedSkipped: learners.length - wanted.length }
}

const applyGuardians = (base: Use, { guardians }: IncomingRoster, sample: boolean): Changes => {
  if (!guardians) return none()
  const { records } = base
  const join = (guardianId: string, learners: { sourceMac: Uint8Array; relation: string }[]) => {
    for (const { sourceMac, relation } of learners) {
      const learner = records.learners.find({ sourceMac })
      if (learner && !records.learnerGuardians.find({ learnerId: learner.learnerId, guardianId })) {
        records.learnerGuardians.insert({ learnerId: learner.learnerId, guardianId, relation })
      }
    }
  }
  return applyPeople({
    incoming: guardians.map((guardian) => ({ ...guardian, fingerprint: withLearners(base, guardian) })),
    present: new Map(
      records.guardians
        .list({ sample })
        .filter((row) => row.sourceMac !== null)
        .map((row) => [keyOf(row.sourceMac), row]),
    ),
    isSame: (row, { fingerprint: now }) => sameBytes(row.fingerprint, now),
    add: ({ person: { learners, ...person }, ...from }) => join(records.people.addGuardian(person, { ...from, sample }), learners),
    change: (row, { person: { learners, ...person }, ...from }) => {
      records.people.changeGuardian(row.guardianId, person, from)
      records.learnerGuardians.remove({ guardianId: row.guardianId })
      join(row.guardianId, learners)
    },
    remove: (row) => {
      // Consents were given by this person: the record stays while one stands, and the roster no longer speaks for it.
      if (records.consents.count({ guardianId: row.guardianId }) > 0)
        records.guardians.updateWhere({ guardianId: row.guardianId }, { sourceMac: null })
      else {
        records.vault.destroy(row.guardianId)
        records.guardians.remove({ guardianId: row.guardianId })
      }
    },
  })
}

/** Buffers do not compare as JSON: the pairs go in as text. */
const withLearners = (base: Use, { person }: NonNullable<IncomingRoster['guardians']>[number]): Uint8Array =>
  fingerprint(base, [person.name, person.contact, ...person.learners.map(({ sourceMac, relation }) => `${keyOf(sourceMac)} ${relation}`)])

/** Teachers become staff accounts that nobody can enter until an operator sends their link. Accounts are never removed by a roster, nor brought back. */
const applyTeachers = (base: Use, { teachers }: IncomingRoster, sample: boolean): Changes => {
  if (!teachers) return none()
  const { records } = base
  const present = new Map(
    records.staff
      .list({ sample, removedAt: null })
      .filter((row) => row.sourceMac !== null)
      .map((row) => [keyOf(row.sourceMac), row]),
  )
  const here = new Set(teachers.map(({ sourceMac }) => keyOf(sourceMac)))
  return applyPeople({
    incoming: teachers,
    present: new Map([...present].filter(([key]) => here.has(key))),
    isSame: (row, person) => row.removedAt !== null || sameBytes(row.fingerprint, person.fingerprint),
    add: ({ sourceMac, person, fingerprint: print }) => {
      const staffId = base.random.uuid()
      const nameSealed = records.people.sealStaffName(staffId, person.name)
      const blank = { lastSignInAt: null, removedAt: null }
      records.staff.insert({
        staffId,
        sourceMac,
        nameSealed,
        fingerprint: print,
        roles: ['teacher'],
        sample,
        invitedAt: base.clock.now(),
        ...blank,
      })
    },
    change: (row, { person, fingerprint: print }) =>
      records.staff.update(row.staffId, { nameSealed: records.people.sealStaffName(row.staffId, person.name), fingerprint: print }),
    remove: () => {
      throw new GuildhallError('INTERNAL')
    },
  })
}

const applyEnrolments = (base: Use, { enrolments }: IncomingRoster): Changes => {
  if (!enrolments) return none()
  const { records } = base
  const classes = new Map(records.classes.list().map((row) => [row.sourceId, row.classId]))
  const wanted = enrolments.flatMap((row) => {
    const classId = classes.get(row.classSourcedId)
    const role = row.role === 'student' ? ('student' as const) : row.role === 'teacher' ? ('teacher' as const) : undefined
    const personId = role && personOf(base, row.userSourcedId, role)
    if (!classId || !personId || !role) return []
    return [
      {
        enrolmentId: base.random.uuid(),
        sourceMac: records.people.sourceMac('enrolment', row.sourcedId),
        classId,
        personId,
        role,
        fingerprint: fingerprint(base, [classId, personId, role]),
      },
    ]
  })
  const touched = new Set(wanted.map(({ classId }) => classId))
  const present = records.enrolments
    .list()
    .filter((row) => row.sourceMac !== null && (touched.has(row.classId) || isOfRoster(base, row.classId)))
  return applyPeople({
    incoming: wanted.map((row) => ({ sourceId: '', sourceMac: row.sourceMac, person: row, fingerprint: row.fingerprint })),
    present: new Map(present.map((row) => [keyOf(row.sourceMac), row])),
    isSame: (row, { fingerprint: now }) => sameBytes(row.fingerprint, now),
    add: ({ person }) => records.enrolments.insert(person),
    change: (row, { person }) => records.enrolments.put({ ...person, enrolmentId: row.enrolmentId }),
    remove: (row) => records.enrolments.remove({ enrolmentId: row.enrolmentId }),
  })
}

const isOfRoster = (base: Use, classId: string): boolean => base.records.classes.find({ classId })?.sample === false

const personOf = ({ records }: Use, sourceId: string, role: 'student' | 'teacher'): string | undefined =>
  role === 'student'
    ? records.learners.find({ sourceMac: records.people.sourceMac('learner', sourceId), erasedAt: null })?.learnerId
    : records.staff.find({ sourceMac: records.people.sourceMac('teacher', sourceId), removedAt: null })?.staffId
