import { type RosterRecords, writeRoster } from '../../schools/oneroster/index.ts'

/** A OneRoster of sixty learners, made here: every name is invented. */
export const sampleRoster = (): Uint8Array => {
  const org = { sourcedId: 'sample-school', name: '示范学校', type: 'school' as const }
  const term = {
    sourcedId: 'sample-term',
    title: '示范学期',
    type: 'semester' as const,
    startDate: '2026-09-01',
    endDate: '2027-01-31',
    schoolYear: '2027',
  }
  const course = { sourcedId: 'sample-course', title: '劳动与技术', orgSourcedId: org.sourcedId }
  const classes = [1, 2, 3].map((number) => ({
    sourcedId: `sample-class-${number}`,
    title: `示范七年级（${number}）班`,
    grades: ['07'],
    courseSourcedId: course.sourcedId,
    classType: 'homeroom' as const,
    schoolSourcedId: org.sourcedId,
    termSourcedIds: [term.sourcedId],
  }))
  const people = Array.from({ length: 60 }, (_, index) => person(index))
  const teacher = user('sample-teacher', '示范', '老师')
  const users = [teacher, ...people.flatMap(({ guardian, learner }) => [guardian, learner])]
  const role = (userSourcedId: string, is: 'student' | 'guardian' | 'teacher') => ({
    sourcedId: `role-${userSourcedId}`,
    userSourcedId,
    roleType: 'primary' as const,
    role: is,
    orgSourcedId: org.sourcedId,
  })
  const enrolled = (userSourcedId: string, classSourcedId: string, is: 'student' | 'teacher') => ({
    sourcedId: `enrolment-${userSourcedId}-${classSourcedId}`,
    classSourcedId,
    schoolSourcedId: org.sourcedId,
    userSourcedId,
    role: is,
  })
  const records: RosterRecords = {
    orgs: [org],
    academicSessions: [term],
    courses: [course],
    classes,
    users,
    userProfiles: [],
    roles: [
      role(teacher.sourcedId, 'teacher'),
      ...people.flatMap(({ guardian, learner }) => [role(guardian.sourcedId, 'guardian'), role(learner.sourcedId, 'student')]),
    ],
    enrollments: [
      ...classes.map(({ sourcedId }) => enrolled(teacher.sourcedId, sourcedId, 'teacher')),
      ...people.map(({ learner }, index) => enrolled(learner.sourcedId, `sample-class-${1 + (index % 3)}`, 'student')),
    ],
  }
  return writeRoster(records)
}

const families = ['林', '陈', '周', '吴', '郑', '孙', '何', '高', '罗', '梁']
const given = ['一诺', '子涵', '思远', '雨桐', '嘉禾', '明轩']

const user = (sourcedId: string, familyName: string, givenName: string) => ({
  sourcedId,
  enabledUser: true,
  username: sourcedId,
  givenName,
  familyName,
})

const person = (index: number) => {
  const family = families[index % families.length] ?? ''
  const guardian = user(`sample-guardian-${index}`, family, '家长')
  const learner = {
    ...user(`sample-learner-${index}`, family, given[Math.floor(index / families.length)] ?? ''),
    identifier: `SAMPLE-${index + 1}`,
    grades: ['07'],
    agentSourcedIds: [guardian.sourcedId],
  }
  return { guardian, learner }
}
