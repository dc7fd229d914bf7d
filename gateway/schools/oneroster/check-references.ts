import type { CellValue } from './parse-cell.ts'
import type { ReadRow } from './parse-table.ts'
import type { RosterProblem } from './problems.ts'
import { problemAt } from './problems.ts'
import type { ColumnRule, RosterTable } from './tables.ts'
import { columnsOf } from './tables.ts'

/** What the references of a file may point at. */
export interface ReferenceWorld {
  /** Ids of files that were accepted in this zip; a file that was not is missing here. */
  readonly accepted: ReadonlyMap<string, ReadonlySet<string>>
  /** Whether the base already holds a record of a file that is not accepted here. */
  readonly isKnown: (table: RosterTable, sourcedId: string) => boolean
}

/** Bad references of a file: `problems` are its own fault; `waits` counts rows that need a file which was not accepted. */
export interface ReferenceReport {
  readonly problems: readonly RosterProblem[]
  readonly waits: ReadonlyMap<string, number>
}

/** Checks that every reference of a file leads somewhere, and that parents form no loop. */
export const checkReferences = (table: RosterTable, rows: readonly ReadRow[], world: ReferenceWorld): ReferenceReport => {
  const file = `${table}.csv`
  const own = new Set(rows.map((row) => String(row.values['sourcedId'])))
  const problems: RosterProblem[] = []
  const waits = new Map<string, number>()
  const links = columnsOf(table).filter((rule) => rule.target !== null)
  for (const row of rows) {
    for (const rule of links) {
      const target = rule.target as RosterTable
      const here = target === table ? own : world.accepted.get(target)
      const missing = idsOf(row.values[rule.name]).filter((id) => !(here ? here.has(id) : world.isKnown(target, id)))
      if (missing.length === 0) continue
      if (here) problems.push(problemAt('ROSTER_REFERENCE', { file, row: row.line, column: rule.name }, { target: `${target}.csv` }))
      else waits.set(`${target}.csv`, (waits.get(`${target}.csv`) ?? 0) + 1)
    }
  }
  const parent = links.find((rule) => rule.target === table && rule.kind === 'reference')
  if (parent) problems.push(...findLoops(file, rows, parent))
  return { problems, waits }
}

const idsOf = (value: CellValue | undefined): readonly string[] => {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value : []
}

/** Each row is walked at most once over the whole file: linear in the number of rows. */
const findLoops = (file: string, rows: readonly ReadRow[], rule: ColumnRule): RosterProblem[] => {
  const byId = new Map(rows.map((row) => [String(row.values['sourcedId']), row]))
  const settled = new Set<ReadRow>()
  const problems: RosterProblem[] = []
  for (const row of rows) {
    const path = new Set<ReadRow>()
    let at: ReadRow | undefined = row
    while (at !== undefined && !settled.has(at) && !path.has(at)) {
      path.add(at)
      at = byId.get(String(at.values[rule.name] ?? ''))
    }
    if (at !== undefined && path.has(at)) problems.push(problemAt('ROSTER_REFERENCE_LOOP', { file, row: at.line, column: rule.name }))
    for (const walked of path) settled.add(walked)
  }
  return problems
}
