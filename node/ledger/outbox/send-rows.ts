import { isError, Transaction } from 'ethers'
import { describeUnfunded } from '../errors.ts'
import { findReceipt } from './confirm-rows.ts'
import type { OutboxParts } from './outbox.ts'
import type { OutboxAttempt, OutboxRow } from './outbox-row.ts'
import { readFees, signAttempt } from './sign-rows.ts'

/** Times that the ledger may not take a transaction before its nonce is used up with an empty one. */
const MAX_REJECTIONS = 5
const BATCH = 128
const HIGHEST_FACTOR = 10n

/** Sends what is signed and not yet known to the ledger, and again what has been waiting for its block too long; always the same nonce. */
export async function sendRows(parts: OutboxParts): Promise<void> {
  const { table, clock, resendAfterSeconds } = parts
  const now = clock()
  const late = table.list('sent', BATCH).filter((row) => (row.sentAt ?? 0) + resendAfterSeconds <= now)
  const due = table.list('signed', BATCH).filter((row) => (row.sentAt ?? 0) + backoffSeconds(row.rejections) <= now)
  for (const row of [...late, ...due.filter(({ error }) => isUnderpriced(error))]) await raiseFees(parts, row)
  // All at once, in the order of their nonces, so that the ledger can put them into one block.
  const unpaid = await Promise.all([...due, ...late].map((row) => sendRow(parts, row)))
  // No fault of the transactions: they stay as they are, and the loop tries again, ever later.
  if (unpaid.includes('unfunded')) throw describeUnfunded(parts.account.address)
}

async function sendRow(parts: OutboxParts, row: OutboxRow): Promise<'unfunded' | undefined> {
  const { table, clock, connection, account } = parts
  const attempt = await chooseAttempt(parts, row)
  if (attempt === undefined) return undefined
  const refusal = await connection.provider.send('eth_sendRawTransaction', [attempt.raw]).then(
    () => undefined,
    (error: unknown) => readRefusal(error),
  )
  await parts.step('transaction-sent', row)
  if (refusal !== undefined && isUnfunded(refusal)) {
    table.noteDelayed(row.id, describeUnfunded(account.address).message)
    return 'unfunded'
  }
  if (refusal === undefined || isKnown(refusal)) table.noteSent(row.id, clock())
  else if (!isUsed(refusal)) table.noteRejected(row.id, refusal.slice(0, 200), clock())
  else await releaseTakenNonce(parts, row)
  await parts.step('sending-noted', table.get(row.id))
  return undefined
}

/** The newest signed bytes of a row; after too many refusals an empty transaction takes the nonce, so that later ones are not held up. */
async function chooseAttempt(parts: OutboxParts, row: OutboxRow): Promise<OutboxAttempt | undefined> {
  const { table } = parts
  const last = table.listAttempts(row.id).at(-1)
  if (row.rejections < MAX_REJECTIONS || isUnderpriced(row.error) || last === undefined || last.isEmpty || row.nonce === null) return last
  const fees = await readFees(parts)
  const empty = signAttempt(parts, row, { nonce: row.nonce, gasLimit: 21_000, fees, isEmpty: true })
  table.storeAttempt(empty, row.nonce)
  parts.log('warn', 'outbox.row-given-up', { row: row.id, nonce: row.nonce })
  return empty
}

/**
 * Where gas costs something, a replacement must pay at least an eighth more than what it replaces (as nodes ask). Above ten times the present price
 * it is not the price that keeps it waiting.
 */
async function raiseFees(parts: OutboxParts, row: OutboxRow): Promise<void> {
  const last = parts.table.listAttempts(row.id).at(-1)
  if (last === undefined || last.maxFeePerGas === 0n || row.nonce === null) return
  const before = Transaction.from(last.raw)
  const now = await readFees(parts)
  if (last.maxFeePerGas >= HIGHEST_FACTOR * now.maxFeePerGas) return
  const fees = {
    maxFeePerGas: highest(now.maxFeePerGas, before.maxFeePerGas),
    maxPriorityFeePerGas: highest(now.maxPriorityFeePerGas, before.maxPriorityFeePerGas),
  }
  const terms = { nonce: row.nonce, gasLimit: Number(before.gasLimit), fees, isEmpty: last.isEmpty }
  parts.table.storeAttempt(signAttempt(parts, row, terms), row.nonce)
}

function highest(now: bigint, before: bigint | null): bigint {
  const least = (before ?? 0n) + (before ?? 0n) / 8n + 1n
  return now > least ? now : least
}

/**
 * The nonce was used, and by none of our transactions: someone else signs with this key. The row takes a new nonce, but only once the other's
 * transaction is final, so that ours can never be carried out twice.
 */
async function releaseTakenNonce(parts: OutboxParts, row: OutboxRow): Promise<void> {
  const { table, connection, account } = parts
  if (row.nonce === null || (await findReceipt(parts, row)) !== undefined) return
  const head = await connection.provider.getBlockNumber()
  const confirmations = await parts.confirmations()
  const tag = confirmations <= 1 ? 'latest' : Math.max(0, head - confirmations + 1)
  if ((await connection.provider.getTransactionCount(account.address, tag)) <= row.nonce) return
  // Asked again after the count: it may have been included in between.
  if ((await findReceipt(parts, row)) !== undefined) return
  parts.log('error', 'outbox.nonce-taken', { row: row.id, nonce: row.nonce })
  table.releaseNonce(row.id)
}

interface RpcFailure {
  readonly code?: unknown
  readonly message?: unknown
}

/** What the ledger said against a transaction. @throws the error itself when the ledger did not answer, or is out of order. */
function readRefusal(error: unknown): string {
  const failure = findRpcFailure(error)
  // -32603 and -32005 (EIP-1474): the ledger has a problem, not the transaction.
  if (failure === undefined || failure.code === -32603 || failure.code === -32005) throw error
  return typeof failure.message === 'string' ? failure.message : 'refused without a reason'
}

function findRpcFailure(error: unknown): RpcFailure | undefined {
  if (isError(error, 'UNKNOWN_ERROR') && error.error !== undefined) return error.error as RpcFailure
  if (typeof error !== 'object' || error === null || !('info' in error)) return undefined
  const { info } = error as { info?: { error?: RpcFailure } }
  return info?.error
}

/** The words that nodes use for a transaction that they have. */
const isKnown = (refusal: string) => /already (known|imported|exists)|known transaction/i.test(refusal)
/** The words for a nonce that is used up. */
const isUsed = (refusal: string) => /nonce.*(too low|expired|already)/i.test(refusal)
/** The words for an account that cannot pay. */
const isUnfunded = (refusal: string) => /insufficient ?funds|enough funds|upfront cost exceeds/i.test(refusal)
/** The words for a fee that has become too low, or too low to replace what is there. */
const isUnderpriced = (refusal: string | null) =>
  /underpriced|max ?fee ?per ?gas.*(less|low)|fee too low|gas price.*low/i.test(refusal ?? '')
/** Seconds to wait after so many refusals. */
const backoffSeconds = (rejections: number) => (rejections === 0 ? 0 : Math.min(2 ** (rejections - 1), 30))
