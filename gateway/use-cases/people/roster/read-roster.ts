import canonicalize from 'canonicalize'
import type { Base } from '../../../base.ts'
import type { GuardianPerson, LearnerPerson } from '../../../records/people.ts'
import type { RosterReading, RosterRecords, RosterRow } from '../../../schools/oneroster/index.ts'

/** One person of the roster with what the base keeps of them. */
export type Incoming<P> = { sourceId: string; sourceMac: Uint8Array; person: P; fingerprint: Uint8Array }
/** The roster in the base's own nouns. A part is undefined where its file was not accepted: nothing of it is then touched. */
export type IncomingRoster = {
  organisations: RosterRow<'orgs'>[] | undefined
  classes: RosterRow<'classes'>[] | undefined
  learners: Incoming<LearnerPerson>[] | undefined
  guardians: Incoming<GuardianPerson & { learners: { sourceMac: Uint8Array; relation: string }[] }>[] | undefined
  teachers: Incoming<{ name: string }>[] | undefined
  enrolments: RosterRow<'enrollments'>[] | undefined
}

type Kind = 'learner' | 'guardian' | 'teacher'
const guardianRoles = ['guardian', 'parent', 'relative']
const teacherRoles = ['teacher', 'aide', 'principal', 'counselor']

/** Sorts the users of a reading into learners, guardians and teachers. */
export const readIncoming = (base: Pick<Base, 'records' | 'keys'>, reading: RosterReading): IncomingRoster => {
  const isAccepted = (table: string) => reading.files.some((file) => file.table === table && file.outcome === 'accepted')
  const { records } = reading
  const kinds = kindsOf(base, records)
  const usersOf = (kind: Kind) => records.users.filter((user) => kinds.get(user.sourcedId)?.kind === kind)
  const incoming = <P>(kind: Kind, user: RosterRow<'users'>, person: P): Incoming<P> => ({
    sourceId: user.sourcedId,
    sourceMac: base.records.people.sourceMac(kind, user.sourcedId),
    person,
    fingerprint: base.keys.mac('roster-fingerprint', canonicalize(person) ?? ''),
  })
  const wards = wardsOf(records, kinds)
  const withLearners = (user: RosterRow<'users'>) => ({
    name: nameOf(user),
    contact: user.email ?? user.sms ?? user.phone ?? null,
    learners: (wards.get(user.sourcedId) ?? []).map((ward) => ({
      sourceMac: base.records.people.sourceMac('learner', ward),
      relation: kinds.get(user.sourcedId)?.role ?? 'guardian',
    })),
  })
  const users = isAccepted('users')
  const births = isAccepted('demographics')
    ? new Map(records.demographics?.map((row) => [row.sourcedId, row.birthDate ?? null]))
    : undefined
  const birthOf = ({ sourcedId }: RosterRow<'users'>) => (births ? (births.get(sourcedId) ?? null) : knownBirth(base, sourcedId))
  return {
    organisations: isAccepted('orgs') ? [...records.orgs] : undefined,
    classes: isAccepted('classes') ? [...records.classes] : undefined,
    learners: users ? usersOf('learner').map((user) => incoming('learner', user, learnerOf(user, birthOf(user)))) : undefined,
    guardians: users ? usersOf('guardian').map((user) => incoming('guardian', user, withLearners(user))) : undefined,
    teachers: users ? usersOf('teacher').map((user) => incoming('teacher', user, { name: nameOf(user) })) : undefined,
    enrolments: isAccepted('enrollments') ? [...records.enrollments] : undefined,
  }
}

/** What the base keeps of a learner: name, number, grade and birth date; e-mail, telephone and the rest of the file are not taken. */
const learnerOf = (user: RosterRow<'users'>, birthDate: string | null): LearnerPerson => ({
  name: nameOf(user),
  schoolNumber: user.identifier ?? null,
  grade: user.grades?.[0] ?? null,
  birthDate,
})

/** A roster without demographics says nothing about birth dates: what an earlier one said stays. */
const knownBirth = ({ records }: Pick<Base, 'records'>, sourceId: string): string | null => {
  const known = records.learners.find({ sourceMac: records.people.sourceMac('learner', sourceId) })
  return known ? records.people.learner(known.learnerId).birthDate : null
}

/** Chinese names are written family name first and without a space. */
const nameOf = ({ familyName, givenName, middleName }: RosterRow<'users'>): string => {
  const isHan = /\p{Script=Han}/u.test(familyName + givenName)
  return isHan ? `${familyName}${middleName ?? ''}${givenName}` : [givenName, middleName, familyName].filter(Boolean).join(' ')
}

/** By roles.csv first, then by enrolment, then by what the base already knows of the person. */
const kindsOf = (base: Pick<Base, 'records'>, records: RosterRecords): Map<string, { kind: Kind; role: string }> => {
  const kinds = new Map<string, { kind: Kind; role: string }>()
  const tell = (id: string, role: string) => {
    const kind: Kind | undefined =
      role === 'student' ? 'learner' : guardianRoles.includes(role) ? 'guardian' : teacherRoles.includes(role) ? 'teacher' : undefined
    if (kind && !kinds.has(id)) kinds.set(id, { kind, role })
  }
  for (const row of [...records.roles].sort((a, b) => a.roleType.localeCompare(b.roleType))) tell(row.userSourcedId, row.role)
  for (const row of records.enrollments) tell(row.userSourcedId, row.role)
  for (const { sourcedId } of records.users) {
    if (kinds.has(sourcedId)) continue
    const known = knownKind(base, sourcedId)
    if (known) kinds.set(sourcedId, { kind: known, role: known })
  }
  return kinds
}

/** What a person of an earlier roster is here. */
export const knownKind = ({ records }: Pick<Base, 'records'>, sourceId: string): Kind | undefined => {
  const { people } = records
  if (records.learners.find({ sourceMac: people.sourceMac('learner', sourceId) })) return 'learner'
  if (records.guardians.find({ sourceMac: people.sourceMac('guardian', sourceId) })) return 'guardian'
  return records.staff.find({ sourceMac: people.sourceMac('teacher', sourceId) }) ? 'teacher' : undefined
}

/** OneRoster names the pair at either end: a learner's agents, or a guardian's agents. */
const wardsOf = (records: RosterRecords, kinds: Map<string, { kind: Kind }>): Map<string, string[]> => {
  const wards = new Map<string, Set<string>>()
  const join = (guardian: string, learner: string) => {
    if (kinds.get(guardian)?.kind !== 'guardian' || kinds.get(learner)?.kind !== 'learner') return
    wards.set(guardian, (wards.get(guardian) ?? new Set()).add(learner))
  }
  for (const user of records.users) {
    for (const agent of user.agentSourcedIds ?? []) {
      join(agent, user.sourcedId)
      join(user.sourcedId, agent)
    }
  }
  return new Map([...wards].map(([guardian, learners]) => [guardian, [...learners].sort()]))
}
