import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll } from '../queries/select.ts'

/** A payment to a work. `amount` is in the token's smallest unit; `token` is the zero address for the ledger's own coin. */
export interface IndexedPayment extends LedgerPlace {
  workId: number
  token: string
  payer: string
  epoch: number
  amount: bigint
  cause: PaymentCause
}

/** What a payment was for: a licence or a settlement of usage by its number, anything else as its 32 bytes. */
export type PaymentCause = { kind: 'licence' | 'usage'; number: number } | { kind: 'other'; cause: string }

/** Money that reached a work from one made from it. */
export interface IndexedArrival extends LedgerPlace {
  parentId: number
  workId: number
  token: string
  parentEpoch: number
  amount: bigint
}

/** Money that a contributor was paid out. */
export interface IndexedWithdrawal extends LedgerPlace {
  workId: number
  token: string
  account: string
  epoch: number
  recipient: string
  amount: bigint
}

/** How much of an account's money has been shared out by then. */
export interface IndexedFlow extends LedgerPlace {
  workId: number
  token: string
  epoch: number
  flowed: bigint
}

/** Money made against a deposit, or taken back against a payout. `receipt` is the bank's, hashed. */
export interface IndexedBankEntry extends LedgerPlace {
  account: string
  receipt: string
  amount: bigint
}

/** Payments to a work, in order. */
export function listPayments(db: DatabaseSync, workId: number): IndexedPayment[] {
  const sql = `SELECT ${PLACE}, work_id AS workId, token, payer, epoch, amount, cause FROM index_payments WHERE work_id = ? ${IN_ORDER}`
  return exact<IndexedPayment>(db, sql, workId).map((row) => ({ ...row, cause: readCause(String(row.cause)) }))
}

/** What reached a work from those made from it, in order. */
export function listArrivals(db: DatabaseSync, parentId: number): IndexedArrival[] {
  const sql = `SELECT ${PLACE}, parent_id AS parentId, work_id AS workId, token, parent_epoch AS parentEpoch, amount FROM index_arrivals
    WHERE parent_id = ? ${IN_ORDER}`
  return exact(db, sql, parentId)
}

/** How a work's money was shared out, in order. */
export function listFlows(db: DatabaseSync, workId: number): IndexedFlow[] {
  const sql = `SELECT ${PLACE}, work_id AS workId, token, epoch, flowed AS amount FROM index_flows WHERE work_id = ? ${IN_ORDER}`
  return exact<Omit<IndexedFlow, 'flowed'> & { amount: bigint }>(db, sql, workId).map(({ amount, ...flow }) => ({
    ...flow,
    flowed: amount,
  }))
}

/** What an account was paid out, in order. */
export function listWithdrawals(db: DatabaseSync, account: string): IndexedWithdrawal[] {
  const sql = `SELECT ${PLACE}, work_id AS workId, token, account, epoch, recipient, amount FROM index_withdrawals WHERE account = ? ${IN_ORDER}`
  return exact(db, sql, account.toLowerCase())
}

/** All that arrived at a work in a token: paid to it and flowed to it. */
export function sumReceived(db: DatabaseSync, workId: number, token: string): bigint {
  const isToken = (row: { token: string }) => row.token === token.toLowerCase()
  const rows = [...listPayments(db, workId).filter(isToken), ...listArrivals(db, workId).filter(isToken)]
  return rows.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Money that was made against deposits, in order. */
export function listMints(db: DatabaseSync): IndexedBankEntry[] {
  return exact(db, `SELECT ${PLACE}, recipient AS account, deposit_receipt AS receipt, amount FROM index_mints ${IN_ORDER}`)
}

/** Money that was taken back against payouts, in order. */
export function listRedemptions(db: DatabaseSync): IndexedBankEntry[] {
  return exact(db, `SELECT ${PLACE}, holder AS account, payout_receipt AS receipt, amount FROM index_redemptions ${IN_ORDER}`)
}

/** What an account has of the settlement token, in fen. */
export function findBalance(db: DatabaseSync, account: string): bigint {
  const sum = (column: string) =>
    exact<{ amount: bigint }>(db, `SELECT amount FROM index_transfers WHERE ${column} = ?`, account.toLowerCase()).reduce(
      (total, { amount }) => total + amount,
      0n,
    )
  return sum('recipient') - sum('sender')
}

const IN_ORDER = 'ORDER BY block, log_index'

/** Rows whose `amount` is decimal text in the table and a bigint here. */
function exact<Shape extends { amount: bigint }>(db: DatabaseSync, sql: string, ...values: (string | number)[]): Shape[] {
  const rows = selectAll<Omit<Shape, 'amount'> & { amount: string }>(db, sql, ...values)
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }) as unknown as Shape)
}

/** Licences and UsageReceipts write their word in ASCII from the left and a number from the right. */
export function readCause(cause: string): PaymentCause {
  for (const kind of ['licence', 'usage'] as const) {
    const word = Buffer.from(kind).toString('hex')
    if (cause.startsWith(`0x${word}00`)) return { kind, number: Number(BigInt(`0x${cause.slice(2 + word.length)}`)) }
  }
  return { kind: 'other', cause }
}
