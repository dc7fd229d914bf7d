/**
 * People. Columns named `sealed` and `…_sealed` hold AES-256-GCM ciphertext, under the person's own key (learners, guardians) or the base's key
 * (staff); `…_mac` columns hold an HMAC with a secret of the base, for look-ups without the value itself.
 */
export const peopleTables = `
CREATE TABLE person_keys (person_id TEXT PRIMARY KEY, wrapped BLOB NOT NULL, created_at INTEGER NOT NULL) STRICT;

CREATE TABLE organisations (
  organisation_id TEXT PRIMARY KEY, source_id TEXT UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, parent_source_id TEXT,
  fingerprint BLOB NOT NULL, sample INTEGER NOT NULL
) STRICT;

CREATE TABLE classes (
  class_id TEXT PRIMARY KEY, source_id TEXT UNIQUE, name TEXT NOT NULL, grade TEXT, organisation_source_id TEXT,
  fingerprint BLOB NOT NULL, sample INTEGER NOT NULL
) STRICT;

CREATE TABLE learners (
  learner_id TEXT PRIMARY KEY, source_mac BLOB UNIQUE, sealed BLOB, fingerprint BLOB, custody TEXT NOT NULL, holder_did TEXT, holder_sealed BLOB,
  sample INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, left_at INTEGER, erased_at INTEGER
) STRICT;

CREATE TABLE guardians (
  guardian_id TEXT PRIMARY KEY, source_mac BLOB UNIQUE, sealed BLOB NOT NULL, fingerprint BLOB NOT NULL, sample INTEGER NOT NULL, created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE learner_guardians (
  learner_id TEXT NOT NULL REFERENCES learners ON DELETE CASCADE, guardian_id TEXT NOT NULL REFERENCES guardians ON DELETE CASCADE, relation TEXT NOT NULL,
  PRIMARY KEY (learner_id, guardian_id)
) STRICT;
CREATE INDEX learners_by_guardian ON learner_guardians (guardian_id);

CREATE TABLE staff (
  staff_id TEXT PRIMARY KEY, source_mac BLOB UNIQUE, name_sealed BLOB NOT NULL, fingerprint BLOB, roles TEXT NOT NULL, sample INTEGER NOT NULL,
  invited_at INTEGER NOT NULL, last_sign_in_at INTEGER, removed_at INTEGER
) STRICT;

CREATE TABLE enrolments (
  enrolment_id TEXT PRIMARY KEY, source_mac BLOB UNIQUE, class_id TEXT NOT NULL REFERENCES classes ON DELETE CASCADE, person_id TEXT NOT NULL,
  role TEXT NOT NULL, fingerprint BLOB NOT NULL
) STRICT;
CREATE INDEX enrolments_by_person ON enrolments (person_id);
CREATE INDEX enrolments_by_class ON enrolments (class_id);

CREATE TABLE sign_in_links (
  token_hash BLOB PRIMARY KEY, account_kind TEXT NOT NULL, account_id TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
) STRICT;
CREATE INDEX links_by_account ON sign_in_links (account_id);

CREATE TABLE sign_ins (
  token_hash BLOB PRIMARY KEY, account_kind TEXT NOT NULL, account_id TEXT NOT NULL, via TEXT NOT NULL, station_id TEXT,
  created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_ins_by_account ON sign_ins (account_id);

CREATE TABLE passkeys (
  passkey_id TEXT PRIMARY KEY, account_kind TEXT NOT NULL, account_id TEXT NOT NULL, public_key BLOB NOT NULL, counter INTEGER NOT NULL,
  transports TEXT NOT NULL, label TEXT NOT NULL, backed_up INTEGER NOT NULL, added_at INTEGER NOT NULL, last_used_at INTEGER
) STRICT;
CREATE INDEX passkeys_by_account ON passkeys (account_id);

CREATE TABLE ceremonies (
  ceremony_id TEXT PRIMARY KEY, kind TEXT NOT NULL, challenge TEXT NOT NULL, account_id TEXT, expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE stations (
  station_id TEXT PRIMARY KEY, token_hash BLOB NOT NULL UNIQUE, label TEXT NOT NULL, class_id TEXT, opened_by TEXT NOT NULL,
  opened_at INTEGER NOT NULL, closes_at INTEGER NOT NULL, closed_at INTEGER
) STRICT;

CREATE TABLE cards (
  card_id TEXT PRIMARY KEY, learner_id TEXT NOT NULL REFERENCES learners, code_mac BLOB NOT NULL UNIQUE, code_sealed BLOB,
  pin_salt BLOB, pin_hash BLOB, failures INTEGER NOT NULL, locked_at INTEGER, issued_at INTEGER NOT NULL, replaced_at INTEGER, replaced_reason TEXT
) STRICT;
CREATE INDEX cards_by_learner ON cards (learner_id);

CREATE TABLE consents (
  consent_id TEXT PRIMARY KEY, learner_id TEXT NOT NULL REFERENCES learners, guardian_id TEXT NOT NULL, scope TEXT NOT NULL, text_version TEXT NOT NULL,
  how TEXT NOT NULL, recorded_by TEXT NOT NULL, given_at INTEGER NOT NULL, withdrawn_at INTEGER, note_sealed BLOB
) STRICT;
CREATE INDEX consents_by_learner ON consents (learner_id);

CREATE TABLE roster_imports (import_id TEXT PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, outcome TEXT NOT NULL, result TEXT NOT NULL) STRICT;

CREATE TABLE erasures (
  receipt_id TEXT PRIMARY KEY, learner_id TEXT NOT NULL UNIQUE, source_mac BLOB UNIQUE, erased_at INTEGER NOT NULL, receipt TEXT NOT NULL
) STRICT;

CREATE TABLE vaults (
  learner_id TEXT PRIMARY KEY REFERENCES learners, version INTEGER NOT NULL, ciphertext TEXT NOT NULL, wrapped_keys TEXT NOT NULL
) STRICT;
`
