import { createHmac } from 'node:crypto'
import { LedgerError } from '../errors.ts'

/**
 * The journal's codec, pure: bytes in, records out.
 *
 * A segment is `segment, (block, sealed)*` and then zeros up to a whole number of chunks, so that a cut file is noticed. A record is
 * `magic(4) type(1) length(4) headTag(8) bodyTag(16) body(length)`, big-endian. Tags are HMAC-SHA-256 under the folder's own salt, cut short:
 * the head's over (segment, offset, type, length), the body's over (tag before, type, body), so that records can be neither changed, dropped nor
 * reordered, and a transaction's bytes can never look like a record.
 */
export type JournalRecord =
  | { readonly type: 'segment'; readonly firstBlock: number; readonly parentHash: string }
  | { readonly type: 'block'; readonly number: number; readonly timestamp: number; readonly transactions: readonly string[] }
  | { readonly type: 'sealed'; readonly number: number; readonly hash: string }

/** Where a record is written: the folder's salt (16 bytes), the segment's first block, the offset in bytes, and the tag of the record before. */
export interface JournalPosition {
  readonly salt: Uint8Array
  readonly segment: number
  readonly offset: number
  readonly previousTag: Uint8Array
}

/** What a segment holds: its records, where the next one goes, the last tag, and how many bytes of a torn last record were left out. */
export interface DecodedSegment {
  readonly records: readonly JournalRecord[]
  readonly position: JournalPosition
  readonly tornBytes: number
}

/** Segments grow by whole chunks of this many bytes. */
export const JOURNAL_CHUNK_BYTES = 1_048_576
/** Tag in front of a segment's first record. */
export const EMPTY_TAG = new Uint8Array(16)

const MAGIC = 0x47484a31
const HEAD_BYTES = 33
const ZEROS = Buffer.alloc(4_096)
const types = { segment: 1, block: 2, sealed: 3 } as const

/** The bytes of one record at its position, and the position after it. */
export function encodeRecord(record: JournalRecord, position: JournalPosition): { bytes: Buffer; next: JournalPosition } {
  const body = encodeBody(record)
  const type = types[record.type]
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(MAGIC, 0)
  head.writeUInt8(type, 4)
  head.writeUInt32BE(body.length, 5)
  headTag(position, type, body.length).copy(head, 9)
  const tag = bodyTag(position, type, body)
  tag.copy(head, 17)
  const bytes = Buffer.concat([head, body])
  return { bytes, next: { ...position, offset: position.offset + bytes.length, previousTag: tag } }
}

/**
 * Reads a whole segment file.
 * @throws LedgerError LEDGER_JOURNAL_DAMAGED when it was cut, changed in the middle, or holds records out of order. A torn last record, which
 * cannot have been acknowledged, is left out and counted in `tornBytes`.
 */
export function decodeSegment(bytes: Buffer, start: Pick<JournalPosition, 'salt' | 'segment'>): DecodedSegment {
  if (bytes.length === 0 || bytes.length % JOURNAL_CHUNK_BYTES !== 0)
    throw damaged(start.segment, bytes.length, 'its length is not a whole number of chunks')
  const records: JournalRecord[] = []
  let position: JournalPosition = { ...start, offset: 0, previousTag: EMPTY_TAG }
  const end = lastNonZero(bytes) + 1
  while (position.offset < end) {
    const found = decodeRecord(bytes, position)
    if (found === undefined) return torn(bytes, { records, position, end })
    const reason = findDisorder(records.at(-1), found.record, start.segment)
    if (reason !== undefined) throw damaged(start.segment, position.offset, reason)
    records.push(found.record)
    position = found.next
  }
  if (records.length === 0) throw damaged(start.segment, 0, 'it is empty')
  return { records, position, tornBytes: 0 }
}

function torn(bytes: Buffer, state: { records: JournalRecord[]; position: JournalPosition; end: number }): DecodedSegment {
  const { records, position, end } = state
  if (records.length === 0) throw damaged(position.segment, 0, 'its first record is not readable')
  if (hasRecordAfter(bytes, position)) throw damaged(position.segment, position.offset, 'a record is not readable although later ones are')
  return { records, position, tornBytes: end - position.offset }
}

function decodeRecord(bytes: Buffer, position: JournalPosition): { record: JournalRecord; next: JournalPosition } | undefined {
  const head = readHead(bytes, position)
  if (head === undefined) return undefined
  const from = position.offset + HEAD_BYTES
  const body = bytes.subarray(from, from + head.length)
  const tag = bytes.subarray(position.offset + 17, from)
  if (!bodyTag(position, head.type, body).equals(tag)) return undefined
  const record = decodeBody(head.type, body)
  if (record === undefined) return undefined
  return { record, next: { ...position, offset: from + head.length, previousTag: tag } }
}

function readHead(bytes: Buffer, position: JournalPosition): { type: number; length: number } | undefined {
  const { offset } = position
  if (offset + HEAD_BYTES > bytes.length || bytes.readUInt32BE(offset) !== MAGIC) return undefined
  const type = bytes.readUInt8(offset + 4)
  const length = bytes.readUInt32BE(offset + 5)
  if (offset + HEAD_BYTES + length > bytes.length) return undefined
  return headTag(position, type, length).equals(bytes.subarray(offset + 9, offset + 17)) ? { type, length } : undefined
}

/** A complete head further on proves that the unreadable record was not the last one. */
function hasRecordAfter(bytes: Buffer, position: JournalPosition): boolean {
  const magic = Buffer.alloc(4)
  magic.writeUInt32BE(MAGIC)
  for (let offset = bytes.indexOf(magic, position.offset + 1); offset >= 0; offset = bytes.indexOf(magic, offset + 1)) {
    if (readHead(bytes, { ...position, offset }) !== undefined) return true
  }
  return false
}

function findDisorder(before: JournalRecord | undefined, record: JournalRecord, segment: number): string | undefined {
  if (before === undefined) {
    return record.type === 'segment' && record.firstBlock === segment ? undefined : 'it does not begin with its own head'
  }
  if (record.type === 'segment') return 'a second head follows'
  const expected = before.type === 'segment' ? before.firstBlock : before.type === 'sealed' ? before.number + 1 : before.number
  const kind = before.type === 'block' ? 'sealed' : 'block'
  return record.type === kind && record.number === expected ? undefined : `${kind} ${expected} is missing`
}

function encodeBody(record: JournalRecord): Buffer {
  if (record.type === 'block') {
    const head = Buffer.alloc(16)
    head.writeUInt32BE(record.number, 0)
    head.writeBigUInt64BE(BigInt(record.timestamp), 4)
    head.writeUInt32BE(record.transactions.length, 12)
    return Buffer.concat([head, ...record.transactions.flatMap(encodeTransaction)])
  }
  const head = Buffer.alloc(4)
  head.writeUInt32BE(record.type === 'segment' ? record.firstBlock : record.number)
  return Buffer.concat([head, fromHex(record.type === 'segment' ? record.parentHash : record.hash)])
}

function encodeTransaction(transaction: string): Buffer[] {
  const raw = fromHex(transaction)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(raw.length)
  return [length, raw]
}

function decodeBody(type: number, body: Buffer): JournalRecord | undefined {
  if (type === types.block) return decodeBlock(body)
  if (body.length !== 36) return undefined
  const number = body.readUInt32BE(0)
  const hash = toHex(body.subarray(4))
  if (type === types.segment) return { type: 'segment', firstBlock: number, parentHash: hash }
  return type === types.sealed ? { type: 'sealed', number, hash } : undefined
}

function decodeBlock(body: Buffer): JournalRecord | undefined {
  if (body.length < 16) return undefined
  const transactions: string[] = []
  let offset = 16
  for (let left = body.readUInt32BE(12); left > 0; left -= 1) {
    if (offset + 4 > body.length) return undefined
    const length = body.readUInt32BE(offset)
    if (offset + 4 + length > body.length) return undefined
    transactions.push(toHex(body.subarray(offset + 4, offset + 4 + length)))
    offset += 4 + length
  }
  if (offset !== body.length) return undefined
  return { type: 'block', number: body.readUInt32BE(0), timestamp: Number(body.readBigUInt64BE(4)), transactions }
}

function headTag(position: JournalPosition, type: number, length: number): Buffer {
  const input = Buffer.alloc(17)
  input.writeUInt32BE(position.segment, 0)
  input.writeBigUInt64BE(BigInt(position.offset), 4)
  input.writeUInt8(type, 12)
  input.writeUInt32BE(length, 13)
  return createHmac('sha256', position.salt).update(input).digest().subarray(0, 8)
}

function bodyTag(position: JournalPosition, type: number, body: Uint8Array): Buffer {
  return createHmac('sha256', position.salt).update(position.previousTag).update(Uint8Array.of(type)).update(body).digest().subarray(0, 16)
}

function lastNonZero(bytes: Buffer): number {
  let end = bytes.length
  while (end >= ZEROS.length && bytes.subarray(end - ZEROS.length, end).equals(ZEROS)) end -= ZEROS.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return end - 1
}

const fromHex = (hex: string) => Buffer.from(hex.slice(2), 'hex')
const toHex = (bytes: Buffer) => `0x${bytes.toString('hex')}`

function damaged(segment: number, offset: number, reason: string): LedgerError {
  return new LedgerError(
    'LEDGER_JOURNAL_DAMAGED',
    `The ledger's journal from block ${segment} is damaged at byte ${offset}: ${reason}. Nothing was changed; restore the data folder from a backup.`,
  )
}
