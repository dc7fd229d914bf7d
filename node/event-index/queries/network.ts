import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from './select.ts'

/** A version of a contract that the Directory lists. */
export interface IndexedContract extends LedgerPlace {
  name: string
  version: number
  target: string
}

/** A call of an operation of the timelock. `delay` is in seconds, `value` in wei as decimal text. */
export interface OperationCall {
  index: number
  target: string
  value: string
  data: string
}

/** An operation of the timelock. Times are UnixSeconds. */
export interface IndexedOperation {
  operationId: string
  scheduledAt: number
  readyAt: number
  executedAt: number | undefined
  cancelledAt: number | undefined
  calls: OperationCall[]
}

/** Every version of every contract, in order. */
export function listContracts(db: DatabaseSync): IndexedContract[] {
  return selectAll(db, `SELECT ${PLACE}, name, version, target FROM index_contracts ORDER BY block, log_index`)
}

/** Until when each contract is paused at `now`; a contract that is not paused is not listed. */
export function listPauses(db: DatabaseSync, now: number): { contract: string; until: number }[] {
  const sql = `SELECT contract, until FROM index_pauses AS mine WHERE until > ? AND NOT EXISTS (SELECT 1 FROM index_pauses AS late
    WHERE late.contract = mine.contract AND (late.block, late.log_index) > (mine.block, mine.log_index)) ORDER BY contract`
  return selectAll(db, sql, now)
}

/** Who may pause a contract in an emergency; undefined when nobody ever could. */
export function findGuardian(db: DatabaseSync): string | undefined {
  return selectOne<{ account: string }>(db, 'SELECT account FROM index_guardians ORDER BY block DESC, log_index DESC LIMIT 1')?.account
}

/** All operations that were scheduled, the newest first. */
export function listOperations(db: DatabaseSync): IndexedOperation[] {
  type CallRow = OperationCall & { operationId: string; scheduledAt: number; delay: number }
  const rows = selectAll<CallRow>(
    db,
    `SELECT operation_id AS operationId, call_index AS "index", target, value, data, delay, time AS scheduledAt
      FROM index_operation_calls ORDER BY block DESC, operation_id, call_index`,
  )
  const operations = new Map<string, IndexedOperation>()
  for (const { operationId, scheduledAt, delay, ...call } of rows) {
    const steps = { executedAt: findStep(db, operationId, 'executed'), cancelledAt: findStep(db, operationId, 'cancelled') }
    const operation = operations.get(operationId) ?? { operationId, scheduledAt, readyAt: scheduledAt + delay, ...steps, calls: [] }
    operation.calls.push(call)
    operations.set(operationId, operation)
  }
  return [...operations.values()]
}

/** How long the network's decisions wait from the second base on, in seconds; undefined before the timelock was read. */
export function findNetworkDelay(db: DatabaseSync): number | undefined {
  return selectOne<{ delay: number }>(db, 'SELECT delay FROM index_timelock_delays ORDER BY block DESC, log_index DESC LIMIT 1')?.delay
}

function findStep(db: DatabaseSync, operationId: string, step: string): number | undefined {
  const sql = 'SELECT MAX(time) AS time FROM index_operation_steps WHERE operation_id = ? AND step = ?'
  return selectOne<{ time: number | null }>(db, sql, operationId, step)?.time ?? undefined
}
