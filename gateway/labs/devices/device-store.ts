import { createHash, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { AttestationMode } from '../labs.ts'

/** A device as it is kept. Times are UnixSeconds. */
export interface DeviceRecord {
  readonly deviceId: string
  readonly machineId: string
  readonly attestation: AttestationMode
  /** Multikey that its frames must be signed with: its own, or the base's gateway key. */
  readonly publicKeyMultibase: string
  readonly label: string
  readonly pairedAt: number
  readonly revokedAt: number | null
  /** Whether it has a broker account, and speaks as an OctoPrint there. */
  readonly login: 'frames' | 'octoprint' | 'none'
}

/** Devices and pairing codes in the base's database. Codes and passwords are kept as salted hashes only. */
export interface DeviceStore {
  add(device: DeviceRecord, password: string | null): void
  find(deviceId: string): DeviceRecord | undefined
  list(machineId?: string): DeviceRecord[]
  revoke(deviceId: string, at: number): void
  isPassword(deviceId: string, password: string): boolean
  addCode(code: string, pairing: { readonly machineId: string; readonly expiresAt: number }): void
  /** Whether a code could be used now. */
  isCode(code: string, now: number): boolean
  /** Uses a code up; undefined when it is wrong, used or expired. */
  takeCode(code: string, now: number): { readonly machineId: string } | undefined
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS labs_devices (
  deviceId TEXT PRIMARY KEY, machineId TEXT NOT NULL, attestation TEXT NOT NULL, publicKeyMultibase TEXT NOT NULL, label TEXT NOT NULL,
  pairedAt INTEGER NOT NULL, revokedAt INTEGER, login TEXT NOT NULL, passwordHash BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS labs_devices_machine ON labs_devices (machineId);
CREATE TABLE IF NOT EXISTS labs_pairing_codes (
  codeHash BLOB PRIMARY KEY, machineId TEXT NOT NULL, expiresAt INTEGER NOT NULL, usedAt INTEGER) WITHOUT ROWID;`

/** Both have 40 bits or more from a random source, so a plain hash is enough against a stolen database for their lifetimes. */
const hash = (context: string, secret: string): Uint8Array => createHash('sha256').update(`guildhall-labs ${context} ${secret}`).digest()

/** Opens the tables. */
export const openDeviceStore = (database: DatabaseSync): DeviceStore => {
  database.exec(SCHEMA)
  const insert = database.prepare('INSERT INTO labs_devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const columns = 'deviceId, machineId, attestation, publicKeyMultibase, label, pairedAt, revokedAt, login'
  const selectOne = database.prepare(`SELECT ${columns} FROM labs_devices WHERE deviceId = ?`)
  const selectAll = database.prepare(`SELECT ${columns} FROM labs_devices ORDER BY pairedAt, deviceId`)
  const selectPassword = database.prepare('SELECT passwordHash FROM labs_devices WHERE deviceId = ? AND revokedAt IS NULL')
  const setRevoked = database.prepare('UPDATE labs_devices SET revokedAt = ? WHERE deviceId = ? AND revokedAt IS NULL')
  const insertCode = database.prepare('INSERT INTO labs_pairing_codes VALUES (?, ?, ?, NULL)')
  const dropCodes = database.prepare('DELETE FROM labs_pairing_codes WHERE expiresAt <= ?')
  const selectCode = database.prepare('SELECT 1 FROM labs_pairing_codes WHERE codeHash = ? AND usedAt IS NULL AND expiresAt > ?')
  const useCode = database.prepare(
    'UPDATE labs_pairing_codes SET usedAt = ?2 WHERE codeHash = ?1 AND usedAt IS NULL AND expiresAt > ?2 RETURNING machineId',
  )
  const toRecord = (row: unknown): DeviceRecord => ({ ...(row as DeviceRecord) })
  return {
    add: (device, password) => {
      const { deviceId, machineId, attestation, publicKeyMultibase, label, pairedAt, revokedAt, login } = device
      const passwordHash = password === null ? null : hash(deviceId, password)
      insert.run(deviceId, machineId, attestation, publicKeyMultibase, label, pairedAt, revokedAt, login, passwordHash)
    },
    find: (deviceId) => {
      const row = selectOne.get(deviceId)
      return row && toRecord(row)
    },
    list: (machineId) =>
      selectAll
        .all()
        .map(toRecord)
        .filter((device) => machineId === undefined || device.machineId === machineId),
    revoke: (deviceId, at) => void setRevoked.run(at, deviceId),
    isPassword: (deviceId, password) => {
      const kept = selectPassword.get(deviceId)?.['passwordHash']
      return kept instanceof Uint8Array && timingSafeEqual(kept, hash(deviceId, password))
    },
    addCode: (code, { machineId, expiresAt }) => void insertCode.run(hash('code', code), machineId, expiresAt),
    isCode: (code, now) => selectCode.get(hash('code', code), now) !== undefined,
    takeCode: (code, now) => {
      dropCodes.run(now - 86_400)
      const row = useCode.get(hash('code', code), now)
      return row && { machineId: String(row['machineId']) }
    },
  }
}
