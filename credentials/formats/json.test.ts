import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { canonicalJson, parseJson, parseJsonObject } from './json.ts'

const seed = 20_261_122
const code = (action: () => unknown): string | undefined => {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('the JSON door', () => {
  it.each([
    ['a member twice', '{"a":1,"a":2}'],
    ['a member twice under an escape', '{"a":1,"\\u0061":2}'],
    ['a member twice deep inside', '{"a":[{"b":{"c":1,"c":1}}]}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['half a surrogate pair in a name', '{"\\udc00":1}'],
    ['a number beyond range', '{"a":1e400}'],
    ['__proto__', '{"__proto__":{}}'],
    ['nesting without end', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
    ['nesting in arrays', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['what is not an object', '[1]'],
    ['nothing', ''],
    ['text behind the end', '{} x'],
  ])('refuses %s', (_, text) => {
    expect(code(() => parseJsonObject(text))).toBe('CREDENTIAL_MALFORMED')
  })

  it('refuses text that is too long before reading it', () => {
    expect(code(() => parseJsonObject(`{"a":"${'x'.repeat(5_000_000)}"}`))).toBe('CREDENTIAL_TOO_LARGE')
  })

  it('reads any JSON as JSON.parse does: colons, quotes and backslashes inside strings are no members', () => {
    expect(parseJson('{"a:\\"b\\\\":"c:\\\\\\":",":":[":"]}')).toEqual({ 'a:"b\\': 'c:\\":', ':': [':'] })
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, pretty) => {
        const text = JSON.stringify(value, null, pretty ? 2 : 0)
        fc.pre(!text.includes('"__proto__"'))
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 2_000, seed },
    )
  })

  it('meets any text with a value or a named error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const error = code(() => parseJson(text))
        expect(error === undefined || error.startsWith('CREDENTIAL_')).toBe(true)
      }),
      { numRuns: 2_000, seed },
    )
  })
})

describe('canonical JSON (RFC 8785)', () => {
  it('gives the example of the RFC, §3.2.4', () => {
    const input =
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
    const output =
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    expect(canonicalJson(JSON.parse(input))).toBe(output)
  })

  it('refuses what JSON cannot say', () => {
    expect(code(() => canonicalJson(Number.NaN))).toBe('CREDENTIAL_MALFORMED')
    expect(code(() => canonicalJson('\ud800'))).toBe('CREDENTIAL_MALFORMED')
  })
})

describe('base64url', () => {
  it('is Node’s, and reads back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = encodeBase64url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(decodeBase64url(text)).toEqual(Uint8Array.from(bytes))
      }),
      { numRuns: 1_000, seed },
    )
  })

  it.each(['A', 'AB', 'ABC', 'AA==', 'A+/A', 'AA A', 'AAA\u0141', 'AAAAB'])(
    'refuses %s: padding, other letters, left-over bits',
    (text) => {
      expect(code(() => decodeBase64url(text))).toBe('CREDENTIAL_MALFORMED')
    },
  )
})
