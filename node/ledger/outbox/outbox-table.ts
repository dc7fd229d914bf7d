import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { LedgerError } from '../errors.ts'
import type { OutboxAttempt, OutboxEntry, OutboxOutcome, OutboxRow, OutboxState } from './outbox-row.ts'

/** The outbox's rows in the base's database. Each writing call is one statement or one savepoint, so it also works inside a transaction. */
export interface OutboxTable {
  /** Adds a row, or answers the one that has the key. @throws LedgerError LEDGER_OUTBOX_CONFLICT when that one writes something else. */
  add(entry: OutboxEntry, now: number): OutboxRow
  find(key: string): OutboxRow | undefined
  get(id: number): OutboxRow
  /** Rows in a state: waiting ones by priority, the others by nonce. */
  list(state: OutboxState, limit: number): readonly OutboxRow[]
  /** Final rows whose handler is not done, oldest first. */
  listUnsettled(limit: number): readonly OutboxRow[]
  countInState(state: OutboxState): number
  /** UnixSeconds of the oldest row that is not final, or undefined. */
  findOldestOpen(): number | undefined
  /** The highest nonce that was ever given, or -1. */
  maxNonce(): number
  /** Stores the nonce of a row with its first signed bytes, or further signed bytes for the same nonce. */
  storeAttempt(attempt: OutboxAttempt, nonce: number): void
  listAttempts(rowId: number): readonly OutboxAttempt[]
  noteSent(id: number, now: number): void
  noteRejected(id: number, error: string, now: number): void
  /** It could not be sent for a reason that is not its own. */
  noteDelayed(id: number, error: string): void
  noteIncluded(id: number, at: { transactionHash: string; blockNumber: number; blockHash: string }): void
  /** The block went away: the same bytes are sent again. */
  noteVanished(id: number): void
  /** The nonce was used by a transaction from elsewhere: the row begins again. */
  releaseNonce(id: number): void
  noteFinal(id: number, outcome: OutboxOutcome, error: string | null): void
  settle(id: number): void
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  target TEXT NOT NULL,
  data TEXT NOT NULL,
  purpose TEXT NOT NULL,
  priority INTEGER NOT NULL,
  batch_kind TEXT,
  gas_limit INTEGER,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'signed', 'sent', 'included', 'final')),
  outcome TEXT CHECK (outcome IN ('succeeded', 'reverted', 'refused')),
  nonce INTEGER UNIQUE,
  transaction_hash TEXT,
  block_number INTEGER,
  block_hash TEXT,
  error TEXT,
  rejections INTEGER NOT NULL DEFAULT 0,
  enqueued_at INTEGER NOT NULL,
  sent_at INTEGER,
  is_settled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS outbox_state ON outbox (state, is_settled);
CREATE TABLE IF NOT EXISTS outbox_attempt (
  row_id INTEGER NOT NULL REFERENCES outbox (id),
  transaction_hash TEXT NOT NULL UNIQUE,
  raw TEXT NOT NULL,
  max_fee_per_gas TEXT NOT NULL,
  is_empty INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS outbox_attempt_row ON outbox_attempt (row_id);
`

/** What held it up before is over, unless the row was given up for it: then that is why. */
const NOTE_SENT = `UPDATE outbox SET state = 'sent', sent_at = ?, rejections = 0,
  error = CASE WHEN EXISTS (SELECT 1 FROM outbox_attempt WHERE row_id = outbox.id AND is_empty = 1) THEN error END
  WHERE id = ? AND state IN ('signed', 'sent')`

/** Opens the table in a database that the caller opened with WAL and synchronous=FULL. */
export function openOutboxTable(database: DatabaseSync): OutboxTable {
  database.exec(SCHEMA)
  const run = (sql: string, ...values: SQLInputValue[]) => database.prepare(sql).run(...values)
  const all = (sql: string, ...values: SQLInputValue[]) =>
    database
      .prepare(sql)
      .all(...values)
      .map(toRow)
  const one = (sql: string, ...values: SQLInputValue[]) => all(sql, ...values)[0]
  const number = (sql: string, ...values: SQLInputValue[]) => Object.values(database.prepare(sql).get(...values) ?? {})[0]
  const find = (key: string) => one('SELECT * FROM outbox WHERE key = ?', key)

  return {
    add: (entry, now) => addRow({ run, find }, entry, now),
    find,
    get: (id) => one('SELECT * FROM outbox WHERE id = ?', id) ?? missing(id),
    list(state, limit) {
      const order = state === 'waiting' ? 'priority DESC, id' : 'nonce'
      return all(`SELECT * FROM outbox WHERE state = ? ORDER BY ${order} LIMIT ?`, state, limit)
    },
    listUnsettled: (limit) => all("SELECT * FROM outbox WHERE state = 'final' AND is_settled = 0 ORDER BY id LIMIT ?", limit),
    countInState: (state) => Number(number('SELECT count(*) FROM outbox WHERE state = ?', state)),
    findOldestOpen() {
      const oldest = number("SELECT min(enqueued_at) FROM outbox WHERE state <> 'final'")
      return oldest === null || oldest === undefined ? undefined : Number(oldest)
    },
    maxNonce: () => Number(number('SELECT coalesce(max(nonce), -1) FROM outbox')),
    storeAttempt: (attempt, nonce) => storeAttempt(database, attempt, nonce),
    listAttempts: (rowId) => database.prepare('SELECT * FROM outbox_attempt WHERE row_id = ? ORDER BY rowid').all(rowId).map(toAttempt),
    noteSent: (id, now) => void run(NOTE_SENT, now, id),
    noteRejected: (id, error, now) =>
      void run('UPDATE outbox SET rejections = rejections + 1, error = ?, sent_at = ? WHERE id = ?', error, now, id),
    noteDelayed: (id, error) => void run('UPDATE outbox SET error = ? WHERE id = ?', error, id),
    noteIncluded: (id, at) =>
      void run(
        "UPDATE outbox SET state = 'included', transaction_hash = ?, block_number = ?, block_hash = ? WHERE id = ? AND state <> 'final'",
        at.transactionHash,
        at.blockNumber,
        at.blockHash,
        id,
      ),
    noteVanished: (id) =>
      void run(
        "UPDATE outbox SET state = 'signed', block_number = NULL, block_hash = NULL, sent_at = NULL WHERE id = ? AND state <> 'final'",
        id,
      ),
    releaseNonce: (id) => releaseNonce(database, id),
    noteFinal: (id, outcome, error) =>
      void run("UPDATE outbox SET state = 'final', outcome = ?, error = ? WHERE id = ?", outcome, error, id),
    settle: (id) => void run('UPDATE outbox SET is_settled = 1 WHERE id = ?', id),
  }
}

interface AddParts {
  readonly run: (sql: string, ...values: SQLInputValue[]) => unknown
  readonly find: (key: string) => OutboxRow | undefined
}

function addRow({ run, find }: AddParts, entry: OutboxEntry, now: number): OutboxRow {
  const { key, to, data, purpose, priority = 0, batchKind = null, gasLimit = null } = entry
  run(
    'INSERT INTO outbox (key, target, data, purpose, priority, batch_kind, gas_limit, enqueued_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
    key,
    to.toLowerCase(),
    data.toLowerCase(),
    purpose,
    priority,
    batchKind,
    gasLimit,
    now,
  )
  const row = find(key)
  if (row === undefined || row.to !== to.toLowerCase() || row.data !== data.toLowerCase() || row.purpose !== purpose) {
    throw new LedgerError(
      'LEDGER_OUTBOX_CONFLICT',
      `The outbox key ${key} was used before for another write. Give every write its own key.`,
    )
  }
  return row
}

function storeAttempt(database: DatabaseSync, attempt: OutboxAttempt, nonce: number): void {
  inSavepoint(database, () => {
    database
      .prepare(
        "UPDATE outbox SET state = CASE state WHEN 'waiting' THEN 'signed' ELSE state END, nonce = ?, transaction_hash = ? WHERE id = ?",
      )
      .run(nonce, attempt.transactionHash, attempt.rowId)
    database
      .prepare('INSERT INTO outbox_attempt (row_id, transaction_hash, raw, max_fee_per_gas, is_empty) VALUES (?, ?, ?, ?, ?)')
      .run(attempt.rowId, attempt.transactionHash, attempt.raw, String(attempt.maxFeePerGas), attempt.isEmpty ? 1 : 0)
  })
}

function releaseNonce(database: DatabaseSync, id: number): void {
  inSavepoint(database, () => {
    database.prepare('DELETE FROM outbox_attempt WHERE row_id = ?').run(id)
    database
      .prepare("UPDATE outbox SET state = 'waiting', nonce = NULL, transaction_hash = NULL, sent_at = NULL, rejections = 0 WHERE id = ?")
      .run(id)
  })
}

function inSavepoint(database: DatabaseSync, work: () => void): void {
  database.exec('SAVEPOINT outbox_step')
  try {
    work()
    database.exec('RELEASE outbox_step')
  } catch (error) {
    database.exec('ROLLBACK TO outbox_step; RELEASE outbox_step')
    throw error
  }
}

function toRow(row: Record<string, unknown>): OutboxRow {
  return {
    id: row['id'] as number,
    key: row['key'] as string,
    to: row['target'] as string,
    data: row['data'] as string,
    purpose: row['purpose'] as string,
    priority: row['priority'] as number,
    batchKind: row['batch_kind'] as string | null,
    gasLimit: row['gas_limit'] as number | null,
    state: row['state'] as OutboxState,
    outcome: row['outcome'] as OutboxOutcome | null,
    nonce: row['nonce'] as number | null,
    transactionHash: row['transaction_hash'] as string | null,
    blockNumber: row['block_number'] as number | null,
    blockHash: row['block_hash'] as string | null,
    error: row['error'] as string | null,
    rejections: row['rejections'] as number,
    enqueuedAt: row['enqueued_at'] as number,
    sentAt: row['sent_at'] as number | null,
    isSettled: row['is_settled'] === 1,
  }
}

function toAttempt(row: Record<string, unknown>): OutboxAttempt {
  return {
    rowId: row['row_id'] as number,
    raw: row['raw'] as string,
    transactionHash: row['transaction_hash'] as string,
    maxFeePerGas: BigInt(row['max_fee_per_gas'] as string),
    isEmpty: row['is_empty'] === 1,
  }
}

function missing(id: number): never {
  throw new LedgerError('LEDGER_OUTBOX_CONFLICT', `The outbox has no row ${id}.`)
}
