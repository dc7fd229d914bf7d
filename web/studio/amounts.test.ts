import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney, formatShare, parseMoney, parseShare, shareText, splitEqually, whole } from './amounts.ts'

describe('a share', () => {
  it('is read as it is written, to the last millionth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole }), (millionths) => {
        expect(parseShare(shareText(millionths))).toBe(millionths)
        expect(parseShare(formatShare(millionths))).toBe(millionths)
      }),
    )
  })

  it.each(['', '-1', '100.0001', '101', '1.23456', 'a', '1e2', '1.', '.5'])('is refused when it is typed as "%s"', (text) => {
    expect(parseShare(text)).toBeUndefined()
  })

  it('of equal ones adds up to the whole for any number of people', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (count) => {
        const shares = splitEqually(count)
        expect(shares).toHaveLength(count)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(whole)
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(count)
      }),
    )
  })
})

describe('an amount of money', () => {
  it('is read as it is written, however large it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (minor) => {
        expect(parseMoney(formatMoney(String(minor)))).toBe(String(minor))
      }),
    )
  })

  it('has thousands and two digits', () => {
    expect(['0', '5', '3240', '1234567890', '-5'].map(formatMoney)).toEqual(['0.00', '0.05', '32.40', '12,345,678.90', '−0.05'])
  })

  it.each(['', '1.234', '-1', '1e3', '.5', 'x'])('is refused when it is typed as "%s"', (text) => {
    expect(parseMoney(text)).toBeUndefined()
  })
})
