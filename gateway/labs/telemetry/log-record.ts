import { crc32 } from 'node:zlib'

/** One frame as it lies in the log: what the index needs stands before the frame, so that a start does not decode frames. */
export interface LogEntry {
  readonly deviceId: string
  readonly epoch: number
  readonly seq: number
  readonly receivedMs: number
  readonly readings: number
  readonly quarantined: number
  readonly frame: Uint8Array
}

/** An entry and how many bytes of the file it takes. */
export interface FoundEntry {
  readonly entry: LogEntry
  readonly size: number
}

/** `GHT1`: lets a reader tell a torn end from damage in the middle. */
const MAGIC = 0x47485431
const HEAD = 12
const BODY_HEAD = 34
const BODY_LIMIT = 32_768

/** Bytes of an entry: magic, length and CRC-32 of the body; then counts, time (ms, 48 bits), device (16 bytes), epoch, seq and the frame. */
export const encodeEntry = (entry: LogEntry): Buffer => {
  const size = BODY_HEAD + entry.frame.length
  const bytes = Buffer.alloc(HEAD + size)
  bytes.writeUInt32BE(MAGIC, 0)
  bytes.writeUInt32BE(size, 4)
  bytes.writeUInt8(1, 12)
  bytes.writeUInt8(entry.readings, 13)
  bytes.writeUInt8(entry.quarantined, 14)
  bytes.writeUIntBE(entry.receivedMs, 16, 6)
  bytes.write(entry.deviceId.replaceAll('-', ''), 22, 16, 'hex')
  bytes.writeUInt32BE(entry.epoch, 38)
  bytes.writeUInt32BE(entry.seq, 42)
  bytes.set(entry.frame, HEAD + BODY_HEAD)
  bytes.writeUInt32BE(crc32(bytes.subarray(HEAD)), 8)
  return bytes
}

/** The entry at an offset; undefined when no whole and sound entry begins there. */
export const readEntry = (bytes: Buffer, offset: number): FoundEntry | undefined => {
  if (offset + HEAD + BODY_HEAD > bytes.length || bytes.readUInt32BE(offset) !== MAGIC) return undefined
  const length = bytes.readUInt32BE(offset + 4)
  const end = offset + HEAD + length
  if (length < BODY_HEAD || length > BODY_LIMIT || end > bytes.length) return undefined
  const body = bytes.subarray(offset + HEAD, end)
  if (crc32(body) !== bytes.readUInt32BE(offset + 8) || body[0] !== 1) return undefined
  const entry = {
    deviceId: toUuid(body.toString('hex', 10, 26)),
    epoch: body.readUInt32BE(26),
    seq: body.readUInt32BE(30),
    receivedMs: body.readUIntBE(4, 6),
    readings: body.readUInt8(1),
    quarantined: body.readUInt8(2),
    frame: body.subarray(BODY_HEAD),
  }
  return { entry, size: HEAD + length }
}

const toUuid = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

/** Whether a sound entry begins anywhere after an offset: then what lies at the offset is damage, not a torn end. */
export const hasEntryAfter = (bytes: Buffer, offset: number): boolean => {
  const magic = Buffer.alloc(4)
  magic.writeUInt32BE(MAGIC)
  for (let at = bytes.indexOf(magic, offset + 1); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    if (readEntry(bytes, at)) return true
  }
  return false
}
