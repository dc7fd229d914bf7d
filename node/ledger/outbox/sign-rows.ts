import { isCallException, isError } from 'ethers'
import type { OutboxParts } from './outbox.ts'
import type { OutboxAttempt, OutboxRow } from './outbox-row.ts'
import { describeRevertData } from './revert-reason.ts'

/** EIP-7825. */
const GAS_CAP = 16_777_216
/** How many transactions may wait for their block at a time. */
const MAX_IN_FLIGHT = 128

/** What a transaction pays per gas, in wei: nothing on a ledger whose gas price is 0. */
export interface Fees {
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Gives waiting rows their nonce for good, signs them, and stores both before anything is sent. */
export async function signRows(parts: OutboxParts): Promise<void> {
  const { table, connection, account } = parts
  const inFlight = table.countInState('signed') + table.countInState('sent') + table.countInState('included')
  const rows = table.list('waiting', Math.max(0, MAX_IN_FLIGHT - inFlight))
  if (rows.length === 0) return
  const fees = await readFees(parts)
  const gasLimits = await Promise.all(rows.map((row) => findGasLimit(parts, row, inFlight > 0)))
  const used = await connection.provider.getTransactionCount(account.address, 'latest')
  for (const [index, row] of rows.entries()) {
    const gasLimit = gasLimits[index]
    if (gasLimit === undefined) continue
    if (typeof gasLimit === 'string') {
      table.noteFinal(row.id, 'refused', gasLimit)
      continue
    }
    // Nonces of transactions from elsewhere (the founding) are on the ledger; ours in flight are in the table.
    const nonce = Math.max(used, table.maxNonce() + 1)
    const attempt = signAttempt(parts, row, { nonce, gasLimit, fees, isEmpty: false })
    await parts.step('transaction-signed', row)
    table.storeAttempt(attempt, nonce)
    await parts.step('transaction-stored', table.get(row.id))
  }
}

/** Signs a row's call, or an empty one to the account itself that only uses the nonce up. */
export function signAttempt(
  { account, connection }: OutboxParts,
  row: OutboxRow,
  terms: { nonce: number; gasLimit: number; fees: Fees; isEmpty: boolean },
): OutboxAttempt {
  const { nonce, gasLimit, fees, isEmpty } = terms
  const call = isEmpty ? { to: account.address, data: '0x', gasLimit: 21_000 } : { to: row.to, data: row.data, gasLimit }
  const signed = account.sign({ ...call, ...fees, nonce, type: 2, chainId: connection.chainId, value: 0 })
  return { rowId: row.id, raw: signed.raw, transactionHash: signed.hash, maxFeePerGas: fees.maxFeePerGas, isEmpty }
}

/** What to pay now: twice the base fee and the tip that the ledger proposes, or nothing where gas is free. */
export async function readFees({ connection }: OutboxParts): Promise<Fees> {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = await connection.provider.getFeeData()
  if (gasPrice === 0n) return { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  return { maxFeePerGas: maxFeePerGas ?? gasPrice ?? 0n, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n }
}

/**
 * The gas limit of a row; undefined when it is too early to say; a sentence when the call would be refused. A call that reverts now may depend on
 * a row that is on its way, so it is only given up when nothing is.
 */
async function findGasLimit(
  { connection, account, describeRevert }: OutboxParts,
  row: OutboxRow,
  hasOthers: boolean,
): Promise<number | string | undefined> {
  if (row.gasLimit !== null) return Math.min(row.gasLimit, GAS_CAP)
  try {
    const estimate = await connection.provider.estimateGas({ from: account.address, to: row.to, data: row.data })
    return Math.min(Math.ceil(Number(estimate) * 1.25) + 5_000, GAS_CAP)
  } catch (error) {
    if (!isCallException(error) && !isError(error, 'UNKNOWN_ERROR')) throw error
    if (hasOthers) return undefined
    return isCallException(error) ? describeRevertData(error.data ?? '0x', describeRevert) : error.message.slice(0, 200)
  }
}
