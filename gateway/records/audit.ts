import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import canonicalize from 'canonicalize'
import type { AuditRow } from '../api/base/audit.ts'
import type { Audit, Clock } from '../base.ts'

/** The hash before the first row. */
const auditStart = `0x${'00'.repeat(32)}`

/** What is wrong with a row, or with the gap before it. */
type AuditFinding = { number: number; problem: 'changed' | 'dropped' | 'reordered'; detail: string }
/** The whole log recomputed. `head` and `rows` are to be compared with what the ledger has. */
export type AuditVerification = { whole: boolean; rows: number; head: string; findings: AuditFinding[] }

/**
 * Opens the hash-chained audit log: `hash = SHA-256(previous ‖ JCS({ at, actor, action, subject, details }))` (RFC 8785); the order is in the chain. Rows carry pseudonymous ids only.
 */
export const openAudit = (db: DatabaseSync, clock: Clock): Audit => {
  const last = db.prepare('SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1')
  const insert = db.prepare(
    'INSERT INTO audit (number, at, actor, action, subject, details, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const head = () => {
    const row = last.get()
    return { head: String(row?.['hash'] ?? auditStart), rows: Number(row?.['number'] ?? 0) }
  }
  return {
    head,
    append: (actor, action, { subject = null, details = {} }: { subject?: string | null; details?: Record<string, unknown> } = {}) => {
      const { head: previous, rows } = head()
      const row = { number: rows + 1, at: clock.now(), actor: actor.id, action, subject, details }
      insert.run(row.number, row.at, row.actor, row.action, row.subject, canonicalize(details) ?? '{}', previous, hashOf(row, previous))
    },
  }
}

/** Reads rows newest first. `before`: only rows with a smaller number. */
export const listAuditRows = (
  db: DatabaseSync,
  filter: { before?: number; limit: number; actor?: string; action?: string; subject?: string },
): { rows: AuditRow[]; total: number } => {
  const wanted = (['actor', 'action', 'subject'] as const).filter((column) => filter[column] !== undefined)
  const values = wanted.map((column) => filter[column] ?? '')
  const where = wanted.map((column) => `${column} = ?`).join(' AND ') || '1'
  const before = filter.before ?? Number.MAX_SAFE_INTEGER
  const rows = db
    .prepare(`SELECT * FROM audit WHERE ${where} AND number < ? ORDER BY number DESC LIMIT ?`)
    .all(...values, before, filter.limit)
  const total = db.prepare(`SELECT count(*) AS n FROM audit WHERE ${where}`).get(...values)
  return { rows: rows.map((row) => readRow(row)), total: Number(total?.['n'] ?? 0) }
}

/** Recomputes every row. Finds rows that were changed, dropped (also from the end, if `anchored` is given) or put in another order. */
export const verifyAuditLog = (db: DatabaseSync, anchored?: { head: string; rows: number }): AuditVerification => {
  const findings: AuditFinding[] = []
  let previous = auditStart
  let expected = 1
  let anchoredSeen = anchored === undefined || anchored.rows === 0
  for (const raw of db.prepare('SELECT * FROM audit ORDER BY number').iterate()) {
    const finding = judge(db, raw, { expected, previous })
    if (finding) findings.push(finding)
    previous = String(raw['hash'])
    expected = Number(raw['number']) + 1
    if (anchored && Number(raw['number']) === anchored.rows) {
      anchoredSeen = true
      if (previous !== anchored.head) {
        findings.push({ number: anchored.rows, problem: 'changed', detail: 'The hash is not the one on the ledger.' })
      }
    }
  }
  if (!anchoredSeen && anchored) findings.push({ number: anchored.rows, problem: 'dropped', detail: 'The ledger knows a later row.' })
  return { whole: findings.length === 0, rows: expected - 1, head: previous, findings: findings.slice(0, 100) }
}

type RawRow = Record<string, unknown>

const judge = (db: DatabaseSync, raw: RawRow, { expected, previous }: { expected: number; previous: string }): AuditFinding | null => {
  const number = Number(raw['number'])
  const row = readRow(raw)
  if (row.hash !== hashOf(row, row.previous)) return { number, problem: 'changed', detail: 'The row does not have its hash.' }
  if (row.previous === previous && number === expected) return null
  // The row is right in itself, but stands elsewhere: either what it was written after is still here, or it is gone.
  const isElsewhere = row.previous === auditStart || db.prepare('SELECT 1 FROM audit WHERE hash = ?').get(row.previous) !== undefined
  return isElsewhere
    ? { number, problem: 'reordered', detail: 'The row follows another row than it was written after.' }
    : { number, problem: 'dropped', detail: 'The row that this one was written after is missing.' }
}

const hashOf = (row: { at: number; actor: string; action: string; subject: string | null; details: object }, previous: string): string => {
  const { at, actor, action, subject, details } = row
  const bytes = canonicalize({ at, actor, action, subject, details }) ?? ''
  return `0x${createHash('sha256')
    .update(Buffer.from(previous.slice(2), 'hex'))
    .update(bytes)
    .digest('hex')}`
}

const readRow = (raw: RawRow): AuditRow => ({
  number: Number(raw['number']),
  at: Number(raw['at']),
  actor: String(raw['actor']),
  action: String(raw['action']),
  subject: raw['subject'] === null ? null : String(raw['subject']),
  details: parseDetails(String(raw['details'])),
  previous: String(raw['previous']),
  hash: String(raw['hash']),
})

/** A tampered cell may hold anything: it then reads as an object that cannot match the hash. */
const parseDetails = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return { unreadable: true }
  }
}
