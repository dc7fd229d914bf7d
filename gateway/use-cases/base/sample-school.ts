import { type Actor, type Base, baseItself } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { type RosterRecords, writeRoster } from '../../schools/oneroster/index.ts'
import { type directionEntries, readCatalogue } from '../learning/catalogue.ts'
import { addMachine } from '../learning/machines.ts'
import { defineProgramme } from '../learning/programmes.ts'
import { recordConsent } from '../people/consents.ts'
import { eraseRecords } from '../people/erase-learner.ts'
import { importRoster } from '../people/roster/import-roster.ts'
import type { IssuingBase } from './issuing.ts'

export type SampleState = 'absent' | 'installing' | 'installed' | 'removing'
const setting = 'sample-school'
const ledgerWaitMs = 60_000
const families = ['林', '陈', '周', '吴', '郑', '孙', '何', '高', '罗', '梁']
const given = ['一诺', '子涵', '思远', '雨桐', '嘉禾', '明轩']

/** How far the sample school is installed. */
export const sampleState = ({ records }: Pick<Base, 'records'>): SampleState => records.settings.find<SampleState>(setting) ?? 'absent'

/** Installs three classes of twenty learners, their guardians and teachers, a machine and a programme, as a job. @throws STATE_REFUSED when it is there */
export function installSampleSchool(base: IssuingBase, actor: Actor): { jobId: string } {
  const state = sampleState(base)
  if (state !== 'absent') throw new GuildhallError('STATE_REFUSED', { thing: 'sample school', state, next: 'Remove it first.' })
  setState(base, 'installing')
  const jobId = base.jobs.start(
    actor,
    { kind: 'sample-school', title: { 'zh-CN': '安装示范学校', en: 'Install the sample school' } },
    async (progress) => {
      try {
        const stage = progress.stage({ 'zh-CN': '名册、设备与课程', en: 'Roster, machine and programme' }, 'steps', 4)
        importRoster(base, actor, sampleRoster(), { sample: true })
        stage.advance(1)
        agreeForAll(base, actor)
        stage.advance(1)
        installMachine(base, actor)
        stage.advance(1)
        await installProgramme(base, actor, AbortSignal.any([progress.signal, AbortSignal.timeout(ledgerWaitMs)]))
        stage.advance(1)
        setState(base, 'installed')
      } catch (cause) {
        clear(base)
        throw cause
      }
      return { sentence: { 'zh-CN': '示范学校已安装。', en: 'The sample school is installed.' }, subjectId: null }
    },
  )
  return { jobId }
}

/** Erases everything that came with the sample school. What it wrote to the ledger names nobody and stays. @throws STATE_REFUSED while it is being installed */
export function removeSampleSchool(base: IssuingBase, actor: Actor): void {
  if (sampleState(base) === 'installing')
    throw new GuildhallError('STATE_REFUSED', { thing: 'sample school', state: 'being installed', next: 'Wait until it is there.' })
  if (base.records.sessions.count({ sample: true, state: ['open', 'closing'] }) > 0) {
    throw new GuildhallError('STATE_REFUSED', { thing: 'sample school', state: 'in an open session', next: 'Close the session first.' })
  }
  clear(base)
  base.transaction(() => base.audit.append(actor, 'sample-school.removed'))
}

const setState = (base: Pick<Base, 'records' | 'transaction'>, state: SampleState): void =>
  base.transaction(() => base.records.settings.set(setting, state))

const clear = (base: IssuingBase): void => {
  const { records } = base
  const learners = records.learners.list({ sample: true, erasedAt: null }).map(({ learnerId }) => learnerId)
  base.transaction(() => {
    for (const learnerId of learners) {
      eraseRecords(base, learnerId)
      records.vault.destroy(learnerId)
      records.learners.update(learnerId, {
        sealed: null,
        sourceMac: null,
        fingerprint: null,
        holderSealed: null,
        erasedAt: base.clock.now(),
      })
    }
    records.classes.remove({ sample: true })
    records.organisations.remove({ sample: true })
    records.staff.remove({ sample: true })
    records.machines.remove({ sample: true })
    records.programmes.remove({ sample: true })
    records.settings.remove(setting)
  })
  for (const learnerId of learners) records.people.forget(learnerId)
}

const agreeForAll = (base: IssuingBase, actor: Actor): void => {
  for (const { learnerId } of base.records.learners.list({ sample: true, erasedAt: null })) {
    const guardianId = base.records.learnerGuardians.find({ learnerId })?.guardianId
    if (guardianId === undefined) continue
    const scopes: ('base-held-wallet' | 'recordings-as-evidence' | 'share-by-learning-code')[] = [
      'base-held-wallet',
      'recordings-as-evidence',
      'share-by-learning-code',
    ]
    recordConsent(
      base,
      { ...baseItself, roles: ['operator'] },
      { learnerId, guardianId, scopes, textVersion: 'sample', how: 'signed-paper' },
    )
  }
  base.transaction(() => base.audit.append(actor, 'sample-school.installed'))
}

const installMachine = (base: IssuingBase, actor: Actor): void => {
  const { machineId } = addMachine(base, actor, {
    name: { 'zh-CN': '示范三维打印机', en: 'Sample 3D printer' },
    kind: 'printer-3d',
    location: '示范教室',
    attestation: 'device-signed',
  })
  base.transaction(() => base.records.machines.update(machineId, { sample: true }))
}

const installProgramme = async (base: IssuingBase, actor: Actor, signal: AbortSignal): Promise<void> => {
  const sample = readCatalogue().directions.find(({ id }) => id === firstDirection)?.sample
  if (sample) await defineProgramme(base, actor, { definition: sample, signal, sample: true })
}

const firstDirection: keyof typeof directionEntries = 'digital-manufacturing'

/** A OneRoster of sixty learners, made here: every name is invented. */
const sampleRoster = (): Uint8Array => {
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
