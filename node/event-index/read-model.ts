import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type ContractAddresses, decodeEvent } from '@guildhall/contracts'
import { NodeError } from '../errors.ts'
import { handlers } from './handlers.ts'
import type { LedgerBlock, LedgerLog } from './ledger-source.ts'
import { type Row, SCHEMA_VERSION, schemaStatements, type TableName, tables } from './tables.ts'

/** Besides blocks with events, this many recent ones are remembered: enough to find where a replaced branch began. */
const REMEMBERED_BLOCKS = 128

/** Which ledger and network a read model is of. */
export interface LedgerIdentity {
  chainId: number
  /** Hash of block 0. */
  genesisHash: string
  directory: string
}

/** How far the read model goes: everything up to this block, and nothing after it. `time` is UnixSeconds. */
export interface Checkpoint {
  block: number
  hash: string
  time: number
}

/** Logs of a range of blocks, decoded and put beside the time of their block. */
export interface RangeOfLogs {
  logs: readonly LedgerLog[]
  /** Hash and time of every block that has a log, by its number. */
  blocks: ReadonlyMap<number, { hash: string; time: number }>
  /** The last block of the range. */
  end: LedgerBlock
}

/** The tables that the queries read, and the only way to change them. Every change moves rows and checkpoint together. */
export interface ReadModel {
  /** Undefined before the first block. */
  checkpoint(): Checkpoint | undefined
  /** Adds the rows of a range and moves the checkpoint to its end; returns how many events there were. Throws `INDEX_EVENT_UNREADABLE`. */
  append(range: RangeOfLogs): number
  /** Drops all rows of blocks after this one, and moves the checkpoint back to it. */
  rollBack(to: Checkpoint | undefined): void
  /** Blocks whose hash is remembered, newest first, at or before `block`. */
  listBlocks(block: number, limit: number): Checkpoint[]
}

/** Makes the tables when they are missing, so that the queries can be asked before the ledger has answered. */
export function createIndexTables(db: DatabaseSync): void {
  inTransaction(db, () => {
    for (const statement of schemaStatements()) db.exec(statement)
  })
}

/**
 * Opens the read model in a database, making its tables. A model of an older schema is emptied, to be replayed.
 * Throws `INDEX_LEDGER_MISMATCH` when it was built from another ledger.
 */
export function openReadModel(db: DatabaseSync, identity: LedgerIdentity, addresses: ContractAddresses): ReadModel {
  createIndexTables(db)
  inTransaction(db, () => assertSameLedger(db, identity))
  const inserts = prepareInserts(db)
  const insertBlock = db.prepare('INSERT OR REPLACE INTO index_blocks (block, hash, time, has_events) VALUES (?, ?, ?, ?)')
  const forgetEmpty = db.prepare('DELETE FROM index_blocks WHERE has_events = 0 AND block < ?')
  const moveCheckpoint = ({ block, hash, time }: Checkpoint) =>
    db
      .prepare(
        'INSERT OR REPLACE INTO index_checkpoint (id, chain_id, genesis_hash, directory, block, hash, time, schema) VALUES (1, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(identity.chainId, identity.genesisHash, identity.directory.toLowerCase(), block, hash, time, SCHEMA_VERSION)
  return {
    checkpoint: () => readCheckpoint(db),
    append: ({ logs, blocks, end }) =>
      inTransaction(db, () => {
        let events = 0
        for (const log of logs) events += insertLog(log, blocks.get(log.blockNumber)?.time ?? end.time, { addresses, inserts })
        for (const [block, { hash, time }] of blocks) insertBlock.run(block, hash, time, 1)
        insertBlock.run(end.number, end.hash, end.time, Number(blocks.has(end.number)))
        moveCheckpoint({ block: end.number, hash: end.hash, time: end.time })
        forgetEmpty.run(end.number - REMEMBERED_BLOCKS)
        return events
      }),
    rollBack: (to) =>
      inTransaction(db, () => {
        for (const table of [...Object.keys(tables), 'index_blocks'])
          db.prepare(`DELETE FROM ${table} WHERE block > ?`).run(to?.block ?? -1)
        if (to === undefined) db.exec('DELETE FROM index_checkpoint')
        else moveCheckpoint(to)
      }),
    listBlocks: (block, limit) =>
      db
        .prepare('SELECT block, hash, time FROM index_blocks WHERE block <= ? ORDER BY block DESC LIMIT ?')
        .all(block, limit)
        .map(toCheckpoint),
  }
}

function insertLog(
  log: LedgerLog,
  time: number,
  { addresses, inserts }: { addresses: ContractAddresses; inserts: ReadonlyMap<TableName, StatementSync> },
): number {
  const event = decodeEvent(addresses, log)
  if (event === undefined) {
    const message = `Block ${log.blockNumber}, log ${log.logIndex}: ${log.address} emitted an event that this version does not know. Update this base.`
    throw new NodeError('INDEX_EVENT_UNREADABLE', message)
  }
  // The table of handlers is checked name by name; here the name is only known to belong to the arguments.
  const handle = handlers[`${event.contract}.${event.event}` as keyof typeof handlers] as (args: unknown) => Row[]
  for (const row of handle(event.args)) {
    const columns = Object.keys(tables[row.table])
    const values: Record<string, number | string> = row.values
    inserts
      .get(row.table)
      ?.run(log.blockNumber, log.logIndex, log.transactionHash, time, ...columns.map((column) => values[column] ?? null))
  }
  return 1
}

function prepareInserts(db: DatabaseSync): ReadonlyMap<TableName, StatementSync> {
  return new Map(
    (Object.keys(tables) as TableName[]).map((name) => {
      const columns = ['block', 'log_index', 'transaction_hash', 'time', ...Object.keys(tables[name]).map((column) => `"${column}"`)]
      return [name, db.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)]
    }),
  )
}

function assertSameLedger(db: DatabaseSync, identity: LedgerIdentity): void {
  const row = db.prepare('SELECT chain_id, genesis_hash, directory, schema FROM index_checkpoint').get()
  if (row === undefined) return
  const isSame =
    row['chain_id'] === identity.chainId &&
    row['genesis_hash'] === identity.genesisHash &&
    row['directory'] === identity.directory.toLowerCase()
  if (!isSame) {
    const message = `This base's records were read from the ledger ${row['chain_id']} (first block ${row['genesis_hash']}), but the ledger connected now is ${identity.chainId} (${identity.genesisHash}). Connect the former one, or use another data folder.`
    throw new NodeError('INDEX_LEDGER_MISMATCH', message)
  }
  if (row['schema'] === SCHEMA_VERSION) return
  for (const table of [...Object.keys(tables), 'index_blocks', 'index_checkpoint']) db.exec(`DROP TABLE IF EXISTS ${table}`)
  for (const statement of schemaStatements()) db.exec(statement)
}

/** How far the tables go by an earlier run, for a start without the ledger; undefined when they are of another network or an older schema. */
export function findStoredCheckpoint(db: DatabaseSync, directory: string): Checkpoint | undefined {
  const row = db.prepare('SELECT directory, schema FROM index_checkpoint').get()
  return row?.['directory'] === directory.toLowerCase() && row['schema'] === SCHEMA_VERSION ? readCheckpoint(db) : undefined
}

function readCheckpoint(db: DatabaseSync): Checkpoint | undefined {
  const row = db.prepare('SELECT block, hash, time FROM index_checkpoint').get()
  return row === undefined ? undefined : toCheckpoint(row)
}

function toCheckpoint(row: Record<string, unknown>): Checkpoint {
  return { block: Number(row['block']), hash: String(row['hash']), time: Number(row['time']) }
}

/** A savepoint, so that it works alone and inside a transaction of the caller. */
function inTransaction<T>(db: DatabaseSync, change: () => T): T {
  db.exec('SAVEPOINT event_index')
  try {
    const result = change()
    db.exec('RELEASE event_index')
    return result
  } catch (error) {
    db.exec('ROLLBACK TO event_index; RELEASE event_index')
    throw error
  }
}
