import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LedgerError } from '../errors.ts'

/** A process, told apart from a later one with the same id by when it started. */
export interface ProcessMark {
  readonly pid: number
  /** What the system says of its start; compared, never read. */
  readonly startedAt: string
}

/** Holds a data folder for this process until `release` or its end. */
export interface FolderLock {
  release(): void
}

/**
 * Takes the data folder for this process. The lock is the operating system's own on a file (through SQLite), so it ends with the process,
 * however that ends, and can never be stale.
 * @throws LedgerError LEDGER_FOLDER_IN_USE naming the process that has it.
 */
export function lockFolder(dataDir: string): FolderLock {
  const holder = join(dataDir, 'lock.json')
  const database = new DatabaseSync(join(dataDir, 'lock.db'))
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    const mark = findMark(holder)
    const who = mark === undefined ? 'Another process' : `Process ${mark.pid}`
    throw new LedgerError('LEDGER_FOLDER_IN_USE', `${who} is running a ledger on this data folder. Stop it first, or use another folder.`, {
      cause,
    })
  }
  const own = markProcess(process.pid)
  if (own !== undefined) writeFileSync(holder, JSON.stringify(own), { mode: 0o600 })
  return {
    release() {
      rmSync(holder, { force: true })
      database.close()
    },
  }
}

/** The mark of a running process, or undefined when there is none with this id. */
export function markProcess(pid: number): ProcessMark | undefined {
  try {
    if (process.platform === 'linux') {
      // proc(5): field 22 of stat is the start time in ticks since boot; the command (field 2) may hold spaces and brackets.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
      if (fields[0] === 'Z' || fields[19] === undefined) return undefined
      return { pid, startedAt: `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}` }
    }
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return started === '' ? undefined : { pid, startedAt: started }
  } catch {
    return undefined
  }
}

/** True while exactly this process runs (not a later one that was given its id). */
export function isRunning(mark: ProcessMark): boolean {
  return markProcess(mark.pid)?.startedAt === mark.startedAt
}

/** Reads a mark from a file, or undefined when it is missing or unreadable. */
export function findMark(path: string): ProcessMark | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined
    return typeof value.pid === 'number' && typeof value.startedAt === 'string' ? { pid: value.pid, startedAt: value.startedAt } : undefined
  } catch {
    return undefined
  }
}
