/** Programmes, machines and sessions; devices and frames are in the tables of labs. A session's `sealed` holds what only the base may read of its evidence, under the learner's key. */
export const learningTables = `
CREATE TABLE programmes (
  local_id TEXT PRIMARY KEY, programme_id INTEGER UNIQUE, definition TEXT NOT NULL, sample INTEGER NOT NULL, defined_at INTEGER NOT NULL, outbox_id INTEGER
) STRICT;

CREATE TABLE machines (
  machine_id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, location TEXT, attestation TEXT NOT NULL, octo_print_url TEXT, octo_print_key_sealed BLOB,
  sample INTEGER NOT NULL, added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY, learner_id TEXT NOT NULL REFERENCES learners, machine_id TEXT NOT NULL, programme_id INTEGER NOT NULL, state TEXT NOT NULL,
  attestation TEXT NOT NULL, opened_by TEXT NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER, closed_because TEXT, job_name TEXT, job_digest TEXT,
  summary TEXT, segment TEXT, evidence TEXT NOT NULL, receipt TEXT, sealed BLOB, credential_id TEXT, sample INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_time ON sessions (opened_at DESC);
CREATE INDEX sessions_by_learner ON sessions (learner_id);
CREATE UNIQUE INDEX one_open_session_a_machine ON sessions (machine_id) WHERE state IN ('open', 'closing');
`
