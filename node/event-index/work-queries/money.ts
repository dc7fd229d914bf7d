import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from '../queries/select.ts'
import type { IndexedEpoch } from './works.ts'

/**
 * One thing that happened to the money of a work in one epoch. `paid`, `arrived` and `rerouted` change what was received, by `amount`, which is
 * below 0 where a ruling sent it away; `flowed` gives the whole sum that has flowed by then; `withdrawn` was paid out to `account`.
 */
export interface MoneyEvent extends LedgerPlace {
  kind: 'paid' | 'arrived' | 'rerouted' | 'flowed' | 'withdrawn'
  workId: number
  epoch: number
  amount: bigint
  /** Who paid, or whose withdrawal it was; empty for the others. */
  account: string
  /** What a payment was for, as 32 bytes; where a withdrawal went; empty for the others. */
  about: string
  /** The later work that an arrival came from; 0 for the others. */
  fromWork: number
}

/** Everything that happened to money of one token, in order: of all works, or of some. */
export function listMoneyEvents(db: DatabaseSync, { token, workIds }: { token: string; workIds?: readonly number[] }): MoneyEvent[] {
  const rows = selectAll<Omit<MoneyEvent, 'amount'> & { amount: string }>(db, EVENTS, token.toLowerCase(), setOf(workIds))
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }))
}

/** Lists of creators: all, or those that name one of the accounts; the works in order. */
export function listShares(db: DatabaseSync, accounts?: readonly string[]): (IndexedEpoch & { workId: number })[] {
  const named = accounts && JSON.stringify(accounts.map((account) => account.toLowerCase()))
  const sql = `SELECT ${PLACE}, work_id AS workId, epoch, own_share AS ownShare, contributors FROM index_work_epochs WHERE ?1 IS NULL
    OR EXISTS (SELECT 1 FROM json_each(contributors) AS one WHERE lower(json_extract(one.value, '$.account')) IN (SELECT value FROM json_each(?1)))
    ORDER BY work_id, epoch`
  const rows = selectAll<Omit<IndexedEpoch, 'contributors'> & { workId: number; contributors: string }>(db, sql, named ?? null)
  return rows.map((row) => ({ ...row, contributors: JSON.parse(row.contributors) }))
}

/** Who a licence is for, and how many uses a settlement of it paid for. */
export interface PaymentSource {
  licenceId: number
  /** 0 for an account that has it for itself. */
  baseId: number
  uses: number | undefined
}

/** What stands behind a payment for a licence. */
export function findLicenceSource(db: DatabaseSync, licenceId: number): PaymentSource | undefined {
  const row = selectOne<{ baseId: number }>(db, 'SELECT base_id AS baseId FROM index_licences WHERE licence_id = ?', licenceId)
  return row && { licenceId, baseId: row.baseId, uses: undefined }
}

/** What stands behind a settlement of uses: those that its licence's batches told since the settlement before it. */
export function findSettlementSource(db: DatabaseSync, settlement: number): PaymentSource | undefined {
  const at = selectOne<Place & { licenceId: number }>(
    db,
    'SELECT licence_id AS licenceId, block, log_index AS logIndex FROM index_usage_settlements WHERE settlement = ?',
    settlement,
  )
  const source = at && findLicenceSource(db, at.licenceId)
  if (at === undefined || source === undefined) return undefined
  const before = selectOne<Place>(db, SETTLED_BEFORE, at.licenceId, at.block, at.logIndex) ?? { block: -1, logIndex: 0 }
  const row = selectOne<{ uses: number }>(db, USES, at.licenceId, before.block, before.logIndex, at.block, at.logIndex)
  return { ...source, uses: row?.uses ?? 0 }
}

type Place = { block: number; logIndex: number }

/** Whether an account may make money against deposits. */
export function isMinter(db: DatabaseSync, account: string): boolean {
  const sql = 'SELECT is_allowed AS isAllowed FROM index_minters WHERE minter = ? ORDER BY block DESC, log_index DESC LIMIT 1'
  return selectOne<{ isAllowed: number }>(db, sql, account.toLowerCase())?.isAllowed === 1
}

/** How many parents each work ever had, those of before a ruling and after it together: the most that rounding can leave behind. */
export function countParents(db: DatabaseSync): Map<number, number> {
  const rows = selectAll<{ workId: number; parents: number }>(
    db,
    'SELECT work_id AS workId, count(*) AS parents FROM index_work_edges GROUP BY work_id',
  )
  return new Map(rows.map(({ workId, parents }) => [workId, parents]))
}

/** What an account of the ledger was sent of the settlement token, and what it sent, in fen. */
export function sumTransfers(db: DatabaseSync, account: string): { received: bigint; sent: bigint } {
  const sum = (column: string) =>
    selectAll<{ amount: string }>(db, `SELECT amount FROM index_transfers WHERE ${column} = ?`, account.toLowerCase()).reduce(
      (total, { amount }) => total + BigInt(amount),
      0n,
    )
  return { received: sum('recipient'), sent: sum('sender') }
}

const setOf = (numbers: readonly number[] | undefined): string | null => (numbers === undefined ? null : JSON.stringify(numbers))

const WHICH = (work = 'work_id') => `token = ?1 AND (?2 IS NULL OR ${work} IN (SELECT value FROM json_each(?2)))`
const EVENTS = `
SELECT ${PLACE}, 'paid' AS kind, work_id AS workId, epoch, amount, payer AS account, cause AS about, 0 AS fromWork FROM index_payments WHERE ${WHICH()}
UNION ALL SELECT ${PLACE}, 'arrived', parent_id, parent_epoch, amount, '', '', work_id FROM index_arrivals WHERE ${WHICH('parent_id')}
UNION ALL SELECT ${PLACE}, 'rerouted', work_id, from_epoch, '-' || amount, '', '', 0 FROM index_reroutes WHERE ${WHICH()}
UNION ALL SELECT ${PLACE}, 'rerouted', work_id, to_epoch, amount, '', '', 0 FROM index_reroutes WHERE ${WHICH()}
UNION ALL SELECT ${PLACE}, 'flowed', work_id, epoch, flowed, '', '', 0 FROM index_flows WHERE ${WHICH()}
UNION ALL SELECT ${PLACE}, 'withdrawn', work_id, epoch, amount, account, recipient, 0 FROM index_withdrawals WHERE ${WHICH()}
ORDER BY block, logIndex`

const SETTLED_BEFORE = `SELECT block, log_index AS logIndex FROM index_usage_settlements WHERE licence_id = ?1 AND (block, log_index) < (?2, ?3)
  ORDER BY block DESC, log_index DESC LIMIT 1`
const USES = `SELECT COALESCE(SUM(uses), 0) AS uses FROM index_usage_lines AS line
  WHERE licence_id = ?1 AND (block, log_index) > (?2, ?3) AND (block, log_index) < (?4, ?5)
  AND NOT EXISTS (SELECT 1 FROM index_usage_strikes AS struck WHERE struck.base_id = line.base_id AND struck.sequence = line.sequence)`
