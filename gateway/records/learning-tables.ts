import type { DatabaseSync } from 'node:sqlite'
import type { Static } from 'typebox'
import type { Machine } from '../api/learning/machines.ts'
import type { defineProgramme } from '../api/learning/programmes.ts'
import type { Session } from '../api/learning/sessions.ts'
import type { UnixSeconds } from '../base.ts'
import { openTable, type TableShape } from './table.ts'

/** What an operator defined; `programmeId` is null until the ledger has numbered it. */
export type ProgrammeRow = {
  localId: string
  programmeId: number | null
  definition: Static<typeof defineProgramme.body>
  sample: boolean
  definedAt: UnixSeconds
  outboxId: number | null
}
export type MachineRow = {
  machineId: string
  name: Machine['name']
  kind: Machine['kind']
  location: string | null
  attestation: Machine['attestation']
  octoPrintUrl: string | null
  /** Sealed by the base's key. */
  octoPrintKeySealed: Uint8Array | null
  sample: boolean
  addedAt: UnixSeconds
}
/** A learner's session on a machine. `sealed`: JSON of evidence keys and salts, under the learner's key. */
export type SessionRow = {
  sessionId: string
  learnerId: string
  machineId: string
  programmeId: number
  state: Session['state']
  attestation: Session['attestation']
  openedBy: string
  openedAt: UnixSeconds
  closedAt: UnixSeconds | null
  closedBecause: Session['closedBecause']
  jobName: string | null
  jobDigest: string | null
  summary: Session['summary']
  segment: Session['segment']
  evidence: Session['evidence']
  receipt: Record<string, unknown> | null
  sealed: Uint8Array | null
  credentialId: string | null
  sample: boolean
}

const programmes: TableShape<ProgrammeRow> = {
  name: 'programmes',
  thing: 'programme',
  key: 'localId',
  columns: { localId: 'text', programmeId: 'integer', definition: 'json', sample: 'flag', definedAt: 'integer', outboxId: 'integer' },
}
const machines: TableShape<MachineRow> = {
  name: 'machines',
  thing: 'machine',
  key: 'machineId',
  columns: {
    machineId: 'text',
    name: 'json',
    kind: 'text',
    location: 'text',
    attestation: 'text',
    octoPrintUrl: 'text',
    octoPrintKeySealed: 'blob',
    sample: 'flag',
    addedAt: 'integer',
  },
}
const sessions: TableShape<SessionRow> = {
  name: 'sessions',
  thing: 'session',
  key: 'sessionId',
  columns: {
    sessionId: 'text',
    learnerId: 'text',
    machineId: 'text',
    programmeId: 'integer',
    state: 'text',
    attestation: 'text',
    openedBy: 'text',
    openedAt: 'integer',
    closedAt: 'integer',
    closedBecause: 'json',
    jobName: 'text',
    jobDigest: 'text',
    summary: 'json',
    segment: 'json',
    evidence: 'json',
    receipt: 'json',
    sealed: 'blob',
    credentialId: 'text',
    sample: 'flag',
  },
}

/** The tables of programmes, machines and sessions, over one database. */
export const openLearningTables = (db: DatabaseSync) => ({
  programmes: openTable(db, programmes),
  machines: openTable(db, machines),
  sessions: openTable(db, sessions),
})
