import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabsError } from '../errors.ts'
import { parseGcode } from './parse-gcode.ts'

const seed = Date.now() % 2 ** 31
console.log(`G-code: fast-check seed ${seed}`)
const runs = { numRuns: 1000, seed }

const facts = (...lines: string[]) => parseGcode(Buffer.from(lines.join('\n')))
const refusal = (text: string) =>
  parseGcode(Buffer.from(text, 'latin1')).then(
    () => 'taken',
    (error: LabsError) => error.params,
  )

describe('parseGcode', () => {
  it('adds up filament, path, layers, box and temperatures', async () => {
    const job = [
      'M104 S210 ; heat',
      'M190 S60',
      'G28',
      'M83',
      'G0 Z0.2 F600',
      'G1 X10 E1 F1200',
      'G1 Y10 E1.5',
      'G1 E-2 F1800',
      'G0 X0 Z0.4',
      'G1 E2',
      'G1 X10 E1',
    ]
    expect(await facts(...job)).toMatchObject({
      digest: `0x${createHash('sha256').update(job.join('\n')).digest('hex')}`,
      filamentMm: 3.5,
      retractedMm: 2,
      printMm: 30,
      layers: 2,
      maxNozzleCelsius: 210,
      maxBedCelsius: 60,
      boundingBox: { minimum: [0, 0, 0.2], maximum: [10, 10, 0.4] },
      unknownCommands: {},
    })
  })

  it('counts the same filament by relative and by absolute words, with G92 in between', async () => {
    const relative = await facts('M83', 'G1 X1 E1 F600', 'G1 X2 E1', 'G1 X3 E1')
    const absolute = await facts('M82', 'G1 X1 E1 F600', 'G92 E0', 'G1 X2 E1', 'G92 E5', 'G1 X3 E6')
    expect(absolute.filamentMm).toBe(relative.filamentMm)
  })

  it('does not count filament that was only drawn back and pushed again', async () => {
    expect((await facts('M83', 'G1 X1 E2 F600', 'G1 E-1', 'G1 E1', 'G1 E-1')).filamentMm).toBe(2)
  })

  it('follows arcs, inches, relative moves, flow and pauses', async () => {
    expect((await facts('M83', 'G0 X10 F600', 'G3 X0 Y10 I-10 J0 E1')).printMm).toBeCloseTo((Math.PI / 2) * 10, 6)
    expect((await facts('M83', 'G0 X10 F600', 'G2 X0 Y10 I-10 J0 E1')).printMm).toBeCloseTo(((3 * Math.PI) / 2) * 10, 6)
    expect((await facts('M83', 'G0 X10 F600', 'G3 X10 Y0 I-10 J0 E1')).printMm).toBeCloseTo(2 * Math.PI * 10, 6)
    expect((await facts('M83', 'G0 X10 F600', 'G3 X0 Y10 R10 E1')).printMm).toBeCloseTo((Math.PI / 2) * 10, 6)
    expect((await facts('M83', 'G0 X10 F600', 'G3 X0 Y10 R-10 E1')).printMm).toBeCloseTo(((3 * Math.PI) / 2) * 10, 6)
    expect((await facts('M83', 'G20', 'G1 X1 E1 F60')).filamentMm).toBeCloseTo(25.4, 9)
    expect((await facts('G91', 'G1 X1 E1 F600', 'G1 X1 E1')).printMm).toBe(2)
    expect((await facts('M83', 'M221 S50', 'G1 X1 E2 F600')).filamentMm).toBe(1)
    expect((await facts('G4 S2', 'G4 P500')).estimatedSeconds).toBe(2.5)
  })

  it('takes a plain printer the time that a trapezoid of speed takes', async () => {
    // 100 mm at 100 mm/s from and to 8 mm/s at 1,500 mm/s².
    expect((await facts('G1 X100 F6000')).estimatedSeconds).toBeCloseTo((2 * 92) / 1500 + (100 - (100 ** 2 - 8 ** 2) / 1500) / 100, 6)
  })

  it('checks line numbers and checksums, and counts what it does not know', async () => {
    const numbered = (number: number, text: string) => {
      const body = `N${number} ${text}`
      return `${body}*${[...body].reduce((sum, letter) => sum ^ letter.charCodeAt(0), 0)}`
    }
    expect(
      await facts(numbered(1, 'G28'), numbered(2, 'G1 X1 F600'), 'M862.6 P1', 'SET_PRESSURE_ADVANCE ADVANCE=0.05', 'M862.6 P1'),
    ).toMatchObject({
      unknownCommands: { 'M862.6': 2, SET_PRESSURE_ADVANCE: 1 },
    })
    expect(await refusal(`${numbered(1, 'G28').slice(0, -1)}7`)).toMatchObject({ line: 1, detail: 'a checksum that does not fit its line' })
    expect(await refusal(`${numbered(1, 'G28')}\n${numbered(3, 'G28')}`)).toMatchObject({
      line: 2,
      detail: 'line number 3 where 2 should follow',
    })
  })

  it.each([
    ['nothing', '', 1],
    ['only comments', '; hello\n(there)', 1],
    ['a program of another kind', 'MZ\u0090\u0000\u0003', 1],
    ['a page of the web', '<!doctype html>', 1],
    ['a line of endless length', `G1 X${'1'.repeat(3000)}`, 1],
    ['a move beyond all printers', 'G1 X99999999999 F600', 1],
    ['a far move', 'G28\nG1 X20000 F600', 2],
    ['a feed rate of nothing', 'G1 X1 F0', 1],
    ['a nozzle that would burn', 'M104 S900', 1],
    ['a pause of a year', 'G4 S31536000', 1],
    ['the same word twice', 'G1 X1 X2 F600', 1],
    ['an arc around nothing', 'G2 X1 Y1 F600', 1],
    ['a second tool', 'T1', 1],
    ['a comment that does not close', 'G1 (X1', 1],
    ['a kilometre of filament at once', 'M83\nG1 E1000000 F600', 2],
  ])('refuses %s and names the line', async (_, text, line) => {
    expect(await refusal(text)).toMatchObject({ line, detail: expect.any(String) })
  })

  it('refuses what is larger than its limits', async () => {
    const limits = { bytes: 100, lines: 3, layers: 2 }
    await expect(parseGcode(Buffer.from('G28\nG28\nG28\nG28\n'), limits)).rejects.toMatchObject({ params: { line: 4 } })
    await expect(parseGcode(Buffer.alloc(101, 'G28\n'), limits)).rejects.toMatchObject({ code: 'LABS_JOB_REFUSED' })
  })

  it('counts the same filament however a line is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), async (pieces) => {
        const total = pieces.reduce((sum, piece) => sum + piece, 0)
        const lines = pieces.map((piece) => `G1 X${piece / 100} E${piece / 1000}`)
        const cut = await facts('G91', 'M83', 'G1 F600', ...lines)
        expect(cut.filamentMm).toBeCloseTo(total / 1000, 9)
        expect(cut.printMm).toBeCloseTo(total / 100, 9)
      }),
      { ...runs, numRuns: 200 },
    )
  })

  it('answers anything with facts or one refusal', async () => {
    const words = fc.array(
      fc.constantFrom(
        'G0',
        'G1',
        'G2',
        'G92',
        'M82',
        'M83',
        'M104',
        'X1',
        'Y-2',
        'Z.5',
        'E',
        'E1',
        'F600',
        'I1',
        'J0',
        'R5',
        'N1',
        '*5',
        ';',
        '(',
        ')',
        'S-1',
        'T0',
        '%',
        '\u0000',
        '学',
      ),
      { maxLength: 8 },
    )
    const text = fc
      .array(
        words.map((line) => line.join(' ')),
        { maxLength: 12 },
      )
      .map((lines) => Buffer.from(lines.join('\n')))
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
        const result = await parseGcode(bytes).catch((error: unknown) => error)
        if (result instanceof Error) {
          expect(result).toBeInstanceOf(LabsError)
          expect(result).toMatchObject({ code: 'LABS_JOB_REFUSED', params: { line: expect.any(Number) } })
        } else expect(Object.values(result as object).some((value) => Number.isNaN(value))).toBe(false)
      }),
      runs,
    )
  })
})
