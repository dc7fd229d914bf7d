/** What the base keeps of itself: settings, the audit chain, long work. Nothing here is personal. */
export const baseTables = `
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE audit (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT,
  details TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, number);

CREATE TABLE audit_anchors (
  rows INTEGER PRIMARY KEY, head TEXT NOT NULL, outbox_id INTEGER, block_number INTEGER, transaction_hash TEXT, at INTEGER NOT NULL
) STRICT;

CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY, actor TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, stages TEXT NOT NULL,
  started_at INTEGER NOT NULL, finished_at INTEGER, reason TEXT, result TEXT
) STRICT;
CREATE INDEX jobs_by_time ON jobs (started_at DESC);
`
