import { LedgerError, RpcError } from '../errors.ts'
import type { ChainStore, JournalBlock } from '../journal/chain-store.ts'
import { BLOCK_GAS_LIMIT } from './anvil-process.ts'
import { type CheckedTransaction, parseTransaction } from './check-transaction.ts'
import type { LedgerLog, SealedBlock } from './engine.ts'
import type { EngineSession, MinedBlock } from './engine-session.ts'
import { handIn } from './hand-in.ts'

/** What a sealer works with. `session` answers a running engine, waiting while it restarts. */
export interface SealerParts {
  readonly chainId: number
  readonly store: ChainStore
  readonly session: () => Promise<EngineSession>
  /** UnixSeconds of the wall clock. */
  readonly clock: () => number
  readonly log: LedgerLog
  readonly onSealed: (block: SealedBlock, tookMs: number) => void
}

/** Turns submitted transactions into durable blocks, many at a time. */
export interface Sealer {
  submit(raw: string): Promise<string>
  /** Runs `work` between two blocks; submitted transactions wait meanwhile. */
  pause<T>(work: () => Promise<T>): Promise<T>
  /** Seals what was submitted, refuses what comes later. */
  stop(): Promise<void>
}

/** A transaction on its way, with who waits for it. */
export interface QueuedTransaction extends CheckedTransaction {
  /** `performance.now()` after which a missing nonce before it is no longer waited for. */
  readonly deadline: number
  resolve(hash: string): void
  reject(error: Error): void
}

/** How far the clock may stand behind the last block before writing is refused, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 60

const MAX_BLOCK_TRANSACTIONS = 400
const MAX_BLOCK_BYTES = 4_194_304
const MAX_QUEUE = 10_000
const NONCE_GAP_MS = 1_000
const RETRY_GAP_MS = 25
const MAX_GATHER_MS = 30

/** The timestamp of a block after one at `last`: the wall clock, never going back. @throws LedgerError LEDGER_CLOCK_BACK */
export function nextTimestamp(last: number, now: number): number {
  if (now < last - CLOCK_TOLERANCE_SECONDS) {
    const behind = last - now
    throw new LedgerError(
      'LEDGER_CLOCK_BACK',
      `The machine clock stands ${behind} s before the last block. Set the clock right; nothing was written.`,
    )
  }
  return Math.max(last, Math.floor(now))
}

/** Makes the sealer of one ledger. */
export function createSealer(parts: SealerParts): Sealer {
  const queue: QueuedTransaction[] = []
  const waiting = new Map<string, Promise<string>>()
  let turn: Promise<unknown> = Promise.resolve()
  let isStopped = false
  let isScheduled = false
  let gatherMs = 0

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  function schedule(): void {
    if (isScheduled || queue.length === 0) return
    isScheduled = true
    void inTurn(async () => {
      // Those who were just answered send again at once: a moment's waiting puts them all into one block instead of every other.
      if (gatherMs >= 1) await new Promise((resolve) => setTimeout(resolve, gatherMs))
      isScheduled = false
      const batch = takeBatch(queue)
      const started = performance.now()
      const held = await sealBatch(parts, batch)
      gatherMs = batch.length > 1 ? Math.min((performance.now() - started) / 10, MAX_GATHER_MS) : 0
      if (held.length > 0) setTimeout(() => enqueue(held), RETRY_GAP_MS)
    }).finally(schedule)
  }

  function enqueue(entries: readonly QueuedTransaction[]): void {
    queue.unshift(...entries)
    schedule()
  }

  function add(checked: CheckedTransaction): Promise<string> {
    const known = waiting.get(checked.hash)
    if (known !== undefined) return known
    if (queue.length >= MAX_QUEUE) return Promise.reject(new RpcError(-32005, 'too many transactions are waiting; send again in a moment'))
    const done = new Promise<string>((resolve, reject) => {
      queue.push({ ...checked, deadline: performance.now() + NONCE_GAP_MS, resolve, reject })
    }).finally(() => waiting.delete(checked.hash))
    waiting.set(checked.hash, done)
    schedule()
    return done
  }

  return {
    async submit(raw) {
      if (isStopped) throw new LedgerError('LEDGER_STOPPED', 'The ledger is stopping; send the transaction again when it runs.')
      return add(parseTransaction(raw, parts.chainId))
    },
    pause: (work) => inTurn(work),
    async stop() {
      isStopped = true
      while (waiting.size > 0) await Promise.allSettled([...waiting.values()])
      await turn
    },
  }
}

function takeBatch(queue: QueuedTransaction[]): QueuedTransaction[] {
  let gas = 0
  let bytes = 0
  let count = 0
  for (const entry of queue) {
    gas += entry.gasLimit
    bytes += entry.raw.length / 2
    if (count === MAX_BLOCK_TRANSACTIONS || (count > 0 && (gas > BLOCK_GAS_LIMIT || bytes > MAX_BLOCK_BYTES))) break
    count += 1
  }
  return queue.splice(0, count)
}

/** Makes one durable block of a batch; answers the transactions that must wait for an earlier nonce. Never throws. */
async function sealBatch(parts: SealerParts, batch: readonly QueuedTransaction[]): Promise<readonly QueuedTransaction[]> {
  const started = performance.now()
  try {
    const session = await parts.session()
    const timestamp = nextTimestamp(session.head().timestamp, parts.clock())
    await sealLeftOver(parts)
    const { accepted, held } = await handIn(session, batch)
    if (accepted.length === 0) return held
    const block = await writeBlock(parts, session, { timestamp, accepted })
    answer(accepted, block)
    parts.onSealed(block, performance.now() - started)
    return held
  } catch (error) {
    if (isEngineLoss(error)) return batch
    parts.log('error', 'ledger.block-not-written', { code: error instanceof LedgerError ? error.code : String(error) })
    for (const entry of batch) entry.reject(error instanceof Error ? error : new Error(String(error)))
    return []
  }
}

async function writeBlock(
  parts: SealerParts,
  session: EngineSession,
  input: { timestamp: number; accepted: readonly QueuedTransaction[] },
): Promise<MinedBlock> {
  const { timestamp, accepted } = input
  const block = { number: session.head().number + 1, timestamp, transactions: accepted.map((entry) => entry.raw) }
  try {
    await parts.store.writeBlock(block)
  } catch (error) {
    await session.connection.call('anvil_dropAllTransactions', [])
    throw error
  }
  const mined = await mineOrRecover(parts, session, { ...block, hash: undefined })
  await parts.store.sealBlock(mined.number, mined.hash)
  return mined
}

/** The block is decided: when the engine is lost now, the next one makes it, from the journal or here when it had read the journal before. */
async function mineOrRecover(parts: SealerParts, first: EngineSession, block: JournalBlock): Promise<MinedBlock> {
  let session = first
  let handedIn = true
  for (;;) {
    try {
      if (session.head().number >= block.number) return await session.getBlock(block.number)
      const mined = handedIn ? await session.mine(block.timestamp) : await session.replay(block)
      if (mined.transactions < block.transactions.length) await session.connection.call('anvil_dropAllTransactions', [])
      return mined
    } catch (error) {
      parts.log('warn', 'ledger.engine-lost-while-sealing', {
        block: block.number,
        reason: error instanceof Error ? error.message : 'unknown',
      })
      await session.process.kill()
      session = await parts.session()
      handedIn = false
    }
  }
}

/** A block whose hash could not be recorded (disk full) is recorded before anything else is written. */
async function sealLeftOver(parts: SealerParts): Promise<void> {
  const session = await parts.session()
  const last = parts.store.listBlocksAfter(session.head().number - 1)[0]
  if (last !== undefined && last.hash === undefined) await parts.store.sealBlock(last.number, session.head().hash)
}

function answer(accepted: readonly QueuedTransaction[], block: MinedBlock): void {
  const included = new Set(block.transactionHashes)
  for (const entry of accepted) {
    if (included.has(entry.hash)) entry.resolve(entry.hash)
    else entry.reject(new RpcError(-32000, 'the transaction can no longer be carried out after the ones before it in the same block'))
  }
}

function isEngineLoss(error: unknown): boolean {
  return error instanceof LedgerError && error.code === 'LEDGER_ENGINE_FAILED'
}
