import { createHash } from 'node:crypto'
import type { RosterResult } from '../../../api/people/roster.ts'
import type { Actor, Base } from '../../../base.ts'
import { fill, GuildhallError } from '../../../errors.ts'
import { parseRoster, ROSTER_REASONS, type RosterProblem, type RosterReading } from '../../../schools/oneroster/index.ts'
import { type Applied, applyRoster } from './apply-roster.ts'
import { knownKind, readIncoming } from './read-roster.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction' | 'keys'>
type Options = { confirmShrink?: boolean | undefined; sample?: boolean }

/** What a roster would change, without changing it. @throws ROSTER_UNREADABLE */
export function checkRoster(base: Use, zip: Uint8Array): RosterResult {
  const { reading, result } = begin(base, zip)
  const planned: { applied?: Applied } = {}
  try {
    base.transaction(() => {
      planned.applied = applyRoster(base, readIncoming(base, reading), false)
      throw undo
    })
  } catch (cause) {
    if (cause !== undo) throw cause
  }
  const applied = planned.applied ?? nothingApplied
  return { ...result, ...applied, dryRun: true, needsConfirmation: shrinking(base, applied, false) !== undefined }
}

/**
 * Imports a OneRoster 1.2 CSV zip: whole files or none of a file, all of it in one transaction. The same zip again changes nothing.
 * @throws ROSTER_UNREADABLE, ROSTER_SHRINKS when more than half of the learners or classes would go and that was not confirmed
 */
export function importRoster(base: Use, actor: Actor, zip: Uint8Array, options: Options = {}): RosterResult {
  const { reading, result } = begin(base, zip)
  const sample = options.sample ?? false
  return base.transaction(() => {
    const before = presentCounts(base, sample)
    const applied = applyRoster(base, readIncoming(base, reading), sample)
    const shrink = shrinking(base, applied, sample, before)
    if (shrink && !options.confirmShrink) throw new GuildhallError('ROSTER_SHRINKS', shrink)
    rememberKnown(base, reading)
    const imported: RosterResult = { ...result, ...applied, dryRun: false, needsConfirmation: false }
    const outcome = reading.outcome !== 'accepted' ? 'partly' : changed(applied) ? 'imported' : 'unchanged'
    base.records.rosterImports.insert({ importId: result.importId, at: result.at, actor: actor.id, outcome, result: imported })
    base.audit.append(actor, 'roster.imported', {
      subject: result.importId,
      details: { outcome, learnersAdded: applied.learners.added, learnersRemoved: applied.learners.removed, errors: result.errorCount },
    })
    return imported
  })
}

/** Earlier imports, newest first. `after` is a number of rows to skip. */
export function listRosterImports(base: Use, { after = '0', limit = 50 }: { after?: string | undefined; limit?: number | undefined }) {
  const offset = Number.parseInt(after, 10) || 0
  const rows = base.records.rosterImports.list({}, { orderBy: 'at', descending: true, limit, offset })
  const total = base.records.rosterImports.count()
  const items = rows.map(({ importId, at, actor, outcome, result }) => ({ importId, at, by: actor, outcome, result }))
  return { items, total, next: offset + rows.length < total ? String(offset + rows.length) : null }
}

const undo = Symbol('undo')
const unchangedCounts = { added: 0, changed: 0, removed: 0, unchanged: 0 }
const nothingApplied: Applied = {
  organisations: unchangedCounts,
  classes: unchangedCounts,
  learners: unchangedCounts,
  guardians: unchangedCounts,
  teachers: unchangedCounts,
  enrolments: unchangedCounts,
  erasedSkipped: 0,
}

type Begun = { reading: RosterReading; result: Omit<RosterResult, keyof Applied | 'dryRun' | 'needsConfirmation'> }

const begin = (base: Use, zip: Uint8Array): Begun => {
  const reading = parseRoster(zip, { isKnown: (table, sourceId) => isKnown(base, table, sourceId) })
  if (reading.problem) throw new GuildhallError('ROSTER_UNREADABLE', { problem: sentenceOf(reading.problem), code: reading.problem.code })
  const problems = reading.files.flatMap((file) => file.problems)
  return {
    reading,
    result: {
      importId: base.random.uuid(),
      fileDigest: `0x${createHash('sha256').update(zip).digest('hex')}`,
      files: reading.files.map(({ table, outcome, rows, problemCount }) => ({ file: `${table}.csv`, outcome, rows, errors: problemCount })),
      errors: problems.slice(0, 1_000).map((problem) => ({
        file: problem.file ?? 'manifest.csv',
        row: problem.row ?? 0,
        column: problem.column ?? '—',
        reason: sentenceOf(problem).slice(0, 300),
        code: problem.code,
        params: { ...problem.params },
      })),
      errorCount: reading.files.reduce((sum, file) => sum + file.problemCount, 0),
      at: base.clock.now(),
    },
  }
}

const sentenceOf = (problem: RosterProblem): string => fill(ROSTER_REASONS[problem.code], { ...problem.params })

const knownSetting = 'roster.known'

/** Courses and terms are not kept, only that they were seen: a later zip may refer to them. */
const isKnown = (base: Use, table: string, sourceId: string): boolean => {
  if (table === 'orgs') return base.records.organisations.find({ sourceId }) !== undefined
  if (table === 'classes') return base.records.classes.find({ sourceId }) !== undefined
  if (table === 'users') return knownKind(base, sourceId) !== undefined
  return base.records.settings.find<Record<string, string[]>>(knownSetting)?.[table]?.includes(sourceId) ?? false
}

const rememberKnown = (base: Use, reading: RosterReading): void => {
  const known = base.records.settings.find<Record<string, string[]>>(knownSetting) ?? {}
  for (const table of ['courses', 'academicSessions'] as const) {
    if (reading.records[table].length > 0) known[table] = reading.records[table].map((row) => row.sourcedId)
  }
  base.records.settings.set(knownSetting, known)
}

const presentCounts = (base: Use, sample: boolean) => ({
  learners: base.records.learners.count({ sample, leftAt: null, erasedAt: null }),
  classes: base.records.classes.count({ sample }),
})

/** Exporters that fail halfway write half a file: more than half gone is asked about. */
const shrinking = (base: Use, applied: Applied, sample: boolean, present = presentCounts(base, sample)) => {
  for (const what of ['learners', 'classes'] as const) {
    const { removed } = applied[what]
    if (removed * 2 > present[what]) return { removed, present: present[what], what }
  }
  return undefined
}

const changed = (applied: Applied): boolean =>
  Object.values(applied).some((counts) => typeof counts === 'object' && counts.added + counts.changed + counts.removed > 0)
