import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Base } from '../../base.ts'
import type { Config } from '../../config.ts'
import { openAudit } from '../../records/audit.ts'
import { openBaseKeys } from '../../records/base-keys.ts'
import { createTransaction, openDatabase } from '../../records/database.ts'
import { openRecords } from '../../records/records.ts'
import { namedBase } from '../../use-cases/base/name-network.ts'
import { createLog } from '../log.ts'
import { assertClock } from './check-clock.ts'
import { holdDataFolder } from './hold-data-folder.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createLifecycle } from './lifecycle.ts'

/** The parts of a base that need nothing but its data folder. */
export type LocalParts = Pick<Base, 'db' | 'transaction' | 'records' | 'audit' | 'clock' | 'random' | 'log' | 'keys' | 'config'>

/** The clock of the machine. */
const machineClock: Base['clock'] = { now: () => Math.floor(Date.now() / 1000), nowMs: () => Date.now() }
/** The randomness of the operating system. */
const machineRandom: Base['random'] = { bytes: (length) => new Uint8Array(randomBytes(length)), uuid: () => randomUUID() }

/**
 * Takes the data folder and opens what is in it.
 * @throws DATA_IN_USE, DISK_FULL, KEY_WRONG, DATA_TOO_NEW, CLOCK_WRONG
 */
export const openLocal = (config: Config, origin: string): { parts: LocalParts; lifecycle: Lifecycle } => {
  const release = holdDataFolder(config.dataDir)
  try {
    const log = createLog({ dataDir: config.dataDir, level: config.logLevel })
    const lifecycle = createLifecycle(log)
    lifecycle.add('data folder', release)
    lifecycle.add('log', () => log.close())
    const keys = openBaseKeys({ dataDir: config.dataDir, passphrase: config.keyPassphrase, random: machineRandom })
    const db = openDatabase(join(config.dataDir, 'base.db'))
    lifecycle.add('database', () => db.close())
    assertClock(machineClock.now(), findLastTime(db))
    const { dataDir, timeZone, networkName, baseName, anchorSeconds } = config
    const parts: LocalParts = {
      db,
      transaction: createTransaction(db),
      records: openRecords(db, { keys, clock: machineClock, random: machineRandom }),
      audit: openAudit(db, machineClock),
      clock: machineClock,
      random: machineRandom,
      log,
      keys,
      config: { dataDir, origin, timeZone, networkName, baseName, anchorSeconds },
    }
    parts.config.baseName = namedBase(parts, baseName)
    return { parts, lifecycle }
  } catch (cause) {
    release()
    throw cause
  }
}

const findLastTime = (db: Base['db']): number | undefined => {
  const at = db.prepare('SELECT max(at) AS at FROM audit').get()?.['at']
  return at === null || at === undefined ? undefined : Number(at)
}
