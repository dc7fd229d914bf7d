import type { IndexedUsageBatch } from '@guildhall/node'
import type { Usage, UsageBatch } from '../../../api/works/usage.ts'
import { notFound } from '../../../errors.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { secondsADay } from '../reading/note-use.ts'
import { findFault, parseReceipts } from './receipts.ts'

type Use = Pick<IssuingBase, 'records' | 'licences' | 'transaction' | 'workFiles' | 'log'>

/** What a receipt's line may take at most; a batch above this size in all is not read. */
const lineBytes = 300
const mostBytes = 64_000_000
const findMs = 20_000

/**
 * Finds the receipts behind the batches of all bases and counts them, whatever the bases told the ledger. What is not found is looked for
 * again by the next round; what is found and false is kept as that, and counts nothing.
 * @returns how many batches were judged
 */
export async function countUsage(base: Use): Promise<number> {
  let judged = 0
  for (const batch of base.licences.batches()) {
    const known = base.records.countedBatches.find({ key: keyOf(batch) })
    if (known === undefined && !batch.isStruck && (await judge(base, batch))) judged += 1
    if (known !== undefined && batch.isStruck) takeOut(base, batch)
  }
  return judged
}

/** How a work is used, by the receipts that were found, beside what the bases told the ledger. @throws NOT_FOUND */
export function getUsage(base: Pick<Use, 'records' | 'licences'>, workId: number): Usage {
  if (base.licences.findWork(workId) === undefined) throw notFound('work')
  const { usageReceipts } = base.records
  const standing = base.licences.batches({ workId }).filter(({ isStruck }) => !isStruck)
  const outcomes = standing.map((batch) => base.records.countedBatches.find({ key: keyOf(batch) })?.outcome)
  const lines = standing.flatMap((batch) => batch.lines.filter((line) => line.workId === workId))
  const sum = (what: 'uses' | 'teachers' | 'classes') => lines.reduce((total, line) => total + line[what], 0)
  return {
    workId,
    ...usageReceipts.count(workId),
    byMonth: usageReceipts.countByMonth(workId),
    byBase: usageReceipts.countByBase(workId),
    batches: {
      named: standing.length,
      counted: outcomes.filter((outcome) => outcome === 'passed').length,
      missing: outcomes.filter((outcome) => outcome === undefined).length,
      broken: outcomes.filter((outcome) => outcome === 'failed').length,
    },
    told: {
      uses: sum('uses'),
      teachers: sum('teachers'),
      classes: sum('classes'),
      bases: new Set(standing.map(({ baseId }) => baseId)).size,
    },
  }
}

/** The batches of all bases, the newest first, a page at a time, each with what was made of its receipts. */
export function listUsageBatches(
  base: Pick<Use, 'records' | 'licences'>,
  {
    after = '0',
    limit = 50,
    ...question
  }: { after?: string | undefined; limit?: number | undefined; baseId?: number | undefined; workId?: number | undefined },
) {
  const all = base.licences.batches(question)
  const offset = Number(after) || 0
  const items = all.slice(offset, offset + limit).map((batch) => showBatch(base, batch))
  return { items, total: all.length, next: offset + limit < all.length ? String(offset + limit) : null }
}

/** The same number with another root is another batch: a ledger may replace its newest blocks. */
const keyOf = ({ baseId, sequence, root }: IndexedUsageBatch): string => `${baseId}/${sequence}/${root}`

async function judge(base: Use, batch: IndexedUsageBatch): Promise<boolean> {
  const { baseId, sequence, cid } = batch
  const limits = { maxBytes: Math.min(mostBytes, batch.size * lineBytes), signal: AbortSignal.timeout(findMs) }
  const bytes = await base.workFiles.read(cid, limits).catch((error: unknown) => unreadable(error))
  if (bytes === 'away') return false
  const receipts = bytes === 'unreadable' ? undefined : parseReceipts(bytes, batch.size)
  const fault = findFault(receipts, batch)
  base.transaction(() => {
    base.records.usageReceipts.remove(baseId, sequence)
    if (fault === undefined)
      base.records.usageReceipts.add(
        sequence,
        (receipts ?? []).map((one) => ({ ...one, class: toBytes(one.class), teacher: toBytes(one.teacher) })),
      )
    const row = { key: keyOf(batch), baseId, sequence, outcome: fault === undefined ? 'passed' : 'failed', reason: fault ?? null } as const
    base.records.countedBatches.put(row)
  })
  if (fault !== undefined) base.log.warn({ baseId, sequence, fault }, 'the receipts behind a batch are not what it says')
  return true
}

function takeOut(base: Use, batch: IndexedUsageBatch): void {
  base.transaction(() => {
    base.records.usageReceipts.remove(batch.baseId, batch.sequence)
    base.records.countedBatches.remove({ key: keyOf(batch) })
  })
}

/** What can never be read is false; what is only out of reach may come. */
function unreadable(error: unknown): 'away' | 'unreadable' {
  const hopeless = ['CONTENT_CID_INVALID', 'CONTENT_NOT_A_FILE', 'CONTENT_TOO_LARGE']
  return hopeless.includes(String((error as { code?: unknown }).code)) ? 'unreadable' : 'away'
}

function showBatch({ records }: Pick<Use, 'records'>, batch: IndexedUsageBatch): UsageBatch {
  const { baseId, sequence, root, size, cid, isStruck, transactionHash } = batch
  const judged = records.countedBatches.find({ key: keyOf(batch) })
  return {
    baseId,
    sequence,
    root,
    size,
    isStruck,
    transactionHash,
    fromDay: batch.fromDay * secondsADay,
    toDay: batch.toDay * secondsADay,
    cid: /^b[a-z2-7]{20,110}$/.test(cid) ? cid : null,
    lines: batch.lines.slice(0, 1_000).map((line) => ({ ...line, licenceId: line.licenceId === 0 ? null : line.licenceId })),
    recordedAt: batch.time,
    outcome: isStruck ? 'failed' : (judged?.outcome ?? 'unknown'),
    reason: reasonOf(isStruck ? 'BATCH_STRUCK' : judged === undefined ? 'RECEIPTS_NOT_FOUND' : judged.reason),
  }
}

const reasonOf = (code: string | null): UsageBatch['reason'] => (code === null ? null : { code, params: {} })
const toBytes = (hex: string): Uint8Array => Buffer.from(hex.slice(2), 'hex')
