import { chmodSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GuildhallError } from '../../errors.ts'

/** Least room to start with: below it the ledger, the log and the database would soon fail one after another. */
const neededBytes = 64 * 1024 * 1024

/**
 * Takes a data folder for this process alone. The lock is the operating system's, on an SQLite file, so a kill -9 frees it.
 * @returns how to give it back
 * @throws DATA_IN_USE with the pid of the other process, DISK_FULL
 */
export const holdDataFolder = (dataDir: string): (() => void) => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  chmodSync(dataDir, 0o700)
  const { bavail, bsize } = statfsSync(dataDir)
  if (bavail * bsize < neededBytes) throw new GuildhallError('DISK_FULL', { freeBytes: bavail * bsize })
  const lock = new DatabaseSync(join(dataDir, 'lock.db'), { timeout: 300 })
  const pidFile = join(dataDir, 'base.pid')
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;')
  } catch {
    lock.close()
    throw new GuildhallError('DATA_IN_USE', { pid: readPid(pidFile) })
  }
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 })
  return () => lock.close()
}

/** How many bytes are free where the data folder is. */
export const freeBytes = (dataDir: string): number => {
  const { bavail, bsize } = statfsSync(dataDir)
  return bavail * bsize
}

const readPid = (file: string): number => {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || 0
  } catch {
    return 0
  }
}
