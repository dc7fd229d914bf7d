import type { Job } from '../../../api/base/operations.ts'
import type { Actor, LedgerWrite, OutboxRow } from '../../../base.ts'
import type { IssuingBase } from '../../base/issuing.ts'

type Use = Pick<IssuingBase, 'jobs' | 'outbox' | 'transaction' | 'audit' | 'registry'>

/** A piece of work with money: what it is called, what is written to the ledger, in order, and what is said when all of it is final. */
export type MoneyWork = {
  kind: 'deposit' | 'work-payment' | 'royalty-flow' | 'withdrawal' | 'dispute'
  title: Job['title']
  subject: string
  details?: Record<string, string | number | boolean | null>
  writes: readonly Pick<LedgerWrite, 'to' | 'calldata' | 'gasLimit'>[]
  done: { 'zh-CN': string; en: string }
  /** Looks at the last write once it is final. @throws where it did not do what it was for */
  judge?: (last: OutboxRow) => Promise<void>
}

const stageName = { 'zh-CN': '写入账本', en: 'Written to the ledger' }

/**
 * Queues the writes with their audit row at once, so that nothing is lost when the base stops, and follows them as a job. The job ends when this
 * base has read what it wrote.
 * @returns the job's id
 */
export function writeMoney(base: Use, actor: Actor, work: MoneyWork): string {
  const rows = base.transaction(() => {
    base.audit.append(actor, `money.${work.kind}`, { subject: work.subject, ...(work.details && { details: work.details }) })
    return work.writes.map((write) => base.outbox.enqueue({ kind: work.kind, subjectId: work.subject, ...write }))
  })
  return base.jobs.start(actor, { kind: work.kind, title: work.title }, async ({ signal, stage }) => {
    const progress = stage(stageName, 'steps', rows.length)
    let block = 0
    let last: OutboxRow | undefined
    for (const row of rows) {
      last = await base.outbox.whenFinal(row, signal)
      block = Math.max(block, last.blockNumber ?? 0)
      progress.advance(1)
    }
    if (last) await work.judge?.(last)
    await base.registry.whenSyncedTo(block, signal)
    return { sentence: work.done, subjectId: work.subject }
  })
}
