import type { DatabaseSync } from 'node:sqlite'
import { encodeBytes32String } from 'ethers'
import { verifyAuditLog } from '../../records/audit.ts'
import { openSettings } from '../../records/settings.ts'
import type { Identity } from '../../use-cases/base/issuing.ts'
import { createLedgerReader, LedgerOutage } from '../verify/ledger-reader.ts'

/** What the ledger said of the audit log: how many heads it has, and how many rows the newest of them covers. `source`: who answered. */
type LedgerWord =
  | { checked: true; source: string; heads: number; rows: number; blockNumber: number | null }
  | { checked: false; why: string }

/** The log recomputed, and compared with every head on the ledger. `whole` is about the log alone; what was not asked is in `ledger`. */
export type AuditReport = ReturnType<typeof verifyAuditLog> & { ledger: LedgerWord }

/** Where the ledger may be asked, in the order of trying. */
export type LedgerPlace = { source: string; rpcUrl: string }

/** Recomputes the log of a data folder's database and asks the first ledger that answers for its heads. */
export async function reportAudit(db: DatabaseSync, places: readonly LedgerPlace[]): Promise<AuditReport> {
  const local = verifyAuditLog(db)
  const identity = openSettings(db).find<Identity>('identity')
  if (identity === undefined) return { ...local, ledger: { checked: false, why: 'The base has no network yet.' } }
  const tried: string[] = []
  for (const place of places) {
    try {
      return compare(db, local, { source: place.source, heads: await readHeads(place, identity) })
    } catch (error) {
      if (!(error instanceof LedgerOutage)) throw error
      tried.push(`${place.source}: ${error.message}`)
    }
  }
  const why = tried.length > 0 ? tried.join('; ') : 'No ledger is known that could be asked.'
  return { ...local, ledger: { checked: false, why } }
}

type Head = { digest: string; blockNumber: number }

async function readHeads({ rpcUrl, source }: LedgerPlace, { network, baseId }: Identity): Promise<Head[]> {
  const reader = createLedgerReader({ rpcUrl, name: source, network }, () => Math.floor(Date.now() / 1000))
  const logs = await reader.logs('CredentialAnchors', 'HeadAnchored', { indexed: [baseId, encodeBytes32String('audit')] })
  return logs.map(({ values, blockNumber }) => ({ digest: String(values['digest']), blockNumber }))
}

/** Every head must be the hash of a row, each further on than the one before. */
function compare(
  db: DatabaseSync,
  local: ReturnType<typeof verifyAuditLog>,
  { source, heads }: { source: string; heads: readonly Head[] },
): AuditReport {
  const rowOf = db.prepare('SELECT number FROM audit WHERE hash = ?')
  const findings = [...local.findings]
  let covered = 0
  for (const { digest, blockNumber } of heads) {
    const number = Number(rowOf.get(digest)?.['number'] ?? 0)
    if (number > covered) covered = number
    else {
      const detail = `The head that the ledger recorded in block ${blockNumber} is no row of this log after row ${covered}.`
      findings.push({ number: covered + 1, problem: number === 0 ? 'dropped' : 'reordered', detail })
    }
  }
  const newest = heads.at(-1)
  const ledger = { checked: true, source, heads: heads.length, rows: covered, blockNumber: newest?.blockNumber ?? null } as const
  return { ...local, whole: findings.length === 0, findings: findings.slice(0, 100), ledger }
}
