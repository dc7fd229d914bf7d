import type { BaseKeys, Clock, Random } from '../base.ts'
import { GuildhallError } from '../errors.ts'
import type { openPeopleTables } from './people-tables.ts'
import type { PersonVault } from './person-vault.ts'

/** What is personal about a learner. */
export type LearnerPerson = {
  name: string
  schoolNumber: string | null
  grade: string | null
  /** `2012-03-31`, or null where the school did not say. */
  birthDate: string | null
}
/** What is personal about a guardian. */
export type GuardianPerson = { name: string; contact: string | null }

type Sources = { sourceMac?: Uint8Array | null; fingerprint?: Uint8Array; sample?: boolean }

/** People with their names. Names are opened in memory only; the disk has ciphertext. */
export type People = {
  /** The look-up value of an id that a school gave. */
  sourceMac(kind: 'learner' | 'guardian' | 'teacher' | 'enrolment', sourceId: string): Uint8Array
  addLearner(person: LearnerPerson, from?: Sources): string
  changeLearner(learnerId: string, person: LearnerPerson, from?: Sources): void
  /** @throws NOT_FOUND, LEARNER_ERASED */
  learner(learnerId: string): LearnerPerson
  /** Name for a screen; `''` once erased. */
  learnerName(learnerId: string): string
  /** Ids of present learners whose name or school number contains the words, in order of their names; all of them without words. */
  findLearners(search?: string): string[]
  /** True under 18 years, and where the birth date is not known. */
  isMinor(learnerId: string): boolean
  /** Drops what is kept in memory of a learner; called by erasure. */
  forget(learnerId: string): void
  addGuardian(person: GuardianPerson, from?: Sources): string
  changeGuardian(guardianId: string, person: GuardianPerson, from?: Sources): void
  guardian(guardianId: string): GuardianPerson
  sealStaffName(staffId: string, name: string): Uint8Array
  /** @throws NOT_FOUND */
  staffName(staffId: string): string
}

type Use = { keys: BaseKeys; vault: PersonVault; clock: Clock; random: Random }

/** Opens the people of one database. */
export const openPeople = (tables: ReturnType<typeof openPeopleTables>, use: Use): People => {
  const learners = openLearners(tables, use)
  return {
    ...learners,
    ...openGuardians(tables, use),
    sourceMac: (kind, sourceId) => use.keys.mac(`source/${kind}`, sourceId),
    sealStaffName: (staffId, name) => use.keys.seal(Buffer.from(name), `staff/${staffId}`),
    staffName: (staffId) => Buffer.from(use.keys.open(tables.staff.get(staffId).nameSealed, `staff/${staffId}`)).toString(),
  }
}

const openLearners = (tables: ReturnType<typeof openPeopleTables>, { vault, clock, random }: Use) => {
  // Opened names live in memory while the base runs: a search then needs no plaintext on disk.
  const opened = new Map<string, LearnerPerson>()
  const collator = new Intl.Collator(['zh-CN', 'en'])

  const learner = (learnerId: string): LearnerPerson => {
    const known = opened.get(learnerId)
    if (known) return known
    const { sealed } = tables.learners.get(learnerId)
    if (sealed === null) throw new GuildhallError('LEARNER_ERASED')
    const person = vault.openJson<LearnerPerson>(learnerId, 'learner', sealed)
    opened.set(learnerId, person)
    return person
  }
  return {
    addLearner: (person: LearnerPerson, { sourceMac = null, fingerprint, sample = false }: Sources = {}): string => {
      const learnerId = random.uuid()
      vault.create(learnerId)
      const now = clock.now()
      const sealed = vault.sealJson(learnerId, 'learner', person)
      const blank = { custody: 'base', holderDid: null, holderSealed: null, leftAt: null, erasedAt: null } as const
      tables.learners.insert({
        learnerId,
        sourceMac,
        sealed,
        fingerprint: fingerprint ?? null,
        sample,
        createdAt: now,
        updatedAt: now,
        ...blank,
      })
      return learnerId
    },
    changeLearner: (learnerId: string, person: LearnerPerson, { fingerprint }: Sources = {}): void => {
      const sealed = vault.sealJson(learnerId, 'learner', person)
      tables.learners.update(learnerId, { sealed, updatedAt: clock.now(), leftAt: null, ...(fingerprint ? { fingerprint } : {}) })
      opened.delete(learnerId)
    },
    learner,
    learnerName: (learnerId: string): string => (vault.has(learnerId) ? learner(learnerId).name : ''),
    findLearners: (search = ''): string[] => {
      const words = fold(search).split(/\s+/).filter(Boolean)
      return tables.learners
        .list({ leftAt: null, erasedAt: null })
        .map(({ learnerId }) => ({ learnerId, person: learner(learnerId) }))
        .filter(({ person }) => words.every((word) => fold(`${person.name} ${person.schoolNumber ?? ''}`).includes(word)))
        .sort((a, b) => collator.compare(a.person.name, b.person.name) || a.learnerId.localeCompare(b.learnerId))
        .map(({ learnerId }) => learnerId)
    },
    isMinor: (learnerId: string): boolean => {
      const { birthDate } = learner(learnerId)
      if (birthDate === null) return true
      const [year = 0, month = 1, day = 1] = birthDate.split('-').map(Number)
      return clock.now() < Date.UTC(year + 18, month - 1, day) / 1000
    },
    forget: (learnerId: string): void => {
      opened.delete(learnerId)
    },
  }
}

const openGuardians = (tables: ReturnType<typeof openPeopleTables>, { vault, clock, random }: Use) => ({
  addGuardian: (person: GuardianPerson, { sourceMac = null, fingerprint, sample = false }: Sources = {}): string => {
    const guardianId = random.uuid()
    vault.create(guardianId)
    const sealed = vault.sealJson(guardianId, 'guardian', person)
    tables.guardians.insert({ guardianId, sourceMac, sealed, fingerprint: fingerprint ?? new Uint8Array(), sample, createdAt: clock.now() })
    return guardianId
  },
  changeGuardian: (guardianId: string, person: GuardianPerson, { fingerprint }: Sources = {}): void => {
    tables.guardians.update(guardianId, { sealed: vault.sealJson(guardianId, 'guardian', person), ...(fingerprint ? { fingerprint } : {}) })
  },
  guardian: (guardianId: string): GuardianPerson =>
    vault.openJson<GuardianPerson>(guardianId, 'guardian', tables.guardians.get(guardianId).sealed),
})

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()
