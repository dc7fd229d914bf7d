import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFault, parseReceipts, type Receipt, rootOf, writeReceipts } from './receipts.ts'

const digest = (byte: string) => `0x${byte.repeat(32)}`
const receipt = (workId: number, group: string): Receipt => ({
  baseId: 2,
  workId,
  day: 20_000,
  class: digest(group),
  teacher: digest('ee'),
})
const receipts = [receipt(7, '01'), receipt(7, '02'), receipt(9, '01')]
const lines = [
  { workId: 7, uses: 2 },
  { workId: 9, uses: 1 },
]
const batchOf = (of: readonly Receipt[]) => ({ baseId: 2, root: rootOf(of), fromDay: 20_000, toDay: 20_000, size: of.length, lines })
const bytes = (text: string) => new TextEncoder().encode(text)

describe('published receipts', () => {
  it('are read as they were written, and found to be those of their batch', () => {
    const read = parseReceipts(bytes(writeReceipts(receipts)), 3)
    expect(read).toEqual(receipts)
    expect(findFault(read, batchOf(receipts))).toBe(undefined)
  })

  it('have the root that the contract expects: a zero byte before a leaf and a one before two nodes', () => {
    // SHA-256(0x00, 00000002, 00000007, 00004e20, 01 × 32, ee × 32), and the tree of three by hand.
    expect(rootOf([receipt(7, '01')])).toBe('0x636661957aa0b7002c7c447fc34926c41f6804373a9d9c3e58dcc0c6c7ba727b')
    expect(rootOf(receipts)).toBe('0x5c08f6ea9f41e693e085fdd91f28f43913537b320539237bd371f600438432f2')
  })

  it('are told apart from those of another batch, one fault from another', () => {
    const twice = [receipt(7, '01'), receipt(7, '01'), receipt(9, '01')]
    const moved = [receipt(7, '01'), receipt(9, '02'), receipt(9, '01')]
    expect(findFault(undefined, batchOf(receipts))).toBe('RECEIPTS_UNREADABLE')
    expect(findFault(receipts.slice(1), batchOf(receipts))).toBe('RECEIPTS_ANOTHER_COUNT')
    expect(findFault(receipts.toReversed(), batchOf(receipts))).toBe('RECEIPTS_ANOTHER_ROOT')
    expect(findFault(moved, batchOf(moved))).toBe('RECEIPT_OUT_OF_PLACE')
    expect(findFault(receipts, { ...batchOf(receipts), fromDay: 20_001, toDay: 20_001 })).toBe('RECEIPT_OUT_OF_PLACE')
    expect(findFault(twice, batchOf(twice))).toBe('RECEIPT_TWICE')
  })

  it('are not read when a line is none, has more in it, or the end is missing', () => {
    const whole = writeReceipts(receipts)
    for (const text of [
      '',
      '\n',
      whole.slice(0, -1),
      `${whole}{}\n`,
      whole.replace('"day"', '"more":1,"day"'),
      whole.replace('20000', '-1'),
    ])
      expect(parseReceipts(bytes(text), 10)).toBe(undefined)
    expect(parseReceipts(bytes(whole), 2)?.length).toBe(3)
  })

  it('are read or left, whatever another base has published', () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    console.info(`receipts, seed ${seed}`)
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.constantFrom<unknown>(digest('01'), '', null, {}, []),
      fc.string({ maxLength: 70 }),
    )
    const near = fc
      .dictionary(fc.constantFrom('baseId', 'workId', 'day', 'class', 'teacher', '__proto__'), value)
      .map((one) => `${JSON.stringify(one)}\n`)
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.array(fc.oneof(near, fc.constant(writeReceipts(receipts))), { maxLength: 4 }).map((all) => bytes(all.join(''))),
    )
    fc.assert(
      fc.property(hostile, fc.nat(6), (given, most) => {
        const read = parseReceipts(given, most)
        if (read !== undefined) expect(parseReceipts(bytes(writeReceipts(read)), read.length)).toEqual(read)
      }),
      { seed, numRuns: 2_000 },
    )
  })
})
