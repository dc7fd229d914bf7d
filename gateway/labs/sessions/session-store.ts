import type { DatabaseSync } from 'node:sqlite'
import type { AttestationMode } from '../labs.ts'

/** Frames of one device that belong to a session, by ordinal: from inclusive, to exclusive (null while open). */
export interface SessionMark {
  readonly deviceId: string
  readonly from: number
  readonly to: number | null
}

/** A session as it is kept: marks in the durable log say which frames are its own, so a killed base loses nothing of it. */
export interface SessionRecord {
  readonly sessionId: string
  readonly machineId: string
  readonly state: 'open' | 'closed' | 'abandoned'
  readonly attestation: AttestationMode
  readonly openedAt: number
  readonly closedAt: number | null
  readonly jobDigest: string | null
  readonly marks: readonly SessionMark[]
  /** Salts of the facts as hex, drawn when the session closes. */
  readonly salts: readonly string[]
}

/** Sessions in the base's database. */
export interface SessionStore {
  add(session: SessionRecord): void
  find(sessionId: string): SessionRecord | undefined
  findOpen(machineId: string): SessionRecord | undefined
  update(session: SessionRecord): void
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS labs_sessions (
  sessionId TEXT PRIMARY KEY, machineId TEXT NOT NULL, state TEXT NOT NULL, attestation TEXT NOT NULL, openedAt INTEGER NOT NULL,
  closedAt INTEGER, jobDigest TEXT, marks TEXT NOT NULL, salts TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS labs_sessions_open ON labs_sessions (machineId) WHERE state = 'open';`

/** Opens the table. */
export const openSessionStore = (database: DatabaseSync): SessionStore => {
  database.exec(SCHEMA)
  const insert = database.prepare('INSERT INTO labs_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const change = database.prepare(
    'UPDATE labs_sessions SET state = ?, attestation = ?, closedAt = ?, jobDigest = ?, marks = ?, salts = ? WHERE sessionId = ?',
  )
  const select = database.prepare('SELECT * FROM labs_sessions WHERE sessionId = ?')
  const selectOpen = database.prepare("SELECT * FROM labs_sessions WHERE machineId = ? AND state = 'open'")
  const read = (row: Record<string, unknown> | undefined): SessionRecord | undefined =>
    row && ({ ...row, marks: JSON.parse(String(row['marks'])), salts: JSON.parse(String(row['salts'])) } as unknown as SessionRecord)
  return {
    add: ({ sessionId, machineId, state, attestation, openedAt, closedAt, jobDigest, marks, salts }) =>
      void insert.run(
        sessionId,
        machineId,
        state,
        attestation,
        openedAt,
        closedAt,
        jobDigest,
        JSON.stringify(marks),
        JSON.stringify(salts),
      ),
    update: ({ sessionId, state, attestation, closedAt, jobDigest, marks, salts }) =>
      void change.run(state, attestation, closedAt, jobDigest, JSON.stringify(marks), JSON.stringify(salts), sessionId),
    find: (sessionId) => read(select.get(sessionId)),
    findOpen: (machineId) => read(selectOpen.get(machineId)),
  }
}
