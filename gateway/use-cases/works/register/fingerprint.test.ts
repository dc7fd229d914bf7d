import fc from 'fast-check'
import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { compareFiles } from './find-duplicates.ts'
import { bitsApart, differenceHash, nearImageBits, nearTextBits, normaliseText, simhash } from './fingerprint.ts'
import { parseManifest, writeManifest } from './manifest.ts'
import { fingerprintBytes } from './read-content.ts'

const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_122)
const checked = { numRuns: 300, seed }
const word = fc.stringMatching(/^[a-z]{3,9}$/)
const character = fc.integer({ min: 0x4e00, max: 0x9f00 }).map((code) => String.fromCodePoint(code))
const english = fc.array(word, { minLength: 150, maxLength: 400 }).map((words) => words.join(' '))
const chinese = fc.array(character, { minLength: 150, maxLength: 400 }).map((characters) => characters.join(''))
const text = fc.oneof(english, chinese)
const bytesOf = (value: string) => new TextEncoder().encode(value)

describe('the fingerprint of a text', () => {
  test('does not hear case, width, spaces or punctuation', () => {
    fc.assert(
      fc.property(english, (words) => {
        const dressed = words.toUpperCase().replaceAll(' ', ' ,\n\t — ')
        const wide = [...words]
          .map((letter) => (letter === ' ' ? ' ' : String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)))
          .join('')
        expect([normaliseText(dressed), normaliseText(wide)]).toEqual([words, words])
      }),
      checked,
    )
  })

  test('stays near when a word is added, and is far from another text', () => {
    fc.assert(
      fc.property(text, text, word, (one, other, added) => {
        const [mine, more, theirs] = [simhash(one), simhash(`${one} ${added}`), simhash(other)]
        if (mine === null || more === null || theirs === null) throw new Error('the text is long enough')
        expect(bitsApart(mine, more)).toBeLessThanOrEqual(nearTextBits)
        expect(one === other || bitsApart(mine, theirs) > nearTextBits).toBe(true)
      }),
      checked,
    )
  })

  test('says nothing of a text that is short', () => {
    expect([simhash('a few words'), simhash('')]).toEqual([null, null])
  })

  test('is that of the words, whatever the file they are in', async () => {
    const words = 'Clamp the work, choose the tool, set the speed, and only then switch on the spindle of the lathe. '.repeat(3)
    const [plain, marked, page] = await Promise.all([
      fingerprintBytes(bytesOf(words), 'txt'),
      fingerprintBytes(bytesOf(`# ${words.replace('choose', '**choose**')}`), 'md'),
      fingerprintBytes(bytesOf(`<html><style>p{}</style><script>let x = 1</script><body><p>${words}</p></body></html>`), 'html'),
    ])
    expect(plain.text).toMatch(/^0x[0-9a-f]{64}$/)
    expect([marked, page]).toEqual([plain, plain])
    expect(await fingerprintBytes(pdfOf('Clamp the work'), 'pdf')).toEqual(await fingerprintBytes(bytesOf('Clamp the work'), 'txt'))
  })
})

/** A picture of smooth hills, so that it has tones to compare. */
const hills = fc.record({ x: fc.integer({ min: 3, max: 9 }), y: fc.integer({ min: 3, max: 9 }), at: fc.integer({ min: 0, max: 200 }) })
const draw = ({ x, y, at }: { x: number; y: number; at: number }, width: number, height: number) => {
  const data = Buffer.alloc(width * height * 4, 255)
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const tone = 127 + 60 * Math.sin((column / width) * x + at) + 60 * Math.cos((row / height) * y + (column / width) * 2 + at)
      data.fill(Math.round(tone), (row * width + column) * 4, (row * width + column) * 4 + 3)
    }
  return { width, height, data }
}
const asPng = (picture: ReturnType<typeof draw>) => {
  const png = new PNG({ width: picture.width, height: picture.height })
  png.data = picture.data
  return PNG.sync.write(png)
}

describe('the fingerprint of a picture', () => {
  test('stays near when it is made smaller and compressed as another format', async () => {
    await fc.assert(
      fc.asyncProperty(hills, async (hill) => {
        const { image: large } = await fingerprintBytes(asPng(draw(hill, 180, 120)), 'png')
        const { image: small } = await fingerprintBytes(jpeg.encode(draw(hill, 90, 60), 70).data, 'jpg')
        if (large === null || small === null) return
        expect(bitsApart(large, small)).toBeLessThanOrEqual(nearImageBits)
      }),
      { numRuns: 40, seed },
    )
  })

  test('says nothing of one tone, of a dot, nor of one that unpacks to more than is read', async () => {
    expect(differenceHash({ width: 40, height: 40, grey: new Uint8Array(1_600).fill(90) })).toBeNull()
    expect(differenceHash({ width: 2, height: 2, grey: new Uint8Array(4) })).toBeNull()
    const bomb = asPng(draw({ x: 3, y: 3, at: 1 }, 20, 20))
    bomb.writeUInt32BE(60_000, 16)
    bomb.writeUInt32BE(60_000, 20)
    expect((await fingerprintBytes(bomb, 'png')).image).toBeNull()
  })
})

describe('what is read', () => {
  test('may be anything under any name', async () => {
    const endings = fc.constantFrom('txt', 'md', 'html', 'pdf', 'jpg', 'png', 'svg', 'exe', '__proto__', 'constructor', '')
    const starts = fc.constantFrom([], [0xff, 0xd8, 0xff, 0xe0], [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10], [...bytesOf('%PDF-1.7\n')])
    await fc.assert(
      fc.asyncProperty(endings, starts, fc.uint8Array({ maxLength: 300 }), async (ending, start, tail) => {
        const { text: words, simhash: bits, image } = await fingerprintBytes(new Uint8Array([...start, ...tail]), ending)
        for (const value of [words, bits, image]) expect(value === null || /^0x[0-9a-f]+$/.test(value)).toBe(true)
      }),
      { numRuns: 200, seed },
    )
  })

  test('of a description is one, or nothing', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc.json().map(bytesOf),
      fc
        .record({ type: fc.constant('GuildhallWorkManifest'), format: fc.constant(1), files: fc.jsonValue() })
        .map((one) => bytesOf(JSON.stringify(one))),
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        expect(parseManifest(bytes)).toBeUndefined()
      }),
      { ...checked, numRuns: 1_000 },
    )
    const whole = {
      type: 'GuildhallWorkManifest' as const,
      format: 1 as const,
      kind: 'text' as const,
      title: { 'zh-CN': '题', en: 'Title' },
      summary: { 'zh-CN': '要', en: 'Summary' },
      languages: ['en'],
      files: [],
      cover: null,
      creators: [],
      terms: null,
    }
    expect(parseManifest(writeManifest(whole))).toEqual(whole)
    expect(parseManifest(bytesOf(JSON.stringify({ ...whole, more: 1 })))).toBeUndefined()
  })
})

describe('two files', () => {
  const nothing = { text: null, simhash: null, image: null }
  const file = (sha256: string, fingerprint: object) => ({ sha256, fingerprint: { ...nothing, ...fingerprint } })

  test('are like in the closest way there is, or not at all', () => {
    const one = file('0x1', { text: '0xa', simhash: '0x0000000000000000', image: '0x00000000000000ff' })
    expect(compareFiles(one, file('0x1', {}))).toEqual({ likeness: 'same-file', distance: 0 })
    expect(compareFiles(one, file('0x2', { text: '0xa' }))).toEqual({ likeness: 'same-text', distance: 0 })
    expect(compareFiles(one, file('0x2', { text: '0xb', simhash: '0x0000000000000007' }))).toEqual({ likeness: 'near-text', distance: 3 })
    expect(compareFiles(one, file('0x2', { image: '0x00000000000000fe' }))).toEqual({ likeness: 'near-image', distance: 1 })
    expect(compareFiles(one, file('0x2', { simhash: '0xffffffffffffffff', image: '0xffffffffffffff00' }))).toBeUndefined()
    expect(compareFiles(file('0x1', {}), file('0x2', {}))).toBeUndefined()
  })
})

/** The smallest PDF with one line of text (ISO 32000-2 §7.5). */
function pdfOf(line: string): Uint8Array {
  const content = `BT /F1 12 Tf 72 700 Td (${line}) Tj ET`
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ]
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('')
  return bytesOf(`%PDF-1.4\n${body}trailer<</Root 1 0 R/Size 6>>\n%%EOF`)
}
