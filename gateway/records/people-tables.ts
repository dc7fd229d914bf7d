import type { DatabaseSync } from 'node:sqlite'
import type { Role } from '../api/define-route.ts'
import type { consentScopes } from '../api/people/guardians.ts'
import type { ErasureReceipt } from '../api/people/learners.ts'
import type { RosterResult } from '../api/people/roster.ts'
import type { UnixSeconds } from '../base.ts'
import { openTable, type TableShape } from './table.ts'

export type OrganisationRow = {
  organisationId: string
  sourceId: string | null
  name: string
  type: string
  parentSourceId: string | null
  fingerprint: Uint8Array
  sample: boolean
}
export type ClassRow = {
  classId: string
  sourceId: string | null
  name: string
  grade: string | null
  organisationSourceId: string | null
  fingerprint: Uint8Array
  sample: boolean
}
/** `sealed` opens to a `LearnerPerson`; null once erased. `leftAt`: no longer on the roster, record kept. */
export type LearnerTableRow = {
  learnerId: string
  sourceMac: Uint8Array | null
  sealed: Uint8Array | null
  fingerprint: Uint8Array | null
  custody: 'base' | 'own'
  holderDid: string | null
  holderSealed: Uint8Array | null
  sample: boolean
  createdAt: UnixSeconds
  updatedAt: UnixSeconds
  leftAt: UnixSeconds | null
  erasedAt: UnixSeconds | null
}
export type GuardianTableRow = {
  guardianId: string
  sourceMac: Uint8Array | null
  sealed: Uint8Array
  fingerprint: Uint8Array
  sample: boolean
  createdAt: UnixSeconds
}
export type LearnerGuardianRow = { learnerId: string; guardianId: string; relation: string }
export type StaffRow = {
  staffId: string
  sourceMac: Uint8Array | null
  nameSealed: Uint8Array
  fingerprint: Uint8Array | null
  roles: Role[]
  sample: boolean
  invitedAt: UnixSeconds
  lastSignInAt: UnixSeconds | null
  removedAt: UnixSeconds | null
}
export type EnrolmentRow = {
  enrolmentId: string
  sourceMac: Uint8Array | null
  classId: string
  personId: string
  role: 'student' | 'teacher'
  fingerprint: Uint8Array
}
export type ConsentRow = {
  consentId: string
  learnerId: string
  guardianId: string
  scope: (typeof consentScopes)[number]
  textVersion: string
  how: 'in-person' | 'signed-paper' | 'guardian-sign-in'
  recordedBy: string
  givenAt: UnixSeconds
  withdrawnAt: UnixSeconds | null
  noteSealed: Uint8Array | null
}
export type RosterImportRow = {
  importId: string
  at: UnixSeconds
  actor: string
  outcome: 'imported' | 'unchanged' | 'partly'
  result: RosterResult
}
export type ErasureRow = {
  receiptId: string
  learnerId: string
  sourceMac: Uint8Array | null
  erasedAt: UnixSeconds
  receipt: ErasureReceipt
}

const organisations: TableShape<OrganisationRow> = {
  name: 'organisations',
  thing: 'organisation',
  key: 'organisationId',
  columns: {
    organisationId: 'text',
    sourceId: 'text',
    name: 'text',
    type: 'text',
    parentSourceId: 'text',
    fingerprint: 'blob',
    sample: 'flag',
  },
}
const classes: TableShape<ClassRow> = {
  name: 'classes',
  thing: 'class',
  key: 'classId',
  columns: {
    classId: 'text',
    sourceId: 'text',
    name: 'text',
    grade: 'text',
    organisationSourceId: 'text',
    fingerprint: 'blob',
    sample: 'flag',
  },
}
const learners: TableShape<LearnerTableRow> = {
  name: 'learners',
  thing: 'learner',
  key: 'learnerId',
  columns: {
    learnerId: 'text',
    sourceMac: 'blob',
    sealed: 'blob',
    fingerprint: 'blob',
    custody: 'text',
    holderDid: 'text',
    holderSealed: 'blob',
    sample: 'flag',
    createdAt: 'integer',
    updatedAt: 'integer',
    leftAt: 'integer',
    erasedAt: 'integer',
  },
}
const guardians: TableShape<GuardianTableRow> = {
  name: 'guardians',
  thing: 'guardian',
  key: 'guardianId',
  columns: { guardianId: 'text', sourceMac: 'blob', sealed: 'blob', fingerprint: 'blob', sample: 'flag', createdAt: 'integer' },
}
const learnerGuardians: TableShape<LearnerGuardianRow> = {
  name: 'learner_guardians',
  thing: 'guardian of this learner',
  key: 'learnerId',
  columns: { learnerId: 'text', guardianId: 'text', relation: 'text' },
}
const staff: TableShape<StaffRow> = {
  name: 'staff',
  thing: 'member of staff',
  key: 'staffId',
  columns: {
    staffId: 'text',
    sourceMac: 'blob',
    nameSealed: 'blob',
    fingerprint: 'blob',
    roles: 'json',
    sample: 'flag',
    invitedAt: 'integer',
    lastSignInAt: 'integer',
    removedAt: 'integer',
  },
}
const enrolments: TableShape<EnrolmentRow> = {
  name: 'enrolments',
  thing: 'enrolment',
  key: 'enrolmentId',
  columns: { enrolmentId: 'text', sourceMac: 'blob', classId: 'text', personId: 'text', role: 'text', fingerprint: 'blob' },
}
const consents: TableShape<ConsentRow> = {
  name: 'consents',
  thing: 'consent',
  key: 'consentId',
  columns: {
    consentId: 'text',
    learnerId: 'text',
    guardianId: 'text',
    scope: 'text',
    textVersion: 'text',
    how: 'text',
    recordedBy: 'text',
    givenAt: 'integer',
    withdrawnAt: 'integer',
    noteSealed: 'blob',
  },
}
const rosterImports: TableShape<RosterImportRow> = {
  name: 'roster_imports',
  thing: 'roster import',
  key: 'importId',
  columns: { importId: 'text', at: 'integer', actor: 'text', outcome: 'text', result: 'json' },
}
const erasures: TableShape<ErasureRow> = {
  name: 'erasures',
  thing: 'erasure',
  key: 'receiptId',
  columns: { receiptId: 'text', learnerId: 'text', sourceMac: 'blob', erasedAt: 'integer', receipt: 'json' },
}

/** The tables about people, over one database. */
export const openPeopleTables = (db: DatabaseSync) => ({
  organisations: openTable(db, organisations),
  classes: openTable(db, classes),
  learners: openTable(db, learners),
  guardians: openTable(db, guardians),
  learnerGuardians: openTable(db, learnerGuardians),
  staff: openTable(db, staff),
  enrolments: openTable(db, enrolments),
  consents: openTable(db, consents),
  rosterImports: openTable(db, rosterImports),
  erasures: openTable(db, erasures),
})
