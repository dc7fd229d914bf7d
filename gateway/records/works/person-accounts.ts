import type { DatabaseSync } from 'node:sqlite'
import type { UnixSeconds } from '../../base.ts'
import type { WaitingOperation } from '../../use-cases/works/accounts/passkey-operations.ts'
import { openTable, type TableShape } from '../table.ts'

/** An account on the ledger that one passkey of a person moves. `x` and `y`: the passkey's P-256 public key, `0x…`. */
export type PersonAccountRow = {
  /** In lower case. */
  account: string
  personId: string
  passkeyId: string
  x: string
  y: string
  openedAt: UnixSeconds
  /** When the ledger first had its contract; null before. */
  deployedAt: UnixSeconds | null
}

/** A withdrawal that somebody began, until it is sent or its time is over. `operation`: what a passkey has to sign; null where none has to. */
export type WithdrawalRow = {
  withdrawalId: string
  personId: string
  account: string
  recipient: string
  token: string
  amount: string
  calls: { to: string; data: string }[]
  operation: WaitingOperation | null
  expiresAt: UnixSeconds
}

/** The schema of these tables. */
export const accountTables = `
CREATE TABLE person_accounts (
  account TEXT PRIMARY KEY, person_id TEXT NOT NULL, passkey_id TEXT NOT NULL UNIQUE, x TEXT NOT NULL, y TEXT NOT NULL, opened_at INTEGER NOT NULL,
  deployed_at INTEGER
) STRICT;
CREATE INDEX person_accounts_by_person ON person_accounts (person_id);

CREATE TABLE withdrawals (
  withdrawal_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, account TEXT NOT NULL, recipient TEXT NOT NULL, token TEXT NOT NULL, amount TEXT NOT NULL,
  calls TEXT NOT NULL, operation TEXT, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX withdrawals_by_end ON withdrawals (expires_at);

CREATE TABLE dispute_texts (hash TEXT PRIMARY KEY, text TEXT NOT NULL, written_at INTEGER NOT NULL) STRICT;
`

const personAccounts: TableShape<PersonAccountRow> = {
  name: 'person_accounts',
  thing: 'account',
  key: 'account',
  columns: {
    account: 'text',
    personId: 'text',
    passkeyId: 'text',
    x: 'text',
    y: 'text',
    openedAt: 'integer',
    deployedAt: 'integer',
  },
}
const withdrawals: TableShape<WithdrawalRow> = {
  name: 'withdrawals',
  thing: 'withdrawal',
  key: 'withdrawalId',
  columns: {
    withdrawalId: 'text',
    personId: 'text',
    account: 'text',
    recipient: 'text',
    token: 'text',
    amount: 'text',
    calls: 'json',
    operation: 'json',
    expiresAt: 'integer',
  },
}
/** What was written about a dispute; `hash`, its SHA-256, stands on the ledger. */
export type DisputeTextRow = { hash: string; text: string; writtenAt: UnixSeconds }
const disputeTexts: TableShape<DisputeTextRow> = {
  name: 'dispute_texts',
  thing: 'dispute',
  key: 'hash',
  columns: { hash: 'text', text: 'text', writtenAt: 'integer' },
}

/** Accounts of persons, withdrawals that were begun, and what was written about disputes, over one database. */
export const openAccountTables = (db: DatabaseSync) => ({
  personAccounts: openTable(db, personAccounts),
  withdrawals: openTable(db, withdrawals),
  disputeTexts: openTable(db, disputeTexts),
})
