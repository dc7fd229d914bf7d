const xsd = 'http://www.w3.org/2001/XMLSchema#'
const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
// biome-ignore lint/suspicious/noControlCharactersInRegex: the grammar of N-Quads names them
const escaped = /[\u0000-\u001F\u007F"\\]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: the grammar of N-Quads names them
const everyEscaped = /[\u0000-\u001F\u007F"\\]/g
const shortEscapes: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

/** The datatype of JSON literals (JSON-LD 1.1 §10.2). */
export const jsonDatatype = `${rdf}JSON`
/** A datatype that stands for "has a language"; a value coerced to it is left to jsonld.js. */
export const languageDatatype = `${rdf}langString`

/** A literal in canonical N-Quads (RDF 1.1 N-Quads §4, RDFC-1.0 §5.2). */
export function writeLiteral(text: string, datatype: string): string {
  const quoted = `"${escaped.test(text) ? text.replace(everyEscaped, escapeCharacter) : text}"`
  return datatype === `${xsd}string` ? quoted : `${quoted}^^<${datatype}>`
}

/** A JSON scalar as a literal (JSON-LD 1.1 API §8.2.2). `type` is the datatype that the term asks for. */
export function writeScalar(value: string | number | boolean, type: string | undefined): string {
  if (typeof value === 'boolean') return writeLiteral(String(value), type ?? `${xsd}boolean`)
  if (typeof value === 'number' && !isDouble(value) && type !== `${xsd}double`)
    return writeLiteral(value.toFixed(0), type ?? `${xsd}integer`)
  if (typeof value === 'number' || type === `${xsd}double`) {
    const number = typeof value === 'number' && isDouble(value) ? value : Number.parseFloat(String(value))
    return writeLiteral(number.toExponential(15).replace(/(\d)0*e\+?/, '$1E'), type ?? `${xsd}double`)
  }
  return writeLiteral(value, type ?? `${xsd}string`)
}

/** Datatypes of numbers, in whichever spelling of the XML Schema namespace. */
const numeric = /[#:](?:\w*[iI]nteger|decimal|float|double|long|int|short|byte)$/
const logical = /[#:]boolean$/

/**
 * Whether a scalar is of the JSON kind that its datatype expects. Others ("3" as an integer) are left to jsonld.js, so that two equal
 * literals of one property always come from one JSON value.
 */
export function isNaturalScalar(value: string | number | boolean, type: string | undefined): boolean {
  if (typeof value === 'string') return type === undefined || !(numeric.test(type) || logical.test(type))
  return type === undefined || (typeof value === 'number' ? numeric.test(type) : logical.test(type))
}

/** Whether jsonld.js may keep two such literals apart though they are written alike: numbers (by value), JSON (by identity). */
export function isKeptApart(literal: string): boolean {
  return numeric.test(literal.slice(0, -1)) || literal.endsWith(`^^<${jsonDatatype}>`)
}

/** jsonld.js's test, which 1e-7 does not pass; kept, because the two must agree. */
function isDouble(value: number): boolean {
  return String(value).includes('.') || Math.abs(value) >= 1e21
}

function escapeCharacter(character: string): string {
  return shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}
