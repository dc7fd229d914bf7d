import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeSpreadsheet } from './spreadsheet.ts'

const columns = [['name', (row: { name: string }) => row.name] as const, ['count', () => -1] as const, ['nothing', () => null] as const]
const write = (name: string) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(writeSpreadsheet(columns, [{ name }]))

/** Reads RFC 4180 back, field by field. */
const read = (text: string): string[][] =>
  text
    .slice(1)
    .match(/(?:[^"\r\n]|"(?:[^"]|"")*")+\r\n/g)
    ?.map((line) =>
      [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) =>
        (quoted ?? bare ?? '').replaceAll('""', '"'),
      ),
    ) ?? []

describe('a spreadsheet', () => {
  test('begins with the byte order mark and the names of its columns, and keeps numbers as they are', () => {
    expect(write('王小明')).toBe('\uFEFFname,count,nothing\r\n王小明,-1,\r\n')
  })

  test('quotes what would break a row', () => {
    expect(write('a "b", c\r\nd')).toBe('\uFEFFname,count,nothing\r\n"a ""b"", c\r\nd",-1,\r\n')
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =cmd()', '＝1'])('does not let %j be run as a formula', (name) => {
    expect(read(write(name))[1]?.[0]).toBe(`'${name}`)
  })

  test('is read back as it was written, whatever the text, but for the apostrophe', () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    process.stdout.write(`spreadsheet: fast-check seed ${seed}\n`)
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[=,"\r\n@a-z+-]{0,12}$/)), (text) => {
        const name = text.toWellFormed()
        const [, [got] = []] = read(write(name))
        expect([name, `'${name}`]).toContain(got)
      }),
      { numRuns: 1_000, seed },
    )
  })
})
