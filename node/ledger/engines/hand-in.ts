import { RpcError } from '../errors.ts'
import type { EngineSession } from './engine-session.ts'
import type { QueuedTransaction } from './sealer.ts'

/** What of a batch the engine will put into the next block, in this order, and what waits for an earlier nonce. */
export interface HandedIn {
  readonly accepted: readonly QueuedTransaction[]
  readonly held: readonly QueuedTransaction[]
}

type PoolPart = Record<string, Record<string, { hash: string }>>

/**
 * Gives transactions to the engine's pool one after the other (the order decides the block's hash), refuses those that it refuses, and leaves
 * in the pool exactly `accepted`.
 * @throws LedgerError LEDGER_ENGINE_FAILED when the engine is lost; then nothing was answered to anyone.
 */
export async function handIn(session: EngineSession, batch: readonly QueuedTransaction[]): Promise<HandedIn> {
  const taken: QueuedTransaction[] = []
  const refused: { entry: QueuedTransaction; error: RpcError }[] = []
  for (const entry of batch) {
    const error = await offer(session, entry)
    if (error === undefined) taken.push(entry)
    else refused.push({ entry, error })
  }
  const settled = await settlePool(session, taken)
  for (const { entry, error } of refused) await refuse(session, entry, error)
  return settled
}

async function offer(session: EngineSession, entry: QueuedTransaction): Promise<RpcError | undefined> {
  try {
    await session.connection.call('eth_sendRawTransaction', [entry.raw])
    return undefined
  } catch (error) {
    if (error instanceof RpcError) return error
    throw error
  }
}

/** Usually the pool holds what was taken. Otherwise a nonce is missing or was used twice: sort those out and hand the rest in afresh. */
async function settlePool(session: EngineSession, taken: readonly QueuedTransaction[]): Promise<HandedIn> {
  const { connection } = session
  const status = (await connection.call('txpool_status', [])) as { pending: string; queued: string }
  if (Number(status.queued) === 0 && Number(status.pending) === taken.length) return { accepted: taken, held: [] }
  const content = (await connection.call('txpool_content', [])) as { pending: PoolPart; queued: PoolPart }
  const [pending, queued] = [listHashes(content.pending), listHashes(content.queued)]
  await connection.call('anvil_dropAllTransactions', [])
  const early = taken.filter((entry) => queued.has(entry.hash))
  const rest = taken.filter((entry) => pending.has(entry.hash))
  for (const entry of taken) {
    if (!queued.has(entry.hash) && !pending.has(entry.hash))
      entry.reject(new RpcError(-32000, 'replaced by another transaction with the same nonce'))
  }
  const again = rest.length === 0 ? { accepted: [], held: [] } : await handIn(session, rest)
  return { accepted: again.accepted, held: [...again.held, ...waitOrRefuse(early)] }
}

function waitOrRefuse(early: readonly QueuedTransaction[]): QueuedTransaction[] {
  const now = performance.now()
  const late = early.filter((entry) => entry.deadline <= now)
  for (const entry of late) entry.reject(new RpcError(-32000, 'nonce too high: the transaction before it has not arrived'))
  return early.filter((entry) => entry.deadline > now)
}

/** Sending the very same transaction again is answered like the first time, so that a sender may repeat itself until it hears. */
async function refuse(session: EngineSession, entry: QueuedTransaction, error: RpcError): Promise<void> {
  const receipt = await session.connection.call('eth_getTransactionReceipt', [entry.hash])
  if (receipt === null) entry.reject(error)
  else entry.resolve(entry.hash)
}

function listHashes(part: PoolPart): Set<string> {
  return new Set(Object.values(part).flatMap((byNonce) => Object.values(byNonce).map((transaction) => transaction.hash)))
}
