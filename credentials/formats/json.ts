import canonicalize from 'canonicalize'
import { CredentialError } from '../errors.ts'
import type { JsonObject, JsonValue } from './format.ts'

/** Longest JSON text that is read, in UTF-16 units: a credential with a picture inside has some hundred thousand. */
const maxJsonLength = 4_194_304
/** Deepest nesting that is read; keeps recursion off the end of the stack. */
const maxJsonDepth = 64

/**
 * Reads JSON as it must be at the door: an object, no member twice, no lone surrogates, no number beyond double range, no `__proto__`,
 * at most 64 levels and 4 Mi characters (RFC 8259 §4 and I-JSON, RFC 7493 §2).
 * @throws CredentialError CREDENTIAL_MALFORMED or CREDENTIAL_TOO_LARGE.
 */
export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text)
  if (!isJsonObject(value)) throw new CredentialError('CREDENTIAL_MALFORMED', 'The JSON text is not an object.')
  return value
}

/** As `parseJsonObject`, for any JSON value. */
export function parseJson(text: string): JsonValue {
  if (text.length > maxJsonLength) {
    throw new CredentialError('CREDENTIAL_TOO_LARGE', `The JSON text has ${text.length} characters; at most ${maxJsonLength} are read.`)
  }
  if (!text.isWellFormed()) throw new CredentialError('CREDENTIAL_MALFORMED', 'The JSON text has half a surrogate pair.')
  let value: JsonValue
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CredentialError('CREDENTIAL_MALFORMED', 'The text is not JSON.', { cause })
  }
  // JSON.parse keeps the last of two members of one name in silence: then the text has more name separators than the value has members.
  const members = countMembers(value, { depth: 0, checkStrings: text.includes('\\u') })
  if (members !== countNameSeparators(text)) throw new CredentialError('CREDENTIAL_MALFORMED', 'The JSON text names a member twice.')
  return value
}

/** Whether a JSON value is an object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The items of a member, those of lists within lists too: to JSON-LD (JSON-LD 1.1 §4.3.2) they are one set, so that a holder may nest them
 * without breaking a signature over statements.
 */
export function itemsOf(value: JsonValue | undefined): JsonValue[] {
  const items = ([value] as unknown[]).flat(Number.POSITIVE_INFINITY) as (JsonValue | undefined)[]
  return items.filter((item) => item !== undefined)
}

/**
 * The JSON Canonicalization Scheme (RFC 8785).
 * @throws CredentialError CREDENTIAL_MALFORMED for what JSON cannot say (undefined, NaN, lone surrogates).
 */
export function canonicalJson(value: JsonValue): string {
  try {
    const text = canonicalize(value)
    if (text !== undefined) return text
  } catch (cause) {
    throw new CredentialError('CREDENTIAL_MALFORMED', 'The value has no canonical JSON form.', { cause })
  }
  throw new CredentialError('CREDENTIAL_MALFORMED', 'The value has no canonical JSON form.')
}

/** Members of all objects inside; refuses what I-JSON refuses on the way. */
function countMembers(value: JsonValue, state: { depth: number; checkStrings: boolean }): number {
  if (typeof value === 'string') {
    if (state.checkStrings && !value.isWellFormed())
      throw new CredentialError('CREDENTIAL_MALFORMED', 'A JSON string has half a surrogate pair.')
    return 0
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new CredentialError('CREDENTIAL_MALFORMED', 'A JSON number is beyond the range of a double.')
  }
  if (typeof value !== 'object' || value === null) return 0
  const inside = { depth: state.depth + 1, checkStrings: state.checkStrings }
  if (inside.depth > maxJsonDepth) {
    throw new CredentialError('CREDENTIAL_MALFORMED', `The JSON text is nested deeper than ${maxJsonDepth} levels.`)
  }
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item, inside)
    return members
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw new CredentialError('CREDENTIAL_MALFORMED', 'The JSON text has a member named __proto__.')
    if (state.checkStrings && !name.isWellFormed())
      throw new CredentialError('CREDENTIAL_MALFORMED', 'A JSON name has half a surrogate pair.')
    members += 1 + countMembers(value[name] as JsonValue, inside)
  }
  return members
}

/** Colons outside strings, in text that is known to be JSON. */
function countNameSeparators(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === 0x3a) count++
    else if (character === 0x22) at = endOfString(text, at)
  }
  return count
}

/** Index of the quotation mark that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  for (;;) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
}
