import type { OutboxParts } from './outbox.ts'
import type { OutboxAttempt, OutboxReceipt, OutboxRow } from './outbox-row.ts'
import { describeRevertData } from './revert-reason.ts'

/** A receipt as the ledger gives it, read to plain values, with the attempt that it belongs to. */
export interface FoundReceipt {
  readonly attempt: OutboxAttempt
  readonly receipt: Omit<OutboxReceipt, 'blockTime'>
  readonly isSuccess: boolean
}

const BATCH = 512
/** Public ledgers make a block every few seconds, transactions or not. */
const IDLE_SECONDS = 60

/** Notes which transactions are in a block, which went out of one again, and which are final. */
export async function confirmRows(parts: OutboxParts): Promise<void> {
  const { table } = parts
  const rows = [...table.list('included', BATCH), ...table.list('sent', BATCH), ...table.list('signed', BATCH)]
  if (rows.length === 0) return
  const head = await readHead(parts)
  const found = await Promise.all(rows.map((row) => findReceipt(parts, row)))
  for (const [index, row] of rows.entries()) {
    const receipt = found[index]
    if (receipt !== undefined) await noteReceipt(parts, row, { found: receipt, ...head })
    else if (row.state === 'included') {
      table.noteVanished(row.id)
      parts.log('warn', 'outbox.block-vanished', { row: row.id, block: row.blockNumber ?? 0 })
    }
  }
}

/** The receipt of whichever signed bytes of a row were included, or undefined. */
export async function findReceipt(
  { table, connection }: Pick<OutboxParts, 'table' | 'connection'>,
  row: OutboxRow,
): Promise<FoundReceipt | undefined> {
  const attempts = table.listAttempts(row.id)
  const answers = await Promise.all(
    attempts.map((attempt) => connection.provider.send('eth_getTransactionReceipt', [attempt.transactionHash])),
  )
  for (const [index, attempt] of attempts.entries()) {
    const answer: unknown = answers[index]
    if (answer !== null && answer !== undefined) return readReceipt(answer as RawReceipt, attempt)
  }
  return undefined
}

/** Up to which block everything counts as final. */
async function readHead({ connection, clock, confirmations }: OutboxParts): Promise<{ finalUpTo: number }> {
  const head = (await connection.provider.send('eth_getBlockByNumber', ['latest', false])) as { number: string; timestamp: string }
  // A ledger that makes blocks only for transactions has none to put on top of the last: it competes with nobody, and time will do.
  const isIdle = Number(head.timestamp) + IDLE_SECONDS <= clock()
  return { finalUpTo: isIdle ? Number(head.number) : Number(head.number) + 1 - (await confirmations()) }
}

async function noteReceipt(parts: OutboxParts, row: OutboxRow, at: { found: FoundReceipt; finalUpTo: number }): Promise<void> {
  const { table } = parts
  const { attempt, receipt, isSuccess } = at.found
  if (row.state !== 'included' || row.blockHash !== receipt.blockHash) {
    await parts.step('receipt-read', row)
    table.noteIncluded(row.id, receipt)
    await parts.step('inclusion-noted', table.get(row.id))
  }
  if (receipt.blockNumber > at.finalUpTo) return
  if (attempt.isEmpty) table.noteFinal(row.id, 'refused', row.error)
  else if (isSuccess) table.noteFinal(row.id, 'succeeded', null)
  else table.noteFinal(row.id, 'reverted', await findRevertReason(parts, row, receipt.blockNumber))
  await parts.step('finality-noted', table.get(row.id))
}

/** Receipts do not say why: the call is made again on the state of its block, or on the present one where that is not kept. */
async function findRevertReason(
  { connection, account, describeRevert }: OutboxParts,
  row: OutboxRow,
  blockNumber: number,
): Promise<string> {
  const call = { from: account.address, to: row.to, data: row.data }
  for (const tag of [`0x${blockNumber.toString(16)}`, 'latest']) {
    const data = await connection.provider.send('eth_call', [call, tag]).then(
      () => undefined,
      (error: unknown) => findRevertData(error),
    )
    if (data !== undefined) return describeRevertData(data, describeRevert)
  }
  return 'The call reverted, and does not when made again.'
}

function findRevertData(error: unknown): string | undefined {
  const match = /"data":"(0x[0-9a-fA-F]*)"/.exec(stringify(error))
  return match?.[1]
}

function stringify(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { error: inner, info } = error as { error?: unknown; info?: unknown }
  return JSON.stringify({ inner, info })
}

interface RawReceipt {
  readonly transactionHash: string
  readonly blockNumber: string
  readonly blockHash: string
  readonly gasUsed: string
  readonly status: string
  readonly logs: readonly {
    readonly address: string
    readonly topics: readonly string[]
    readonly data: string
    readonly logIndex: string
  }[]
}

function readReceipt(raw: RawReceipt, attempt: OutboxAttempt): FoundReceipt {
  const logs = raw.logs.map(({ address, topics, data, logIndex }) => ({ address, topics, data, index: Number(logIndex) }))
  return {
    attempt,
    receipt: {
      transactionHash: raw.transactionHash,
      blockNumber: Number(raw.blockNumber),
      blockHash: raw.blockHash,
      gasUsed: Number(raw.gasUsed),
      logs,
    },
    isSuccess: Number(raw.status) === 1,
  }
}
