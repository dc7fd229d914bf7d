import type { ReferenceWorld } from './check-references.ts'
import { checkReferences } from './check-references.ts'
import type { ZipLimits } from './open-zip.ts'
import { openZip, ZIP_LIMITS } from './open-zip.ts'
import type { ReadTable } from './parse-table.ts'
import { parseTable } from './parse-table.ts'
import type { RosterProblem } from './problems.ts'
import { problemAt } from './problems.ts'
import type { RosterMode } from './read-manifest.ts'
import { readManifest } from './read-manifest.ts'
import type { RosterRecords, RosterTable } from './tables.ts'
import { ROSTER_TABLE_NAMES } from './tables.ts'

/** What happened to one file. `accepted`: all its rows are in `records`. `refused`: its own rows or header are at fault. `waiting`: it is
 * sound, but needs a file that was not accepted. `absent`: the manifest says that it is not here. Nothing of a refused or waiting file is in `records`. */
export interface RosterFile {
  readonly table: RosterTable
  readonly outcome: 'accepted' | 'refused' | 'waiting' | 'absent'
  /** Rows that the file has, whatever became of them. */
  readonly rows: number
  /** At most `problemLimit`; `problemCount` says how many there were. */
  readonly problems: readonly RosterProblem[]
  readonly problemCount: number
  readonly notes: readonly RosterProblem[]
}

/** A zip as read. `problem` is set when the zip or its manifest is at fault, and nothing was read. */
export interface RosterReading {
  readonly outcome: 'accepted' | 'partly' | 'refused'
  readonly problem: RosterProblem | null
  readonly files: readonly RosterFile[]
  /** Files that were tolerated but not kept: those of the standard that a base has no use for (results, resources), and unknown ones. */
  readonly notes: readonly RosterProblem[]
  readonly records: RosterRecords
}

/** Settings of one reading; all have defaults. */
export interface RosterOptions {
  /** Whether the base already holds a record: lets a file be imported although the file that it refers to was refused or absent. */
  readonly isKnown?: (table: RosterTable, sourcedId: string) => boolean
  /** Problems listed for each file; the rest are counted. */
  readonly problemLimit?: number
  readonly limits?: ZipLimits
}

/**
 * Reads a OneRoster 1.2 CSV zip in bulk mode. Never throws for what the zip holds.
 *
 * A file is imported whole or not at all: one bad row refuses its file, and the reading names every bad row, column and reason.
 * Files that refer to a refused file are still accepted when the base already holds what they refer to (`isKnown`); otherwise they wait.
 * The reader changes nothing; a caller that writes only `records`, and removes only within files whose outcome is `accepted`, loses nothing.
 */
export const parseRoster = (zip: Uint8Array, options: RosterOptions = {}): RosterReading => {
  const opened = openZip(zip, options.limits ?? ZIP_LIMITS)
  if ('problem' in opened) return refusal(opened.problem)
  const manifest = readManifest(opened.files)
  if ('problem' in manifest) return refusal(manifest.problem)
  const reading = readTables(opened.files, manifest.modes, options)
  const isWhole = reading.files.every((file) => file.outcome === 'accepted' || file.outcome === 'absent')
  const hasAny = reading.files.some((file) => file.outcome === 'accepted')
  return {
    outcome: isWhole ? 'accepted' : hasAny ? 'partly' : 'refused',
    problem: null,
    ...reading,
    notes: [...opened.files.keys()].filter(isNotKept).map((file) => problemAt('ROSTER_FILE_NOT_KEPT', { file: file.slice(0, 80) })),
  }
}

const emptyRecords = (): { [Table in Exclude<RosterTable, 'demographics'>]: never[] } => ({
  orgs: [],
  academicSessions: [],
  courses: [],
  classes: [],
  users: [],
  userProfiles: [],
  roles: [],
  enrollments: [],
})

const refusal = (problem: RosterProblem): RosterReading => ({ outcome: 'refused', problem, files: [], notes: [], records: emptyRecords() })

const isNotKept = (file: string): boolean => {
  const name = file.toLowerCase()
  return name !== 'manifest.csv' && !ROSTER_TABLE_NAMES.some((table) => `${table}.csv`.toLowerCase() === name)
}

type Modes = ReadonlyMap<string, RosterMode>

/** What was learned of one table before it is reported. */
interface Judged {
  readonly table: RosterTable
  readonly outcome: RosterFile['outcome']
  readonly problems: readonly RosterProblem[]
  readonly read?: ReadTable
}

const readTables = (
  files: ReadonlyMap<string, Uint8Array>,
  modes: Modes,
  options: RosterOptions,
): Pick<RosterReading, 'files' | 'records'> => {
  const records: Record<string, readonly unknown[]> = emptyRecords()
  const accepted = new Map<string, ReadonlySet<string>>()
  const world: ReferenceWorld = { accepted, isKnown: options.isKnown ?? (() => false) }
  const judged = ROSTER_TABLE_NAMES.map((table): Judged => {
    const judgement = judgeTable(table, { files, mode: modes.get(table) ?? 'absent', world })
    if (judgement.outcome === 'accepted' && judgement.read) {
      accepted.set(table, new Set(judgement.read.rows.map((row) => String(row.values['sourcedId']))))
      records[table] = judgement.read.rows.map((row) => row.values)
    }
    return judgement
  })
  // The rows were built by the same table of columns that RosterRow is derived from.
  return { files: judged.map((one) => report(one, options.problemLimit ?? 1000)), records: records as unknown as RosterRecords }
}

interface Surroundings {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly mode: RosterMode
  readonly world: ReferenceWorld
}

const judgeTable = (table: RosterTable, { files, mode, world }: Surroundings): Judged => {
  const file = `${table}.csv`
  const held = [...files].filter(([name]) => name.toLowerCase() === file.toLowerCase())
  const refuse = (problems: readonly RosterProblem[], read?: ReadTable): Judged => ({
    table,
    outcome: 'refused',
    problems,
    ...(read && { read }),
  })
  const [first] = held
  if (held.length > 1) return refuse([problemAt('ROSTER_ZIP_DUPLICATE', { file })])
  if (mode === 'absent')
    return first ? refuse([problemAt('ROSTER_FILE_UNANNOUNCED', { file })]) : { table, outcome: 'absent', problems: [] }
  if (first === undefined) return refuse([problemAt('ROSTER_FILE_MISSING', { file })])
  if (mode === 'delta') return refuse([problemAt('ROSTER_DELTA', { file })])
  const read = parseTable(table, first[1])
  if (read.problems.length > 0) return refuse(read.problems, read)
  const references = checkReferences(table, read.rows, world)
  if (references.problems.length > 0) return refuse(references.problems, read)
  const waits = [...references.waits].map(([dependsOn, rows]) => problemAt('ROSTER_FILE_WAITS', { file }, { dependsOn, rows }))
  return { table, outcome: waits.length > 0 ? 'waiting' : 'accepted', problems: waits, read }
}

const report = (judged: Judged, problemLimit: number): RosterFile => ({
  table: judged.table,
  outcome: judged.outcome,
  rows: judged.read?.rows.length ?? 0,
  problems: [...judged.problems].sort((a, b) => (a.row ?? 0) - (b.row ?? 0)).slice(0, problemLimit),
  problemCount: judged.problems.length,
  notes: judged.read?.notes ?? [],
})
