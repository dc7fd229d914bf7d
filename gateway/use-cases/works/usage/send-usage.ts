import { encodeCall } from '@guildhall/contracts'
import { type Actor, baseItself } from '../../../base.ts'
import type { UseRow } from '../../../records/works/uses.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { allFinal } from '../licences/offers.ts'
import { nobody, secondsADay } from '../reading/note-use.ts'
import { rootOf, writeReceipts } from './receipts.ts'

type Use = Pick<
  IssuingBase,
  'records' | 'db' | 'licences' | 'outbox' | 'transaction' | 'audit' | 'jobs' | 'registry' | 'clock' | 'random' | 'node'
>

/** Works in a batch: as many as one transaction counts within the gas that every write of the outbox gets. */
const mostLines = 8

/** Sends this base's uses to the ledger, as a job. With `today` what was used so far today goes too; later uses of those works today are not counted. */
export function sendUsage(base: Use, actor: Actor, { today = false }: { today?: boolean | undefined }): { jobId: string } {
  const jobId = base.jobs.start(
    actor,
    { kind: 'usage', title: { 'zh-CN': '把使用回执写入账本', en: 'Send usage receipts to the ledger' } },
    async (progress) => {
      retryRefused(base)
      const stage = progress.stage({ 'zh-CN': '写入账本的回执', en: 'Receipts on the ledger' }, 'rows')
      const sent = await sendWaitingUses(base, { today, signal: progress.signal, onSent: (size) => stage.advance(size) })
      base.transaction(() => base.audit.append(actor, 'usage.sent', { details: { receipts: sent } }))
      return { sentence: { 'zh-CN': `${sent} 份使用回执已写入账本。`, en: `${sent} usage receipts are on the ledger.` }, subjectId: null }
    },
  )
  return { jobId }
}

/**
 * Sends what waits, one batch after the other: a day at a time, because a batch's licences must hold on all its days, and in order, because
 * batches have a sequence. Idempotent: what a crash cut off is found again.
 * @returns how many receipts became final
 */
export async function sendWaitingUses(
  base: Use,
  { today = false, signal, onSent }: { today?: boolean; signal: AbortSignal; onSent?: (size: number) => void },
): Promise<number> {
  const lastDay = Math.floor(base.clock.now() / secondsADay) - (today ? 0 : 1)
  let sent = 0
  for (;;) {
    const queued = base.records.usageBatches.find({ state: 'queued' })
    if (queued?.outboxId) {
      await allFinal(base, [queued.outboxId], signal)
      sent += queued.size
      onSent?.(queued.size)
      continue
    }
    const uses = nextUses(base, lastDay)
    if (uses.length === 0) return sent
    await queueBatch(base, uses, signal)
  }
}

/** The ledger counted a batch. Inside the caller's transaction; a second call changes nothing. */
export function settleUsageBatch({ records, audit }: Pick<Use, 'records' | 'audit'>, { outboxId }: { outboxId: number }): void {
  const changed = records.usageBatches.updateWhere({ outboxId, state: 'queued' }, { state: 'recorded' })
  if (changed > 0) audit.append(baseItself, 'usage.recorded', { details: { outboxId } })
}

/** The ledger refused a batch: its uses wait until a person sends them again. Inside the caller's transaction. */
export function settleRefusedUsage({ records, audit }: Pick<Use, 'records' | 'audit'>, outboxId: number): void {
  const changed = records.usageBatches.updateWhere({ outboxId, state: 'queued' }, { state: 'refused' })
  if (changed > 0) audit.append(baseItself, 'usage.refused', { details: { outboxId } })
}

/** Lets go of what was refused, so that it is put into another batch. */
function retryRefused(base: Use): void {
  base.transaction(() => {
    for (const { batchId } of base.records.usageBatches.list({ state: 'refused' })) {
      base.records.uses.updateWhere({ batchId }, { batchId: null })
      base.records.usageBatches.remove({ batchId })
    }
  })
}

/** The uses of the earliest day that waits, of as many works as a batch takes, by rising work. A day that was counted for a work is over for it. */
function nextUses(base: Use, lastDay: number): UseRow[] {
  const { baseId } = getIdentity(base)
  const waiting = base.db
    .prepare('SELECT DISTINCT day, work_id AS "workId" FROM uses WHERE batch_id IS NULL AND day <= ? ORDER BY day, work_id')
    .all(lastDay) as { day: number; workId: number }[]
  const open = waiting.filter(({ day, workId }) => day > base.licences.lastDay(baseId, workId))
  const day = open[0]?.day
  if (day === undefined) return []
  const works = open.flatMap((one) => (one.day === day ? [one.workId] : [])).slice(0, mostLines)
  const uses = base.records.uses.list({ batchId: null, day, workId: works })
  return uses.toSorted((a, b) => a.workId - b.workId || (a.class < b.class ? -1 : 1))
}

async function queueBatch(base: Use, uses: readonly UseRow[], signal: AbortSignal): Promise<void> {
  const { baseId, contracts } = getIdentity(base)
  const day = uses[0]?.day ?? 0
  const receipts = uses.map((use) => ({ baseId, workId: use.workId, day, class: use.class, teacher: use.teacher }))
  const { cid } = await base.node.content.add(new TextEncoder().encode(writeReceipts(receipts)), { signal })
  const root = rootOf(receipts)
  const sequence = base.licences.lastSequence(baseId) + 1
  const batch = { baseId, sequence, fromDay: day, toDay: day, size: uses.length, root }
  const lines = linesOf(base, uses)
  const { to, data } = encodeCall(contracts, 'UsageReceipts.recordUsage', [batch, lines, cid])
  const batchId = base.random.uuid()
  base.transaction(() => {
    const outboxId = base.outbox.enqueue({ kind: 'usage', to, calldata: data, subjectId: batchId, records: uses.length })
    const row = { batchId, sequence, day, size: uses.length, root, cid, state: 'queued', outboxId, queuedAt: base.clock.now() } as const
    base.records.usageBatches.insert(row)
    for (const { useId } of uses) base.records.uses.update(useId, { batchId })
  })
}

/** A line a work, with how many teachers and classes this base counts for it for the first time. */
function linesOf(base: Use, uses: readonly UseRow[]) {
  return [...Map.groupBy(uses, ({ workId }) => workId)].map(([workId, rows]) => ({
    workId,
    // On the day on which one licence follows another, the later one counts.
    licenceId: rows.reduce((latest, { licenceId }) => Math.max(latest, licenceId), 0),
    uses: rows.length,
    teachers: countNew(base, 'teacher', rows),
    classes: countNew(base, 'class', rows),
  }))
}

function countNew(base: Use, what: 'teacher' | 'class', rows: readonly UseRow[]): number {
  const counted = base.db
    .prepare(`SELECT DISTINCT ${what} AS known FROM uses WHERE work_id = ? AND batch_id IS NOT NULL`)
    .all(rows[0]?.workId ?? 0) as { known: string }[]
  const known = new Set([nobody, ...counted.map((row) => row.known)])
  return new Set(rows.map((row) => row[what])).difference(known).size
}
