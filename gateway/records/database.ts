import { DatabaseSync } from 'node:sqlite'
import { GuildhallError } from '../errors.ts'
import { migrations } from './migrations/index.ts'

/** Runs `work` in one transaction: all of it or nothing. Synchronous; a transaction inside a transaction joins as a savepoint. */
export type Transaction = <T>(work: () => T) => T

/**
 * Opens a base's database and brings it to the newest schema.
 * WAL with synchronous=FULL: what was committed survives kill -9 and power loss. secure_delete: what is deleted is overwritten.
 * @param path file, or `:memory:` in tests
 * @throws DATA_TOO_NEW
 */
export const openDatabase = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;')
  migrate(db)
  return db
}

/** Makes the `transaction` of one database. */
export const createTransaction = (db: DatabaseSync): Transaction => {
  let depth = 0
  return (work) => {
    const name = `level_${depth}`
    db.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${name}`)
    depth += 1
    try {
      const result = work()
      if (result instanceof Promise) throw new TypeError('A transaction is synchronous: await before it or after it.')
      db.exec(depth === 1 ? 'COMMIT' : `RELEASE ${name}`)
      return result
    } catch (cause) {
      // SQLite may have rolled back by itself already, for example when the disk is full.
      if (db.isTransaction) db.exec(depth === 1 ? 'ROLLBACK' : `ROLLBACK TO ${name}; RELEASE ${name}`)
      throw cause
    } finally {
      depth -= 1
    }
  }
}

/** The version of the schema that a database has. */
export const schemaVersion = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)

const migrate = (db: DatabaseSync): void => {
  const found = schemaVersion(db)
  if (found > migrations.length) throw new GuildhallError('DATA_TOO_NEW', { found, known: migrations.length })
  for (let version = found; version < migrations.length; version += 1) {
    // One transaction a version: a kill between two versions leaves a whole older one.
    db.exec(`BEGIN IMMEDIATE; ${migrations[version]} PRAGMA user_version = ${version + 1}; COMMIT;`)
  }
}
