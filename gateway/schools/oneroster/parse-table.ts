import { CsvError, parse } from 'csv-parse/sync'
import type { CellValue } from './parse-cell.ts'
import { parseCell } from './parse-cell.ts'
import type { RosterProblem } from './problems.ts'
import { problemAt } from './problems.ts'
import type { ColumnRule, RosterTable } from './tables.ts'
import { columnsOf } from './tables.ts'

/** Rows that a file may have. */
const ROW_LIMIT = 500_000

/** A row with its place: `line` is the 1-based line on which it begins. */
export interface ReadRow {
  readonly line: number
  readonly values: Readonly<Record<string, CellValue>>
}

/** Everything one file said. Problems mean that nothing of it may be imported; notes do not. */
export interface ReadTable {
  readonly rows: readonly ReadRow[]
  readonly problems: readonly RosterProblem[]
  readonly notes: readonly RosterProblem[]
}

/** Text of a CSV file, and whether it had to be read as GB18030 (what spreadsheets on Chinese systems save). */
export const decodeText = (bytes: Uint8Array): { readonly text: string; readonly isGb18030: boolean } | null => {
  for (const [label, isGb18030] of [
    ['utf-8', false],
    ['gb18030', true],
  ] as const) {
    try {
      return { text: new TextDecoder(label, { fatal: true }).decode(bytes), isGb18030 }
    } catch {
      // Not this encoding; the next one decides, and after the last the caller reports ROSTER_ENCODING.
    }
  }
  return null
}

/** Splits CSV (RFC 4180; LF, CRLF or CR) into rows with the line on which each begins; the text must be free of a byte order mark. */
export const splitRows = (text: string, file: string): { line: number; fields: string[] }[] | RosterProblem => {
  // csv-parse counts CRLF inside quotes as two lines, so line ends are made equal first.
  const unified = text.replace(/\r\n?/g, '\n')
  try {
    const parsed: unknown = parse(unified, { info: true, relax_column_count: true, record_delimiter: '\n', to: ROW_LIMIT + 2 })
    const rows = parsed as { info: { lines: number }; record: string[] }[]
    return rows
      .map(({ info, record }) => ({ line: info.lines - countLineEnds(record), fields: record }))
      .filter(({ fields }) => !isBlank(fields))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number(error['lines'] ?? 0)
    return problemAt('ROSTER_CSV_SYNTAX', line > 0 ? { file, row: line } : { file })
  }
}

const isBlank = (fields: readonly string[]): boolean => fields.length === 1 && fields[0]?.trim() === ''
const countLineEnds = (fields: readonly string[]): number => fields.reduce((sum, field) => sum + field.split('\n').length - 1, 0)

/** Reads one file by its table of columns. Every bad field of every row is reported. */
export const parseTable = (table: RosterTable, bytes: Uint8Array): ReadTable => {
  const file = `${table}.csv`
  const decoded = decodeText(bytes)
  if (decoded === null) return refused(problemAt('ROSTER_ENCODING', { file }))
  const notes = decoded.isGb18030 ? [problemAt('ROSTER_DECODED_GB18030', { file })] : []
  const split = splitRows(decoded.text, file)
  if (!Array.isArray(split)) return refused(split)
  const [header, ...body] = split
  if (body.length > ROW_LIMIT) return refused(problemAt('ROSTER_TOO_MANY_ROWS', { file }, { limit: ROW_LIMIT }))
  const layout = readHeader(table, header?.fields ?? [])
  if (layout.problems.length > 0) return { rows: [], problems: layout.problems, notes: [...notes, ...layout.notes] }
  const problems: RosterProblem[] = []
  const rows = body.map(({ line, fields }) => readRow({ file, line, fields, layout }, problems))
  problems.push(...findDuplicates(file, rows))
  return { rows, problems, notes: [...notes, ...layout.notes] }
}

const refused = (problem: RosterProblem): ReadTable => ({ rows: [], problems: [problem], notes: [] })

interface Layout {
  readonly columns: readonly (ColumnRule | null)[]
  readonly statusAt: number
  readonly problems: readonly RosterProblem[]
  readonly notes: readonly RosterProblem[]
}

const idRule: ColumnRule = { name: 'sourcedId', kind: 'id', required: true, choices: [], target: null }

/** OneRoster orders columns; exporters do not always, so they are found by name. `metadata.*` are extensions (§3). */
const readHeader = (table: RosterTable, header: readonly string[]): Layout => {
  const file = `${table}.csv`
  const names = header.map((name) => name.trim())
  const rules = [idRule, ...columnsOf(table)]
  const findRule = (name: string) => rules.find((rule) => rule.name.toLowerCase() === name.toLowerCase()) ?? null
  const columns = names.map(findRule)
  const found = columns.filter((rule) => rule !== null)
  const missing = rules.filter((rule) => rule.required && !found.includes(rule))
  const twice = [...new Set(found.filter((rule, at) => found.indexOf(rule) !== at))]
  const isBookkeeping = (name: string) => /^(status|dateLastModified|metadata\..*)$/i.test(name)
  const ignored = names.filter((name, at) => columns[at] === null && !isBookkeeping(name))
  return {
    columns,
    statusAt: names.findIndex((name) => name.toLowerCase() === 'status'),
    problems: [
      ...missing.map((rule) => problemAt('ROSTER_COLUMN_MISSING', { file, row: 1, column: rule.name })),
      ...twice.map((rule) => problemAt('ROSTER_COLUMN_DUPLICATE', { file, row: 1, column: rule.name })),
    ],
    notes: ignored.slice(0, 50).map((name) => problemAt('ROSTER_COLUMN_IGNORED', { file, row: 1, column: name.slice(0, 64) })),
  }
}

interface RawRow {
  readonly file: string
  readonly line: number
  readonly fields: readonly string[]
  readonly layout: Layout
}

const readRow = (raw: RawRow, problems: RosterProblem[]): ReadRow => {
  const { file, line, fields, layout } = raw
  const values: Record<string, CellValue> = {}
  if (fields.length !== layout.columns.length) {
    problems.push(problemAt('ROSTER_ROW_LENGTH', { file, row: line }, { found: fields.length, expected: layout.columns.length }))
    return { line, values }
  }
  const status = layout.statusAt < 0 ? '' : (fields[layout.statusAt] ?? '').trim().toLowerCase()
  if (status !== '' && status !== 'active') problems.push(problemAt('ROSTER_STATUS', { file, row: line, column: 'status' }))
  for (const [at, rule] of layout.columns.entries()) {
    if (rule === null) continue
    const cell = parseCell(fields[at] ?? '', rule)
    if ('value' in cell) values[rule.name] = cell.value
    else if ('reason' in cell) problems.push(problemAt(cell.reason, { file, row: line, column: rule.name }, cell.params))
  }
  const [start, end] = [values['startDate'] ?? values['beginDate'], values['endDate']]
  const isReversed = typeof start === 'string' && typeof end === 'string' && end < start
  if (isReversed) problems.push(problemAt('ROSTER_DATES_REVERSED', { file, row: line, column: 'endDate' }))
  return { line, values }
}

const findDuplicates = (file: string, rows: readonly ReadRow[]): RosterProblem[] => {
  const firstLine = new Map<CellValue, number>()
  const problems: RosterProblem[] = []
  for (const { line, values } of rows) {
    const id = values['sourcedId']
    if (id === undefined) continue
    const firstRow = firstLine.get(id)
    if (firstRow === undefined) firstLine.set(id, line)
    else problems.push(problemAt('ROSTER_ID_DUPLICATE', { file, row: line, column: 'sourcedId' }, { firstRow }))
  }
  return problems
}
