import type { RosterReason } from './problems.ts'
import type { ColumnRule } from './tables.ts'
import { EXTENSIBLE_COLUMNS } from './tables.ts'

/** A field as read. */
export type CellValue = string | boolean | readonly string[]

/** What a field said: a value, nothing, or why it is refused. */
export type Cell =
  | { readonly value: CellValue }
  | { readonly absent: true }
  | { readonly reason: RosterReason; readonly params: Readonly<Record<string, string | number>> }

/** Longest text field: OneRoster sets none; no real name, title or address comes near. */
const TEXT_LIMIT = 1024
/** OneRoster 1.2 §4.1: a GUID of at most 255 characters. */
const ID_LIMIT = 255

/** Reads one field by its column's rule. */
export const parseCell = (raw: string, rule: ColumnRule): Cell => {
  const text = raw.trim().normalize('NFC')
  if (rule.kind === 'skip') return { absent: true }
  if (text === '') return rule.required ? { reason: 'ROSTER_VALUE_MISSING', params: {} } : { absent: true }
  const limit = rule.kind === 'id' || rule.kind === 'reference' ? ID_LIMIT : rule.kind === 'references' ? 64 * ID_LIMIT : TEXT_LIMIT
  if (text.length > limit) return { reason: 'ROSTER_VALUE_TOO_LONG', params: { limit } }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.test(text)) return { reason: 'ROSTER_VALUE_CHARACTERS', params: {} }
  return readers[rule.kind](text, rule)
}

const wrong = (expected: string): Cell => ({ reason: 'ROSTER_VALUE_KIND', params: { expected } })

const parseBoolean = (text: string): Cell => {
  const word = text.toLowerCase()
  return word === 'true' || word === 'false' ? { value: word === 'true' } : wrong('true or false')
}

/** ISO 8601 calendar date; 30 February is refused. Exporters that append a time of midnight are understood. */
const parseDate = (text: string): Cell => {
  const found = /^(\d{4}-\d{2}-\d{2})(T00:00:00(\.0+)?Z?)?$/.exec(text)
  const day = found?.[1]
  if (day === undefined) return wrong('a date as YYYY-MM-DD')
  const instant = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day) ? { value: day } : wrong('a date of the calendar')
}

/** Words are compared without case, and kept as the standard writes them. */
const parseChoice = (text: string, rule: ColumnRule): Cell => {
  const known = rule.choices.find((choice) => choice.toLowerCase() === text.toLowerCase())
  if (known !== undefined) return { value: known }
  if (EXTENSIBLE_COLUMNS.includes(rule.name) && /^ext:[\w.-]{1,64}$/.test(text)) return { value: text }
  return wrong(`one of ${rule.choices.join(', ')}`)
}

/** Lists are separated by commas inside one field (OneRoster 1.2 CSV §3). */
const parseList = (text: string, rule: ColumnRule): Cell => {
  const parts = text.split(',').map((part) => part.trim())
  const items = parts.filter((part) => part !== '')
  if (items.length === 0) return rule.required ? { reason: 'ROSTER_VALUE_MISSING', params: {} } : { absent: true }
  const isReference = rule.kind === 'references'
  if (isReference && items.some((item) => item.length > ID_LIMIT)) return { reason: 'ROSTER_VALUE_TOO_LONG', params: { limit: ID_LIMIT } }
  return { value: isReference ? [...new Set(items)] : items }
}

const readers: Record<Exclude<ColumnRule['kind'], 'skip'>, (text: string, rule: ColumnRule) => Cell> = {
  id: (text) => ({ value: text }),
  text: (text) => ({ value: text }),
  boolean: parseBoolean,
  date: parseDate,
  year: (text) => (/^[12]\d{3}$/.test(text) ? { value: text } : wrong('a year as YYYY')),
  choice: parseChoice,
  texts: parseList,
  reference: (text) => ({ value: text }),
  references: parseList,
}
