import { LedgerError } from '../errors.ts'
import { findReceipt } from './confirm-rows.ts'
import type { FinalHandler, OutboxParts } from './outbox.ts'
import type { OutboxReceipt, OutboxRow } from './outbox-row.ts'

const BATCH = 200
const MAX_DELAY_SECONDS = 300

/** Tells handlers of final rows until each is marked as done. */
export async function deliverRows(parts: OutboxParts): Promise<void> {
  const { table, handlers, delays, clock } = parts
  for (const row of table.listUnsettled(BATCH)) {
    if ((delays.get(row.id)?.until ?? 0) > clock()) continue
    const handler = handlers.get(row.purpose)
    const receipt = handler === undefined ? undefined : await readReceipt(parts, row)
    await parts.step('handler-begun', row)
    if (handler !== undefined && !(await callHandler(parts, row, { handler, receipt }))) continue
    await parts.step('handler-done', row)
    if (!table.get(row.id).isSettled) table.settle(row.id)
    await parts.step('row-settled', row)
  }
}

async function callHandler(
  { table, delays, clock, log }: OutboxParts,
  row: OutboxRow,
  call: { handler: FinalHandler; receipt: OutboxReceipt | undefined },
): Promise<boolean> {
  try {
    await call.handler(row, call.receipt, () => table.settle(row.id))
    delays.delete(row.id)
    return true
  } catch (error) {
    const times = (delays.get(row.id)?.times ?? 0) + 1
    delays.set(row.id, { times, until: clock() + Math.min(2 ** times, MAX_DELAY_SECONDS) })
    log('error', 'outbox.handler-failed', {
      row: row.id,
      purpose: row.purpose,
      times,
      reason: error instanceof Error ? error.name : 'unknown',
    })
    return false
  }
}

async function readReceipt(parts: OutboxParts, row: OutboxRow): Promise<OutboxReceipt | undefined> {
  if (row.outcome === 'refused') return undefined
  const found = await findReceipt(parts, row)
  if (found === undefined) {
    throw new LedgerError(
      'LEDGER_UNREACHABLE',
      `The ledger no longer gives the receipt of outbox row ${row.id}, which was final. Check which ledger the base is connected to.`,
    )
  }
  const block = (await parts.connection.provider.send('eth_getBlockByHash', [found.receipt.blockHash, false])) as { timestamp: string }
  return { ...found.receipt, blockTime: Number(block.timestamp) }
}
