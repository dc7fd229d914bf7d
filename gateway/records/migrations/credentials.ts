/** Credentials as issued. `sealed` holds the files, the name's salt and the leaf's salt, under the learner's key. */
export const credentialTables = `
CREATE TABLE credentials (
  credential_id TEXT PRIMARY KEY, learner_id TEXT NOT NULL REFERENCES learners, programme_id INTEGER NOT NULL, session_id TEXT, examiner TEXT NOT NULL,
  title TEXT NOT NULL, formats TEXT NOT NULL, holder_did TEXT NOT NULL, key_id TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_until INTEGER,
  state TEXT NOT NULL, state_reason TEXT, state_since INTEGER, anchor TEXT NOT NULL, leaf TEXT NOT NULL UNIQUE, outbox_id INTEGER, receipt TEXT,
  status_list INTEGER NOT NULL, status_index INTEGER NOT NULL, claimed_at INTEGER, seen_at INTEGER, supersedes TEXT, superseded_by TEXT, sealed BLOB,
  sample INTEGER NOT NULL, UNIQUE (status_list, status_index)
) STRICT;
CREATE INDEX credentials_by_time ON credentials (valid_from DESC);
CREATE INDEX credentials_by_learner ON credentials (learner_id);
CREATE INDEX credentials_by_anchor ON credentials (anchor);

CREATE TABLE status_lists (
  list_id INTEGER PRIMARY KEY, revoked BLOB NOT NULL, suspended BLOB NOT NULL, next_index INTEGER NOT NULL, document TEXT, cid TEXT, outbox_id INTEGER,
  updated_at INTEGER NOT NULL, dirty INTEGER NOT NULL
) STRICT;

CREATE TABLE status_changes (
  change_id TEXT PRIMARY KEY, credential_id TEXT NOT NULL REFERENCES credentials, change TEXT NOT NULL, reason TEXT NOT NULL, note_sealed BLOB, actor TEXT NOT NULL,
  at INTEGER NOT NULL, outbox_id INTEGER, transaction_hash TEXT
) STRICT;
CREATE INDEX status_changes_by_time ON status_changes (at DESC);

CREATE TABLE learning_codes (
  code_id TEXT PRIMARY KEY, learner_id TEXT NOT NULL REFERENCES learners, code_mac BLOB NOT NULL UNIQUE, credential_ids TEXT NOT NULL, name_shown INTEGER NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, opened_at INTEGER, opened_by_sealed BLOB
) STRICT;
CREATE INDEX learning_codes_by_learner ON learning_codes (learner_id);
`
