import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRange } from './parse-range.ts'

describe('a Range header', () => {
  it('names a part that is there, its end included, or cut to the end of the file', () => {
    expect(parseRange('bytes=0-0', 10)).toEqual({ offset: 0, length: 1 })
    expect(parseRange('bytes=2-5', 10)).toEqual({ offset: 2, length: 4 })
    expect(parseRange('bytes=2-', 10)).toEqual({ offset: 2, length: 8 })
    expect(parseRange('bytes=2-99', 10)).toEqual({ offset: 2, length: 8 })
    expect(parseRange('bytes=-3', 10)).toEqual({ offset: 7, length: 3 })
    expect(parseRange('bytes=-99', 10)).toEqual({ offset: 0, length: 10 })
  })

  it('that begins behind the end is unsatisfiable', () => {
    expect([parseRange('bytes=10-', 10), parseRange('bytes=-0', 10), parseRange('bytes=0-', 0)]).toEqual(Array(3).fill('unsatisfiable'))
  })

  it('that is none, or several, is answered with the whole file', () => {
    for (const header of [null, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,4-5', 'lines=0-1', 'bytes=a-b', 'bytes=0x1-2'])
      expect(parseRange(header, 10)).toBe('whole')
  })

  it('never names anything outside the file, whatever it says', () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    console.info(`Range headers, seed ${seed}`)
    const digits = fc.oneof(fc.constant(''), fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String), fc.nat(30).map(String))
    const header = fc.oneof(
      fc.string(),
      fc.tuple(digits, digits).map(([a, b]) => `bytes=${a}-${b}`),
    )
    fc.assert(
      fc.property(header, fc.nat(40), (text, size) => {
        const part = parseRange(text, size)
        if (typeof part === 'string') return
        expect(part.offset >= 0 && part.length > 0 && part.offset + part.length <= size).toBe(true)
      }),
      { seed, numRuns: 2_000 },
    )
  })
})
