import Type from 'typebox'

/** An object that refuses fields it does not know. */
export const object = <P extends Type.TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })
export const optional = Type.Optional
export const nullable = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()])
export const list = <S extends Type.TSchema>(items: S, maxItems = 1_000) => Type.Array(items, { maxItems })
export const oneOf = <const V extends readonly string[]>(values: V) => Type.Unsafe<V[number]>({ type: 'string', enum: [...values] })
export const flag = () => Type.Boolean()
export const count = (maximum = Number.MAX_SAFE_INTEGER) => Type.Integer({ minimum: 0, maximum })

/** One line of text without control characters. */
export const line = (maxLength = 200) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })
/** Text of several lines. */
export const text = (maxLength = 4_000) => Type.String({ maxLength, pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$' })
/** The same text in the two languages of the product. */
export const bilingual = (maxLength = 200) => object({ 'zh-CN': line(maxLength), en: line(maxLength) })

/** An id that the base made: a UUID in lower case. */
export const uuid = () => Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' })
/** A number given by the ledger, from 1: baseId, programmeId, recordId. */
export const ledgerId = () => Type.Integer({ minimum: 1, maximum: 4_294_967_295 })
/** Seconds since 1970-01-01T00:00:00Z. */
export const unixSeconds = () => Type.Integer({ minimum: 0, maximum: 253_402_300_799 })
/** 32 bytes as `0x` and 64 hexadecimal digits in lower case. */
export const digest = () => Type.String({ pattern: '^0x[0-9a-f]{64}$' })
export const hex = (maxBytes: number) => Type.String({ pattern: '^0x([0-9a-f]{2})*$', maxLength: 2 + 2 * maxBytes })
export const base64url = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]*$', maxLength })
/** CIDv1 in base32. */
export const cid = () => Type.String({ pattern: '^b[a-z2-7]{20,110}$' })
export const did = () => Type.String({ pattern: '^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$', maxLength: 512 })
export const url = () => Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 500 })
export const multibaseKey = () => Type.String({ pattern: '^z[1-9A-HJ-NP-Za-km-z]{40,60}$' })
/** A calendar day, `2026-09-01`. */
export const day = () => Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

/** Any JSON object, at most as large as the body limit of its route. */
export const json = () => Type.Unsafe<Record<string, unknown>>({ type: 'object', maxProperties: 200 })
/** A credential as it was issued: JSON with a Data Integrity proof, or the compact text of a vc+jwt. */
export const credential = () =>
  Type.Unsafe<Record<string, unknown> | string>({
    anyOf: [
      { type: 'object', maxProperties: 200 },
      { type: 'string', pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 500_000 },
    ],
  })
/** Bytes of one media type, as the body of a request or an answer. `maxLength` counts bytes. */
export const bytes = (contentMediaType: string, maxLength = 64_000_000) =>
  Type.Unsafe<Uint8Array>({ type: 'string', contentMediaType, maxLength })
/** A page of a list. `next` is handed back as `after`. */
export const page = <S extends Type.TSchema>(items: S) => object({ items: list(items, 500), total: count(), next: nullable(line(200)) })
/** The query of every paged list. */
export const paging = () => ({
  after: optional(Type.String({ pattern: '^[0-9a-z-]{1,64}$' })),
  limit: optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
})
/** The answer of a command that has nothing to tell. */
export const nothing = () => Type.Null()
/** Why something is refused or not known: a stable code and the values for its sentence. */
export const reason = () =>
  object({
    code: line(80),
    params: Type.Record(Type.String({ maxLength: 40 }), Type.Union([Type.String({ maxLength: 500 }), Type.Number()])),
  })
