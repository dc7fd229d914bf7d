import { createHash } from 'node:crypto'
import { buildMerkleTree } from '@guildhall/credentials'

/** A receipt as it is published: a line of JSON. `class` and `teacher` are HMACs under the using base's secret, all zero for none. */
export type Receipt = { baseId: number; workId: number; day: number; class: string; teacher: string }
/** What a batch says of itself on the ledger, as far as its receipts must agree with it. */
export type ToldBatch = {
  baseId: number
  root: string
  fromDay: number
  toDay: number
  size: number
  lines: readonly { workId: number; uses: number }[]
}

/** Why receipts are not those of their batch. */
export type ReceiptFault =
  | 'RECEIPTS_UNREADABLE'
  | 'RECEIPTS_ANOTHER_COUNT'
  | 'RECEIPTS_ANOTHER_ROOT'
  | 'RECEIPT_OUT_OF_PLACE'
  | 'RECEIPT_TWICE'

/** The receipts of a batch as JSON lines, in the order of its tree. */
export function writeReceipts(receipts: readonly Receipt[]): string {
  return receipts
    .map(({ baseId, workId, day, class: group, teacher }) => `${JSON.stringify({ baseId, workId, day, class: group, teacher })}\n`)
    .join('')
}

/** The root of the Merkle tree over receipts (RFC 9162 §2.1.1), `0x…`. A leaf is SHA-256 of a zero byte and the receipt's bytes, as the contract makes it. */
export function rootOf(receipts: readonly Receipt[]): string {
  return `0x${Buffer.from(buildMerkleTree(receipts.map(leafOf)).root).toString('hex')}`
}

/** Reads receipts that another base published; undefined unless every line is one. At most as many as the ledger says. */
export function parseReceipts(bytes: Uint8Array, most: number): Receipt[] | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (!text.endsWith('\n')) return undefined
  const receipts = text
    .slice(0, -1)
    .split('\n', most + 1)
    .map(parseLine)
  return receipts.every((one) => one !== undefined) ? receipts : undefined
}

/** Holds receipts against what the ledger has of their batch; undefined when they are what it says. */
export function findFault(receipts: readonly Receipt[] | undefined, batch: ToldBatch): ReceiptFault | undefined {
  if (receipts === undefined) return 'RECEIPTS_UNREADABLE'
  if (receipts.length !== batch.size) return 'RECEIPTS_ANOTHER_COUNT'
  if (rootOf(receipts) !== batch.root) return 'RECEIPTS_ANOTHER_ROOT'
  const works = batch.lines.flatMap(({ workId, uses }) => Array.from({ length: Math.min(uses, batch.size) }, () => workId))
  const isOutOfPlace = ({ baseId, workId, day }: Receipt, index: number) =>
    baseId !== batch.baseId || workId !== works[index] || day < batch.fromDay || day > batch.toDay
  if (receipts.some(isOutOfPlace)) return 'RECEIPT_OUT_OF_PLACE'
  const ids = new Set(receipts.map(({ workId, day, class: group }) => `${workId}/${day}/${group}`))
  return ids.size === receipts.length ? undefined : 'RECEIPT_TWICE'
}

function leafOf({ baseId, workId, day, class: group, teacher }: Receipt): Uint8Array {
  const numbers = Buffer.alloc(13)
  numbers.writeUInt32BE(baseId, 1)
  numbers.writeUInt32BE(workId, 5)
  numbers.writeUInt32BE(day, 9)
  return createHash('sha256')
    .update(numbers)
    .update(Buffer.from(group.slice(2), 'hex'))
    .update(Buffer.from(teacher.slice(2), 'hex'))
    .digest()
}

function parseLine(line: string): Receipt | undefined {
  // The longest line that a base writes is shorter: nothing else is worth reading.
  if (line.length > 300) return undefined
  try {
    const { baseId, workId, day, class: group, teacher, ...rest } = JSON.parse(line) as Record<string, unknown>
    if (!isUint32(baseId) || !isUint32(workId) || !isUint32(day) || !isDigest(group) || !isDigest(teacher)) return undefined
    return Object.keys(rest).length === 0 ? { baseId, workId, day, class: group, teacher } : undefined
  } catch {
    return undefined
  }
}

const isUint32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff && !Object.is(value, -0)
const isDigest = (value: unknown): value is string => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)
