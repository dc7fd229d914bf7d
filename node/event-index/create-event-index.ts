import type { DatabaseSync } from 'node:sqlite'
import type { ContractAddresses } from '@guildhall/contracts'
import { NodeError } from '../errors.ts'
import { firstRange, type Step, stepForward } from './follow-ledger.ts'
import type { LedgerSource } from './ledger-source.ts'
import { type Checkpoint, createIndexTables, findStoredCheckpoint, openReadModel, type ReadModel } from './read-model.ts'

/** How the read model stands to the ledger. */
export interface IndexStatus {
  /** 'catching-up' until the newest block was reached once, then 'live'; 'waiting' while the ledger does not answer; 'failed' when it answers with something that is not this network. */
  state: 'stopped' | 'catching-up' | 'live' | 'waiting' | 'failed'
  /** Everything up to here is in the tables. Undefined before the first block. */
  syncedTo: Checkpoint | undefined
  /** The newest block that the ledger told of. */
  head: { block: number; time: number } | undefined
  /** Blocks between the two. */
  lagBlocks: number
  events: number
  rollbacks: number
  lastProblem: string | undefined
}

/** What others may hear of. Listeners must not throw. */
export interface IndexListeners {
  /** Rows were added: the tables now go up to this block. */
  onAdvanced?: (to: Checkpoint, events: number) => void
  /** The ledger replaced blocks: rows after this block are gone, and will come again as the ledger has them now. */
  onRolledBack?: (to: Checkpoint | undefined) => void
  /** The state changed. */
  onState?: (status: IndexStatus) => void
}

/** The base's view of the ledger in its database, kept up to date. `queries/` reads it. */
export interface EventIndex {
  /** Checks that it is the same ledger (throws `INDEX_LEDGER_MISMATCH`) and begins to follow it. Waits, in the background, for a ledger that does not answer. */
  start(): Promise<void>
  stop(): Promise<void>
  status(): IndexStatus
  on(listeners: IndexListeners): () => void
  /** Resolves when the tables go up to that block. Rejects with the signal's reason. */
  whenSyncedTo(block: number, options: { signal: AbortSignal }): Promise<void>
}

/** What an index is made of. The tables are made in `db`, which stays the caller's. */
export interface EventIndexInit {
  db: DatabaseSync
  source: LedgerSource
  addresses: ContractAddresses
  /** The pause between looks at the ledger when it does not tell of blocks by itself; default 2,000 ms. */
  pollMs?: number
}

/** Makes an index and its tables, so that the queries answer from what was read before; `start()` begins to follow. */
export function createEventIndex(init: EventIndexInit): EventIndex {
  createIndexTables(init.db)
  const board = createBoard()
  // What was read before holds while the ledger is away: a base goes on by it.
  board.report({ syncedTo: findStoredCheckpoint(init.db, init.addresses.Directory) })
  let running: { abort: AbortController; done: Promise<void> } | undefined
  async function stop(): Promise<void> {
    running?.abort.abort()
    await running?.done
    running = undefined
  }
  return {
    async start() {
      if (running !== undefined) return
      const abort = new AbortController()
      const first = Promise.withResolvers<void>()
      running = { abort, done: follow(init, board, { signal: abort.signal, first }) }
      await first.promise.catch(async (error: unknown) => {
        await stop()
        throw error
      })
    },
    stop,
    status: () => ({ ...board.status }),
    on(added) {
      board.listeners.add(added)
      return () => void board.listeners.delete(added)
    },
    whenSyncedTo: (block, { signal }) => waitForBlock(board, block, signal),
  }
}

const RETRY_FIRST_MS = 250
const RETRY_LAST_MS = 5_000

type Board = ReturnType<typeof createBoard>

/** Where the state is written, and from which others hear of it. */
function createBoard() {
  const listeners = new Set<IndexListeners>()
  const status: IndexStatus = {
    state: 'stopped',
    syncedTo: undefined,
    head: undefined,
    lagBlocks: 0,
    events: 0,
    rollbacks: 0,
    lastProblem: undefined,
  }
  function report(change: Partial<IndexStatus>): void {
    const before = status.state
    Object.assign(status, change)
    status.lagBlocks = status.head === undefined ? 0 : Math.max(0, status.head.block - (status.syncedTo?.block ?? -1))
    if (status.state !== before) for (const listener of listeners) listener.onState?.({ ...status })
  }
  return { listeners, status, report }
}

/** Steps until it is stopped; `first` is settled when the ledger was recognised, found unreachable, or found to be another one. */
async function follow(
  init: EventIndexInit,
  board: Board,
  { signal, first }: { signal: AbortSignal; first: PromiseWithResolvers<void> },
): Promise<void> {
  const { report } = board
  const bell = createBell(init.source, signal)
  const range = firstRange()
  let model: ReadModel | undefined
  let retryMs = RETRY_FIRST_MS
  report({ state: 'catching-up' })
  while (!signal.aborted) {
    try {
      model ??= await open(init, signal)
      first.resolve()
      const step = await stepForward({ model, source: init.source, addresses: Object.values(init.addresses), range, signal })
      if (tell(board, step, model.checkpoint())) await bell.wait(init.pollMs ?? 2_000)
      retryMs = RETRY_FIRST_MS
    } catch (error) {
      if (signal.aborted) break
      const isWrong = error instanceof NodeError
      report({ state: isWrong ? 'failed' : 'waiting', lastProblem: error instanceof Error ? error.message : String(error) })
      if (isWrong) first.reject(error)
      else first.resolve()
      await bell.wait(isWrong ? RETRY_LAST_MS : retryMs)
      retryMs = Math.min(RETRY_LAST_MS, retryMs * 2)
    }
  }
  first.resolve()
  bell.stop()
  report({ state: 'stopped' })
}

async function open({ db, source, addresses }: EventIndexInit, signal: AbortSignal): Promise<ReadModel> {
  const [chainId, genesis] = await Promise.all([source.chainId(signal), source.findBlock(0, signal)])
  if (genesis === undefined) throw new Error('the ledger has no first block')
  return openReadModel(db, { chainId, genesisHash: genesis.hash, directory: addresses.Directory }, addresses)
}

/** Reports a step; true when there is nothing more to do for now. */
function tell({ listeners, status, report }: Board, step: Step, syncedTo: Checkpoint | undefined): boolean {
  if (step.outcome === 'rolled-back') {
    report({ state: 'catching-up', syncedTo, rollbacks: status.rollbacks + 1, lastProblem: undefined })
    for (const listener of listeners) listener.onRolledBack?.(step.to)
    return false
  }
  const head = { block: step.head.number, time: step.head.time }
  const isDone = syncedTo?.block === head.block
  const events = step.outcome === 'advanced' ? step.events : 0
  const state = isDone || status.state === 'live' ? 'live' : 'catching-up'
  report({ state, syncedTo, head, events: status.events + events, lastProblem: undefined })
  if (step.outcome === 'advanced' && syncedTo !== undefined) for (const listener of listeners) listener.onAdvanced?.(syncedTo, events)
  return isDone
}

/** Wakes when the ledger tells of a block, when the time is over, or when all is to stop. */
function createBell(source: LedgerSource, signal: AbortSignal) {
  let hasRung = false
  let wake = () => {}
  const ring = () => {
    hasRung = true
    wake()
  }
  const unsubscribe = source.onBlock(ring)
  signal.addEventListener('abort', ring, { once: true })
  return {
    async wait(timeoutMs: number): Promise<void> {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      hasRung = signal.aborted
    },
    stop: unsubscribe,
  }
}

function waitForBlock({ status, listeners }: Board, block: number, signal: AbortSignal): Promise<void> {
  if ((status.syncedTo?.block ?? -1) >= block) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      listeners.delete(listener)
      signal.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => finish(() => reject(signal.reason))
    const listener: IndexListeners = { onAdvanced: (to) => to.block >= block && finish(resolve) }
    if (signal.aborted) return abort()
    listeners.add(listener)
    signal.addEventListener('abort', abort, { once: true })
  })
}
