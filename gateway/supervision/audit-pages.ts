import type { Static } from 'typebox'
import type { listAudit as listRoute, verifyAudit as verifyRoute } from '../api/base/audit.ts'
import { listAuditRows, verifyAuditLog } from '../records/audit.ts'
import type { IssuingBase } from '../use-cases/base/issuing.ts'

/** Audit rows, newest first. `after` is the number of the last row of the page before. */
export function listAudit({ db }: Pick<IssuingBase, 'db'>, { after, limit = 50, actor, action, subject }: Static<typeof listRoute.query>) {
  const { rows, total } = listAuditRows(db, {
    limit,
    ...(after === undefined ? {} : { before: Number.parseInt(after, 10) || 0 }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(subject === undefined ? {} : { subject }),
  })
  const last = rows.at(-1)
  return { items: rows, total, next: last && rows.length === limit && last.number > 1 ? String(last.number) : null }
}

/** The whole chain recomputed, against the newest head that the ledger has. */
export function verifyAudit({ db, records }: Pick<IssuingBase, 'db' | 'records'>): Static<(typeof verifyRoute.response)[200]> {
  const anchors = records.auditAnchors.list({}, { orderBy: 'rows', descending: true })
  const newest = anchors.find((anchor) => anchor.blockNumber !== null)
  const { whole, rows, head, findings } = verifyAuditLog(db, newest)
  const anchored =
    newest?.blockNumber == null ? null : { head: newest.head, rows: newest.rows, blockNumber: newest.blockNumber, at: newest.at }
  return { whole, rows, head, anchored, findings }
}
