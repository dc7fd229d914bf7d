import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../verify/test-world.ts'
import { readLearningCode, writeLearningCode } from './learning-code.ts'
import { recognise } from './recognise.ts'

let world: World
const code = 'ABCDEFGHIJKLMNOPQRSTUVWX27'
beforeAll(async () => {
  world = await createWorld()
})

describe('recognise', () => {
  it('tells a token, JSON, a file with its receipt, and a token that a mail broke into lines', () => {
    const credential = { kind: 'credential', secured: world.jwt, receipt: undefined }
    expect(recognise(world.jwt)).toEqual(credential)
    expect(recognise(strToU8(`\n ${world.jwt}\n`))).toEqual(credential)
    expect(recognise(world.jwt.replace(/(.{76})/g, '$1\r\n'))).toEqual(credential)
    expect(recognise(JSON.stringify(world.dataIntegrity))).toEqual({ ...credential, secured: world.dataIntegrity })
    const file = JSON.stringify({ credential: world.dataIntegrity, receipt: world.receipt })
    expect(recognise(file)).toEqual({ ...credential, secured: world.dataIntegrity, receipt: world.receipt })
    expect(recognise(JSON.stringify(world.receipt))).toEqual({ kind: 'receipt', receipt: world.receipt })
  })

  it('tells presentations, links, learning codes, bundles and folders', () => {
    const presentation = { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiablePresentation'] }
    expect(recognise(JSON.stringify(presentation))).toEqual({ kind: 'presentation', secured: presentation })
    expect(recognise('https://example.org/c/1')).toEqual({ kind: 'link', url: 'https://example.org/c/1' })
    expect(recognise(`HTTPS://BASE.EXAMPLE/CODE/${code}`)).toEqual({
      kind: 'learning-code',
      learningCode: { origin: 'https://base.example', code },
    })
    expect(recognise(zipSync({ 'manifest.json': strToU8('{}') })).kind).toBe('bundle')
    const many = recognise(zipSync({ 'a/one.json': strToU8('{}'), 'a/two.jwt': strToU8('x'), '__MACOSX/a': strToU8('y') }))
    expect(many.kind === 'many' && many.files.map(({ name }) => name)).toEqual(['a/one.json', 'a/two.jwt'])
  })

  it('says why it does not know what an input is', () => {
    for (const input of ['', 'hello', '{"a":1}', '{"a":1,"a":2}', Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x50, 0x4b, 3, 4)]) {
      expect(recognise(input)).toMatchObject({ kind: 'unknown', problem: expect.stringMatching(/.{10}/) })
    }
  })

  it('answers for any bytes and any text', () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile inputs: seed ${seed}`)
    const zip = zipSync({ 'one.jwt': strToU8(world.jwt) })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 })), (input) => {
        expect(recognise(input).kind).toBeTypeOf('string')
      }),
      { numRuns: 1_000, seed },
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { maxLength: 5 }), (edits) => {
        const bytes = zip.slice()
        for (const [at, byte] of edits) bytes[at] = byte
        expect(recognise(bytes).kind).toBeTypeOf('string')
      }),
      { numRuns: 1_000, seed },
    )
  })
})

describe('the text of a learning code', () => {
  it('is in capitals, short enough for 45 modules, and reads back', () => {
    const text = writeLearningCode({ origin: 'https://east-lake.example.edu.cn:8443', code })
    expect(text).toBe(`HTTPS://EAST-LAKE.EXAMPLE.EDU.CN:8443/CODE/${code}`)
    expect(readLearningCode(text)).toEqual({ origin: 'https://east-lake.example.edu.cn:8443', code })
  })

  it('refuses a code of the wrong letters or length, an origin that is too long, and plain http elsewhere than here', () => {
    expect(() => writeLearningCode({ origin: 'https://base.example', code: 'short' })).toThrow('26')
    expect(() => writeLearningCode({ origin: `https://${'long.'.repeat(40)}example`, code })).toThrow('at most')
    expect(readLearningCode(`http://base.example/code/${code}`)).toBeUndefined()
    expect(readLearningCode(`http://base.localhost:3000/code/${code}`)).toBeDefined()
    expect(readLearningCode(`https://base.example/code/${code}1`)).toBeUndefined()
  })

  it('reads any text without an error', () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile learning codes: seed ${seed}`)
    fc.assert(
      fc.property(fc.webUrl(), fc.string(), (url, text) => {
        readLearningCode(`${url}/code/${text}`)
        readLearningCode(text)
      }),
      { numRuns: 1_000, seed },
    )
  })
})
