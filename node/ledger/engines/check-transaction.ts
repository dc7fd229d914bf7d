import { Transaction } from 'ethers'
import { RpcError } from '../errors.ts'

/** EIP-7825: the most gas that one transaction may ask for. */
const TRANSACTION_GAS_CAP = 16_777_216
/** Largest signed transaction that is taken, as common nodes have it (128 KiB). */
const TRANSACTION_MAX_BYTES = 131_072

/** What the queue needs to know of a transaction before the engine sees it. */
export interface CheckedTransaction {
  readonly raw: string
  readonly hash: string
  readonly gasLimit: number
}

/**
 * Reads a signed transaction from outside and refuses what this ledger can never take.
 * @throws RpcError -32602 for what is no transaction, -32000 for what breaks a rule.
 */
export function parseTransaction(raw: unknown, chainId: number): CheckedTransaction {
  if (typeof raw !== 'string' || !/^0x(?:[0-9a-fA-F]{2})+$/.test(raw))
    throw new RpcError(-32602, 'expected a signed transaction as 0x and hex digits')
  if (raw.length > 2 + 2 * TRANSACTION_MAX_BYTES)
    throw new RpcError(-32000, `oversized data: transaction has more than ${TRANSACTION_MAX_BYTES} bytes`)
  const transaction = decode(raw)
  if (transaction.chainId !== BigInt(chainId))
    throw new RpcError(-32000, `invalid chain id: have ${transaction.chainId}, want ${chainId} (EIP-155)`)
  if (transaction.type === 3) throw new RpcError(-32000, 'transaction type not supported: blobs are not kept by this ledger')
  if (transaction.gasLimit > BigInt(TRANSACTION_GAS_CAP)) {
    throw new RpcError(-32000, `transaction gas limit too high (cap: ${TRANSACTION_GAS_CAP}, EIP-7825)`)
  }
  return { raw: raw.toLowerCase(), hash: transaction.hash, gasLimit: Number(transaction.gasLimit) }
}

function decode(raw: string): Transaction & { hash: string } {
  let transaction: Transaction
  try {
    transaction = Transaction.from(raw)
  } catch {
    throw new RpcError(-32602, 'rlp: the bytes are not a transaction')
  }
  if (transaction.hash === null) throw new RpcError(-32602, 'the transaction is not signed')
  return transaction as Transaction & { hash: string }
}
