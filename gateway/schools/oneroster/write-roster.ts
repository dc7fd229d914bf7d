import type { Zippable } from 'fflate'
import { strToU8, zipSync } from 'fflate'
import type { RosterRecords, RosterTable } from './tables.ts'
import { columnsOf, ROSTER_TABLE_NAMES } from './tables.ts'

/** Zip times cannot lie before 1980; a fixed one makes the same records give the same bytes. */
const ZIP_TIME = new Date(1980, 0, 1)

/** Every file of a OneRoster 1.2 bulk export as CSV text by file name; tables without rows are announced as absent. `parseRoster` reads it back to the same records. */
export const writeRosterFiles = (records: RosterRecords): ReadonlyMap<string, string> => {
  const present = ROSTER_TABLE_NAMES.filter((table) => (records[table]?.length ?? 0) > 0)
  const manifest = [
    ['propertyName', 'value'],
    ['manifest.version', '1.0'],
    ['oneroster.version', '1.2'],
    ...ROSTER_TABLE_NAMES.filter((table) => records[table] !== undefined).map((table) => [
      `file.${table}`,
      present.includes(table) ? 'bulk' : 'absent',
    ]),
    ['source.systemName', 'Guildhall'],
    ['source.systemCode', 'guildhall'],
  ]
  return new Map([['manifest.csv', toCsv(manifest)], ...present.map((table) => [`${table}.csv`, toCsv(toRows(table, records))] as const)])
}

/** A OneRoster 1.2 bulk export as a zip. */
export const writeRoster = (records: RosterRecords): Uint8Array => {
  const files: Zippable = {}
  for (const [name, text] of writeRosterFiles(records)) files[name] = [strToU8(text), { level: 9, mtime: ZIP_TIME }]
  return zipSync(files)
}

const toRows = (table: RosterTable, records: RosterRecords): string[][] => {
  const columns = columnsOf(table)
  const header = ['sourcedId', 'status', 'dateLastModified', ...columns.map((rule) => rule.name)]
  const rows = (records[table] ?? []).map((row) => {
    const values: Readonly<Record<string, unknown>> = row
    return [row.sourcedId, '', '', ...columns.map((rule) => toField(values[rule.name]))]
  })
  return [header, ...rows]
}

const toField = (value: unknown): string => {
  if (value === undefined) return ''
  return Array.isArray(value) ? value.join(',') : String(value)
}

/** RFC 4180: fields with a comma, a quote or a line end are quoted. */
const toCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`).join('')
