import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { bytes, count, digest, flag, line, list, object, oneOf, optional, page, paging, unixSeconds, uuid } from '../fields.ts'

const rosterError = object({
  file: line(100),
  /** Line of the file as a spreadsheet counts it: the header is 1. 0 where the file as a whole is meant. */
  row: count(),
  column: line(100),
  /** The rule in English, never the value; `code` and `params` are for translation. */
  reason: line(300),
  code: line(60),
  params: Type.Record(Type.String({ maxLength: 40 }), Type.Union([Type.String({ maxLength: 200 }), Type.Number()])),
})
const rosterFile = object({
  file: line(100),
  outcome: oneOf(['accepted', 'refused', 'waiting', 'absent'] as const),
  rows: count(),
  errors: count(),
})
const changes = object({ added: count(), changed: count(), removed: count(), unchanged: count() })

/** What an import did, or would do. Files with errors are not imported and nothing of them is lost. */
export const rosterResult = object({
  importId: uuid(),
  dryRun: flag(),
  fileDigest: digest(),
  files: list(rosterFile, 20),
  organisations: changes,
  classes: changes,
  learners: changes,
  guardians: changes,
  teachers: changes,
  enrolments: changes,
  errors: list(rosterError, 1_000),
  errorCount: count(),
  /** Learners of the file who were erased here before: they are not brought back. */
  erasedSkipped: count(),
  /** True where more than half of the learners or classes would be removed; the import then needs `confirmShrink`. */
  needsConfirmation: flag(),
  at: unixSeconds(),
})
export type RosterResult = Type.Static<typeof rosterResult>

/** A OneRoster 1.2 CSV zip, at most 64 MB. Changes nothing. */
export const checkRoster = defineRoute({
  id: 'checkRoster',
  tag: 'Roster',
  summary: 'What a roster would change',
  roles: ['operator'],
  rateLimit: 'heavy',
  body: bytes('application/zip'),
  response: { 200: rosterResult },
})

export const importRoster = defineRoute({
  id: 'importRoster',
  tag: 'Roster',
  summary: 'Import a roster (OneRoster 1.2 CSV zip)',
  roles: ['operator'],
  rateLimit: 'heavy',
  query: object({ confirmShrink: optional(Type.Boolean()) }),
  body: bytes('application/zip'),
  response: { 200: rosterResult },
})

export const listRosterImports = defineRoute({
  id: 'listRosterImports',
  tag: 'Roster',
  summary: 'Earlier imports',
  roles: ['operator', 'auditor'],
  rateLimit: 'read',
  query: object(paging()),
  response: {
    200: page(
      object({
        importId: uuid(),
        at: unixSeconds(),
        by: line(80),
        outcome: oneOf(['imported', 'unchanged', 'partly'] as const),
        result: rosterResult,
      }),
    ),
  },
})
