import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baseItself } from '../base.ts'
import { listAuditRows, openAudit, verifyAuditLog } from './audit.ts'
import { openDatabase } from './database.ts'

const logOf = (rows: number) => {
  const db = openDatabase(':memory:')
  let now = 1_800_000_000
  const audit = openAudit(db, { now: () => now++, nowMs: () => now * 1000 })
  for (let row = 0; row < rows; row += 1)
    audit.append(baseItself, row % 2 ? 'session.opened' : 'session.closed', { subject: `s${row}`, details: { row } })
  return { db, audit }
}

describe('the audit log', () => {
  test('of an untouched base is whole and ends in its head', () => {
    const { db, audit } = logOf(20)
    expect(verifyAuditLog(db, audit.head())).toEqual({ whole: true, rows: 20, head: audit.head().head, findings: [] })
  })

  test('is listed newest first, filtered, in pages', () => {
    const { db } = logOf(20)
    const page = listAuditRows(db, { limit: 3, action: 'session.opened', before: 19 })
    expect(page.rows.map((row) => row.number)).toEqual([18, 16, 14])
    expect(page.total).toBe(10)
  })

  test('finds a changed row, whatever cell was changed', () => {
    const cells = ['at', 'actor', 'action', 'subject', 'details', 'previous', 'hash'] as const
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.constantFrom(...cells), (number, cell) => {
        const { db, audit } = logOf(12)
        const anchored = audit.head()
        db.prepare(`UPDATE audit SET ${cell} = ? WHERE number = ?`).run(cell === 'at' ? 7 : cell === 'details' ? '{"row":99}' : 'x', number)
        expect(verifyAuditLog(db, anchored).findings.map((finding) => finding.problem)).toContain('changed')
      }),
      { numRuns: 200 },
    )
  })

  test('finds a dropped row in the middle, at the start and, from the anchored head, at the end', () => {
    for (const number of [1, 6, 12]) {
      const { db, audit } = logOf(12)
      const anchored = audit.head()
      db.prepare('DELETE FROM audit WHERE number = ?').run(number)
      expect(verifyAuditLog(db, anchored).findings.map((finding) => finding.problem)).toContain('dropped')
    }
  })

  test('finds rows in another order', () => {
    const { db, audit } = logOf(12)
    const anchored = audit.head()
    db.exec(
      'UPDATE audit SET number = 100 WHERE number = 5; UPDATE audit SET number = 5 WHERE number = 6; UPDATE audit SET number = 6 WHERE number = 100',
    )
    expect(verifyAuditLog(db, anchored).findings.map((finding) => finding.problem)).toContain('reordered')
  })

  test('finds a dropped row also when the later ones were numbered anew', () => {
    const { db, audit } = logOf(12)
    const anchored = audit.head()
    db.exec('DELETE FROM audit WHERE number = 5')
    for (let number = 6; number <= 12; number += 1) db.prepare('UPDATE audit SET number = ? WHERE number = ?').run(number - 1, number)
    expect(verifyAuditLog(db, anchored).findings.map((finding) => finding.problem)).toEqual(['dropped', 'dropped'])
  })

  test('finds a log that was written anew after its head was anchored', () => {
    const { db, audit } = logOf(12)
    const anchored = audit.head()
    db.exec('DELETE FROM audit')
    const again = openAudit(db, { now: () => 5, nowMs: () => 5000 })
    for (let row = 0; row < 12; row += 1) again.append(baseItself, 'nothing.happened')
    expect(verifyAuditLog(db).whole).toBe(true)
    expect(verifyAuditLog(db, anchored).whole).toBe(false)
  })
})
