import type { DatabaseSync } from 'node:sqlite'
import type { Outbox as LedgerOutbox, OutboxRow as LedgerRow, OutboxReceipt } from '@guildhall/node/ledger'
import type { Clock, LedgerWrite, Outbox, OutboxRow, UnixSeconds } from '../base.ts'
import { GuildhallError } from '../errors.ts'
import type { Final } from '../use-cases/base/settle-writes.ts'

/** What follows a write that became final or was refused; called inside the transaction that marks it done. */
export type Settling = { settle(final: Final): void; refuse(row: { outboxId: number; kind: string }): void }

type Init = { db: DatabaseSync; ledgerOutbox: LedgerOutbox; clock: Clock; transaction: <T>(work: () => T) => T; settling: () => Settling }
type Stored = {
  outbox_id: number
  kind: string
  subject_id: string | null
  records: number
  queued_at: UnixSeconds
  final_at: UnixSeconds | null
}

/** Every kind of write, so that each has its handler before the first round. */
const writeKinds = [
  'anchor',
  'status-head',
  'segment',
  'audit-head',
  'programme',
  'accreditation-scheduled',
  'accreditation',
  'accreditation-end-scheduled',
  'accreditation-end',
  'assessment',
  'issuer-key',
  'key-revocation',
  'did-log',
  'peers',
  'invite',
  'work',
  'work-version',
  'work-shares',
  'authorship',
  'opinion',
  'appeal',
  'panel-seat-scheduled',
  'panel-seat',
  'takedown-scheduled',
  'takedown',
  'offer',
  'licence',
  'allowance',
  'usage',
  'settlement',
  'deposit',
  'work-payment',
  'royalty-flow',
  'withdrawal',
  'dispute',
  'sponsorship',
] as const

/**
 * Gas for one write where it can't be estimated: several writes follow one another (a head its previous head, an execution its scheduling),
 * and an estimate for the second would fail before the first is in a block. What isn't used costs nothing.
 */
const gasLimit = 2_000_000

/** The base's outbox over the node's: remembers what each write was for, and lets callers wait for one. */
export function createOutboxAdapter({ db, ledgerOutbox, clock, transaction, settling }: Init): Outbox {
  db.exec(`CREATE TABLE IF NOT EXISTS ledger_writes (
    outbox_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject_id TEXT, records INTEGER NOT NULL, queued_at INTEGER NOT NULL, final_at INTEGER
  ) STRICT`)
  const insert = db.prepare('INSERT INTO ledger_writes (kind, subject_id, records, queued_at) VALUES (?, ?, ?, ?)')
  const newest = db.prepare('SELECT * FROM ledger_writes ORDER BY outbox_id DESC LIMIT ?')
  const one = db.prepare('SELECT * FROM ledger_writes WHERE outbox_id = ?')
  const finish = db.prepare('UPDATE ledger_writes SET final_at = ? WHERE outbox_id = ?')
  const waiters = new Map<number, Set<() => void>>()

  const read = (outboxId: number): OutboxRow | undefined => {
    const stored = one.get(outboxId) as Stored | undefined
    return stored && show(stored, ledgerOutbox.find(keyOf(outboxId)))
  }
  const settleRow = (row: LedgerRow, receipt: OutboxReceipt | undefined, settle: () => void): void => {
    const outboxId = Number(row.key.slice(keyPrefix.length))
    const stored = one.get(outboxId) as Stored | undefined
    if (!stored) return
    transaction(() => {
      const { kind } = stored
      if (receipt && row.outcome === 'succeeded') settling().settle({ ...receipt, outboxId, kind, subjectId: stored.subject_id })
      else settling().refuse({ outboxId, kind })
      finish.run(clock.now(), outboxId)
      settle()
    })
    for (const wake of waiters.get(outboxId) ?? []) wake()
  }
  for (const kind of writeKinds) ledgerOutbox.onFinal(kind, settleRow)

  return {
    enqueue: ({ kind, to, calldata, subjectId = undefined, records = 1, gasLimit: gas = gasLimit }: LedgerWrite) => {
      const { lastInsertRowid } = insert.run(kind, subjectId ?? null, records, clock.now())
      const outboxId = Number(lastInsertRowid)
      ledgerOutbox.enqueue({ key: keyOf(outboxId), to, data: calldata, purpose: kind, gasLimit: gas })
      return outboxId
    },
    list: (limit) => (newest.all(limit) as Stored[]).map((stored) => show(stored, ledgerOutbox.find(keyOf(stored.outbox_id)))),
    waiting: () => {
      const { waiting, inFlight, oldestSince } = ledgerOutbox.status()
      return { count: waiting + inFlight, oldestSince: oldestSince ?? null }
    },
    whenFinal: (outboxId, signal) => waitFor({ outboxId, signal, read, waiters }),
  }
}

const keyPrefix = 'write/'
const keyOf = (outboxId: number): string => `${keyPrefix}${outboxId}`

type Waiting = {
  outboxId: number
  signal: AbortSignal
  read: (outboxId: number) => OutboxRow | undefined
  waiters: Map<number, Set<() => void>>
}

async function waitFor({ outboxId, signal, read, waiters }: Waiting): Promise<OutboxRow> {
  for (;;) {
    const row = read(outboxId)
    if (!row) throw new GuildhallError('NOT_FOUND', { thing: 'ledger write' })
    if (row.state === 'failed')
      throw new GuildhallError('LEDGER_REFUSED', { kind: row.kind, reason: String(row.reason?.params['detail'] ?? '') })
    if (row.finalAt !== null) return row
    signal.throwIfAborted()
    await new Promise<void>((resolve) => {
      const wakers = waiters.get(outboxId) ?? new Set()
      waiters.set(outboxId, wakers)
      const wake = () => {
        wakers.delete(wake)
        if (wakers.size === 0) waiters.delete(outboxId)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      wakers.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}

function show(stored: Stored, row: LedgerRow | undefined): OutboxRow {
  const isFailed = row?.outcome === 'reverted' || row?.outcome === 'refused'
  return {
    outboxId: stored.outbox_id,
    kind: stored.kind,
    state: isFailed ? 'failed' : row === undefined || row.state === 'waiting' ? 'waiting' : row.state === 'final' ? 'final' : 'sent',
    subjectId: stored.subject_id,
    records: stored.records,
    transactionHash: row?.transactionHash ?? null,
    blockNumber: row?.blockNumber ?? null,
    queuedAt: stored.queued_at,
    finalAt: stored.final_at,
    attempts: row?.rejections ?? 0,
    reason:
      isFailed || row?.error
        ? { code: isFailed ? 'LEDGER_REFUSED' : 'LEDGER_WAITING', params: { detail: (row?.error ?? '').slice(0, 400) } }
        : null,
  }
}
