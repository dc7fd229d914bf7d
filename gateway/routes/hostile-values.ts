// biome-ignore lint/correctness/noUndeclaredDependencies: only tests import this file.
import fc from 'fast-check'

/** Words that break naive code. */
const nasty = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '../../etc/passwd',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '%00',
  '%',
  '�',
  '\ud800',
  '‮',
  '𝕏'.repeat(300),
  '__proto__',
  'constructor',
  '-1',
  '1e309',
  'NaN',
  '999999999999999999999',
  '=cmd()',
  'null',
  '[]',
  'ﷺ',
)
const word = fc.oneof(nasty, fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 30 }))
/** What an address or a header can carry. */
export const wellFormed = word.map((text) => text.toWellFormed())
/** Anything that JSON can hold. */
export const value: fc.Arbitrary<unknown> = fc.oneof(
  word,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(word, { maxLength: 5 }),
)

/** What of JSON Schema the routes use. */
export type Shape = {
  type?: string
  properties?: Record<string, Shape>
  required?: string[]
  items?: Shape
  anyOf?: Shape[]
  enum?: string[]
  pattern?: string
  patternProperties?: Record<string, Shape>
  minLength?: number
  maxLength?: number
  minItems?: number
  minimum?: number
  maximum?: number
}

/** Text that a schema takes: of its pattern, of what a base has, or of what breaks naive code. */
const fittingText = ({ pattern, minLength = 0, maxLength = 10_000 }: Shape, known: readonly string[]): fc.Arbitrary<string> => {
  const made = pattern === undefined ? word : fc.oneof(fc.stringMatching(new RegExp(pattern)), fc.constantFrom(...known), word)
  const takes = (text: string) =>
    text.length >= minLength && text.length <= maxLength && (pattern === undefined || new RegExp(pattern).test(text))
  return made.filter(takes)
}

/** What a schema takes, with values as odd as it lets them be. */
export const fitting = (shape: Shape, known: readonly string[]): fc.Arbitrary<unknown> => {
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map((one) => fitting(one, known)))
  if (shape.enum) return fc.constantFrom(...shape.enum)
  if (shape.properties) {
    const fields = Object.fromEntries(Object.entries(shape.properties).map(([name, inner]) => [name, fitting(inner, known)]))
    return fc.record(fields, { requiredKeys: shape.required ?? [] })
  }
  const [inner] = Object.values(shape.patternProperties ?? {})
  if (inner) return fc.dictionary(fc.string({ maxLength: 20 }), fitting(inner, known), { maxKeys: 4 })
  if (shape.type === 'array')
    return fc.array(fitting(shape.items ?? {}, known), { minLength: shape.minItems ?? 0, maxLength: (shape.minItems ?? 0) + 2 })
  if (shape.type === 'string') return fittingText(shape, known)
  if (shape.type === 'integer') return fc.integer({ min: shape.minimum ?? -1_000, max: Math.min(shape.maximum ?? 1_000, 2 ** 31) })
  if (shape.type === 'boolean') return fc.boolean()
  return shape.type === 'null' ? fc.constant(null) : fc.dictionary(word, value, { maxKeys: 5 })
}

/** What fits but for one field, which is wrong, missing or not known. */
export const almost = (shape: Shape, known: readonly string[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fitting(shape, known), fc.oneof(fc.constantFrom('', ...Object.keys(shape.properties ?? {})), word), value)
    .map(([body, name, wrong]) => ({
      ...(body as object),
      [name]: wrong,
    }))
