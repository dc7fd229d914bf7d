import { decodeText, splitRows } from './parse-table.ts'
import type { RosterProblem } from './problems.ts'
import { problemAt } from './problems.ts'
import { ROSTER_TABLE_NAMES } from './tables.ts'

/** How the manifest announces a file (OneRoster 1.2 CSV §4.1). */
export type RosterMode = 'absent' | 'bulk' | 'delta'

/** What manifest.csv announces, or why the zip cannot be read. */
export type Manifest = { readonly modes: ReadonlyMap<string, RosterMode> } | { readonly problem: RosterProblem }

const FILE = 'manifest.csv'

/** Reads manifest.csv: its version, the standard's version, and the mode of every file that a base reads. A file that it does not name is absent. */
export const readManifest = (files: ReadonlyMap<string, Uint8Array>): Manifest => {
  const bytes = [...files].find(([name]) => name.toLowerCase() === FILE)?.[1]
  if (bytes === undefined) return { problem: problemAt('ROSTER_MANIFEST_MISSING', { file: FILE }) }
  const decoded = decodeText(bytes)
  if (decoded === null) return { problem: problemAt('ROSTER_ENCODING', { file: FILE }) }
  const rows = splitRows(decoded.text, FILE)
  if (!Array.isArray(rows)) return { problem: rows }
  const properties = new Map(rows.map(({ fields }) => [(fields[0] ?? '').trim().toLowerCase(), (fields[1] ?? '').trim()]))
  const version = properties.get('oneroster.version') ?? ''
  if (version !== '' && !/^1\.2(\.\d+)?$/.test(version)) {
    return { problem: problemAt('ROSTER_VERSION', { file: FILE }, { version: version.slice(0, 16) }) }
  }
  if (version === '') return invalid('oneroster.version', '1.2')
  return readModes(properties)
}

const invalid = (property: string, expected: string): Manifest => ({
  problem: problemAt('ROSTER_MANIFEST_INVALID', { file: FILE }, { property, expected }),
})

const readModes = (properties: ReadonlyMap<string, string>): Manifest => {
  const modes = new Map<string, RosterMode>()
  for (const table of ROSTER_TABLE_NAMES) {
    const mode = (properties.get(`file.${table}`.toLowerCase()) ?? 'absent').toLowerCase()
    if (mode !== 'absent' && mode !== 'bulk' && mode !== 'delta') return invalid(`file.${table}`, 'absent, bulk or delta')
    modes.set(table, mode)
  }
  return { modes }
}
