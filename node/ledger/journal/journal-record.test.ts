import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LedgerError } from '../errors.ts'
import { decodeSegment, EMPTY_TAG, encodeRecord, JOURNAL_CHUNK_BYTES, type JournalPosition, type JournalRecord } from './journal-record.ts'

const salt = new Uint8Array(16).fill(7)
const hash = (value: number) => `0x${value.toString(16).padStart(64, '0')}`
const RUNS = 1_000
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_122)
console.info(`journal property tests: seed ${seed}, ${RUNS} runs each`)

const transactions = fc.array(
  fc.uint8Array({ minLength: 1, maxLength: 120 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`),
  { maxLength: 5 },
)

/** Blocks as they are written: each with its hash, the last one perhaps without. */
const histories = fc
  .record({ blocks: fc.array(transactions, { minLength: 1, maxLength: 8 }), isLastSealed: fc.boolean() })
  .map(({ blocks, isLastSealed }) => {
    const records: JournalRecord[] = [{ type: 'segment', firstBlock: 5, parentHash: hash(4) }]
    for (const [index, list] of blocks.entries()) {
      records.push({ type: 'block', number: 5 + index, timestamp: 1_790_000_000 + index, transactions: list })
      if (isLastSealed || index < blocks.length - 1) records.push({ type: 'sealed', number: 5 + index, hash: hash(1_000 + index) })
    }
    return records
  })

function write(records: readonly JournalRecord[]): { bytes: Buffer; ends: number[] } {
  const bytes = Buffer.alloc(JOURNAL_CHUNK_BYTES)
  const ends: number[] = []
  let position: JournalPosition = { salt, segment: 5, offset: 0, previousTag: EMPTY_TAG }
  for (const record of records) {
    const encoded = encodeRecord(record, position)
    encoded.bytes.copy(bytes, position.offset)
    position = encoded.next
    ends.push(position.offset)
  }
  return { bytes, ends }
}

const read = (bytes: Buffer) => decodeSegment(bytes, { salt, segment: 5 })

function refusal(bytes: Buffer): string | undefined {
  try {
    read(bytes)
    return undefined
  } catch (error) {
    if (error instanceof LedgerError) return error.code
    throw error
  }
}

describe('a journal segment', () => {
  it('gives back the records that were written, and where the next one goes', () => {
    fc.assert(
      fc.property(histories, (records) => {
        const { bytes, ends } = write(records)
        const decoded = read(bytes)
        expect(decoded.records).toEqual(records)
        expect(decoded.position.offset).toBe(ends.at(-1))
        expect(decoded.tornBytes).toBe(0)
      }),
      { numRuns: RUNS, seed },
    )
  })

  it('leaves out a last record that was torn at any byte, and nothing else', () => {
    fc.assert(
      fc.property(histories, fc.double({ min: 0, max: 1, noNaN: true }), (records, place) => {
        const { bytes, ends } = write(records)
        const from = ends.at(-2) ?? 0
        const cut = from + Math.floor(place * ((ends.at(-1) ?? 0) - from))
        bytes.fill(0, cut)
        const decoded = read(bytes)
        // A record that only lacks zeros at its end is whole.
        expect([records.length, records.length - 1]).toContain(decoded.records.length)
        expect(decoded.records).toEqual(records.slice(0, decoded.records.length))
      }),
      { numRuns: RUNS, seed },
    )
  })

  it('never gives back anything else when one byte is changed: it refuses, or leaves out only the last record', () => {
    fc.assert(
      fc.property(
        histories,
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        (records, place, mask) => {
          const { bytes, ends } = write(records)
          const at = Math.floor(place * (ends.at(-1) ?? 1))
          bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at)
          const code = refusal(bytes)
          if (at < (ends.at(-2) ?? 0)) expect(code).toBe('LEDGER_JOURNAL_DAMAGED')
          else expect(code ?? read(bytes).records).toEqual(code === undefined ? records.slice(0, -1) : 'LEDGER_JOURNAL_DAMAGED')
        },
      ),
      { numRuns: RUNS, seed },
    )
  })

  it('refuses a file that was cut at any length', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: JOURNAL_CHUNK_BYTES - 1 }), (records, length) => {
        expect(refusal(write(records).bytes.subarray(0, length))).toBe('LEDGER_JOURNAL_DAMAGED')
      }),
      { numRuns: RUNS, seed },
    )
  })

  it('refuses any bytes that it did not write', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (start) => {
        const bytes = Buffer.alloc(JOURNAL_CHUNK_BYTES)
        Buffer.from(start).copy(bytes)
        expect(refusal(bytes)).toBe('LEDGER_JOURNAL_DAMAGED')
      }),
      { numRuns: RUNS, seed },
    )
  })

  it('refuses dropped, repeated and reordered records', () => {
    const records: JournalRecord[] = [
      { type: 'segment', firstBlock: 5, parentHash: hash(4) },
      { type: 'block', number: 5, timestamp: 1_790_000_000, transactions: ['0x01'] },
      { type: 'sealed', number: 5, hash: hash(5) },
      { type: 'block', number: 6, timestamp: 1_790_000_001, transactions: ['0x02'] },
      { type: 'sealed', number: 6, hash: hash(6) },
    ]
    const [head, block5, sealed5, block6, sealed6] = records as [JournalRecord, JournalRecord, JournalRecord, JournalRecord, JournalRecord]
    for (const wrong of [
      [block5, sealed5],
      [head, sealed5],
      [head, block5, block6],
      [head, block5, sealed6],
      [head, block6, sealed6],
      [head, block5, sealed5, block5, sealed5],
      [head, block5, sealed5, head, block6],
    ]) {
      expect(refusal(write(wrong).bytes)).toBe('LEDGER_JOURNAL_DAMAGED')
    }
  })

  it('does not read a segment written with another salt', () => {
    const { bytes } = write([{ type: 'segment', firstBlock: 5, parentHash: hash(4) }])
    expect(() => decodeSegment(bytes, { salt: new Uint8Array(16), segment: 5 })).toThrow(LedgerError)
  })
})
