import type { DatabaseSync } from 'node:sqlite'
import type { LedgerAccount } from '../account.ts'
import type { LedgerConnection } from '../connection/connect.ts'
import type { LedgerLog } from '../engines/engine.ts'
import { LedgerError } from '../errors.ts'
import { confirmRows } from './confirm-rows.ts'
import { deliverRows } from './deliver-rows.ts'
import type { OutboxEntry, OutboxReceipt, OutboxRow, OutboxStep } from './outbox-row.ts'
import { type OutboxTable, openOutboxTable } from './outbox-table.ts'
import { sendRows } from './send-rows.ts'
import { signRows } from './sign-rows.ts'

/**
 * Hears that a row is final. `receipt` is undefined for a row that was refused. A handler that changes the database calls `settle` inside its own
 * transaction, so that its change and the mark are one; one that does not is marked when it comes back. It may be called again after a crash in
 * between, and is called again, later each time, when it throws.
 */
export type FinalHandler = (row: OutboxRow, receipt: OutboxReceipt | undefined, settle: () => void) => void | Promise<void>

/** How an outbox is made. */
export interface OutboxOptions {
  /** The base's database, opened by the caller with WAL and synchronous=FULL; the outbox makes its own tables in it. */
  readonly database: DatabaseSync
  readonly connection: Pick<LedgerConnection, 'provider' | 'chainId' | 'followHeads' | 'isFinalAtOnce'>
  /** The account whose nonces this outbox alone owns. */
  readonly account: LedgerAccount
  /** UnixSeconds. */
  readonly clock: () => number
  /** Blocks, its own included, after which a transaction is final; when left out 1 on a ledger of this program, which never reorganises, 6 on another. */
  readonly confirmations?: number
  /** Seconds after which a transaction that is not included is sent again, on ledgers with fees with a higher one. */
  readonly resendAfterSeconds?: number
  /** A sentence for the data that a call reverted with. */
  readonly describeRevert?: (data: string) => string
  /** Called at every step; a test may end the process there, or wait. */
  readonly onStep?: (step: OutboxStep, row: OutboxRow) => void | Promise<void>
  readonly log?: LedgerLog
}

/** How much waits, for health checks and metrics. */
export interface OutboxStatus {
  readonly waiting: number
  readonly inFlight: number
  /** UnixSeconds at which the oldest row that is not final was enqueued. */
  readonly oldestSince: number | undefined
}

/** The one way in which a base writes to the ledger. */
export interface Outbox {
  /**
   * Notes a write inside the caller's database transaction; it is sent after that has been committed. The same key again is the same row.
   * @throws LedgerError LEDGER_OUTBOX_CONFLICT when the key was used for something else.
   */
  enqueue(entry: OutboxEntry): OutboxRow
  find(key: string): OutboxRow | undefined
  /** Says who hears of final rows of a purpose; rows without a handler are only marked. Register before `start`. */
  onFinal(purpose: string, handler: FinalHandler): void
  status(): OutboxStatus
  /** Begins to send. */
  start(): void
  /** Resolves when every row is final and settled, or the time is over (then false). */
  settled(timeoutMs: number): Promise<boolean>
  /** Stops sending and waits for what is under way. */
  stop(): Promise<void>
}

/** What the parts of the outbox work with. */
export interface OutboxParts extends Omit<OutboxOptions, 'confirmations'> {
  readonly table: OutboxTable
  readonly handlers: ReadonlyMap<string, FinalHandler>
  readonly confirmations: () => Promise<number>
  readonly resendAfterSeconds: number
  readonly log: LedgerLog
  readonly step: (step: OutboxStep, row: OutboxRow) => Promise<void>
  /** For each row whose handler threw: how often, and when (UnixSeconds) it is called again. */
  readonly delays: Map<number, { times: number; until: number }>
}

/** Where blocks may be taken back; deeper ones than this are not known from networks that schools use. */
const FOREIGN_CONFIRMATIONS = 6
const IDLE_MS = 1_000
const MAX_BACKOFF_MS = 30_000

/** Makes the outbox of a base; `start` begins to send. */
export function createOutbox(options: OutboxOptions): Outbox {
  const handlers = new Map<string, FinalHandler>()
  const table = openOutboxTable(options.database)
  const parts: OutboxParts = {
    ...options,
    table,
    handlers,
    confirmations: async () => options.confirmations ?? ((await options.connection.isFinalAtOnce()) ? 1 : FOREIGN_CONFIRMATIONS),
    resendAfterSeconds: options.resendAfterSeconds ?? 15,
    log: options.log ?? (() => undefined),
    step: async (step, row) => options.onStep?.(step, row),
    delays: new Map(),
  }
  const loop = createLoop(parts)
  return {
    enqueue(entry) {
      const row = table.add(entry, options.clock())
      // A hook that waits cannot be waited for here: the caller's transaction is open.
      void options.onStep?.('row-enqueued', row)
      loop.wake()
      return row
    },
    find: (key) => table.find(key),
    onFinal: (purpose, handler) => void handlers.set(purpose, handler),
    status: () => ({
      waiting: table.countInState('waiting'),
      inFlight: table.countInState('signed') + table.countInState('sent') + table.countInState('included'),
      oldestSince: table.findOldestOpen(),
    }),
    start: loop.start,
    async settled(timeoutMs) {
      const until = performance.now() + timeoutMs
      const isOpen = () => table.findOldestOpen() !== undefined || table.listUnsettled(1).length > 0
      while (isOpen() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
      return !isOpen()
    },
    stop: loop.stop,
  }
}

/** Runs one round after another: at once when there is news, else every second, ever later while the ledger does not answer. */
function createLoop(parts: OutboxParts) {
  let timer: NodeJS.Timeout | undefined
  let unfollow: (() => void) | undefined
  let running: Promise<void> | undefined
  let isStarted = false
  let hasNews = false
  let failures = 0

  function wake(): void {
    hasNews = true
    if (!isStarted || running !== undefined || failures > 0) return
    clearTimeout(timer)
    timer = setTimeout(begin, 0)
  }

  function begin(): void {
    hasNews = false
    running = runRound(parts)
      .then(
        () => {
          failures = 0
        },
        (error: unknown) => {
          failures += 1
          parts.log('warn', 'outbox.round-failed', {
            times: failures,
            code: error instanceof LedgerError ? error.code : 'unknown',
            reason: error instanceof Error ? error.message.slice(0, 200) : 'unknown',
          })
        },
      )
      .finally(() => {
        running = undefined
        if (!isStarted) return
        const backoff = Math.min(IDLE_MS * 2 ** (failures - 1), MAX_BACKOFF_MS)
        timer = setTimeout(begin, failures > 0 ? backoff : hasNews ? 0 : IDLE_MS)
      })
  }

  return {
    wake,
    start(): void {
      if (isStarted) return
      isStarted = true
      unfollow = parts.connection.followHeads(wake)
      wake()
    },
    async stop(): Promise<void> {
      isStarted = false
      unfollow?.()
      clearTimeout(timer)
      await running
    },
  }
}

/** Every part does what it can for the rows as they stand; each may be repeated at any time. */
async function runRound(parts: OutboxParts): Promise<void> {
  // An open transaction of someone else would swallow our steps: they are only durable once it ends.
  if (parts.database.isTransaction) return
  await deliverRows(parts)
  await confirmRows(parts)
  await signRows(parts)
  await sendRows(parts)
  await confirmRows(parts)
  await deliverRows(parts)
}
