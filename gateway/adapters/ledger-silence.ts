import { setTimeout as sleep } from 'node:timers/promises'
import type { EventIndex, LedgerSource } from '@guildhall/node'
import { type LedgerConnection, LedgerError } from '@guildhall/node/ledger'
import type { Log } from '../base.ts'

type Connection = Pick<LedgerConnection, 'provider' | 'rpcUrl' | 'problem'>

/** How often the ledger is asked while something waits for it, and after how long without an answer it counts as silent; milliseconds. */
type Patience = { everyMs: number; limitMs: number }

const patience: Patience = { everyMs: 2_000, limitMs: 20_000 }
/** How long a base that has a network waits for the newest block before it goes on with what it has, in milliseconds. */
const catchUpMs = 60_000

/** Nothing is read into the index before the ledger has been seen to be the right one. */
export function readOnceReached<Source extends LedgerSource>(source: Source, connection: Pick<Connection, 'problem'>): Source {
  const whenReached = <T>(ask: () => Promise<T>): Promise<T> => {
    const problem = connection.problem()
    return problem === undefined ? ask() : Promise.reject(problem)
  }
  return {
    ...source,
    chainId: (signal) => whenReached(() => source.chainId(signal)),
    findBlock: (number, signal) => whenReached(() => source.findBlock(number, signal)),
    listLogs: (range, signal) => whenReached(() => source.listLogs(range, signal)),
  }
}

/**
 * Waits for work that waits for the ledger, as long as the ledger says anything at all: a transaction that is waited for says nothing when the
 * ledger falls silent.
 * @throws LedgerError LEDGER_UNREACHABLE once it has been silent for the limit, and what the work throws
 */
export async function whileLedgerAnswers<T>(connection: Connection, work: Promise<T>, limits: Patience = patience): Promise<T> {
  const over = new AbortController()
  try {
    return await Promise.race([work, untilSilent(connection, limits, over.signal)])
  } finally {
    over.abort()
  }
}

async function untilSilent({ provider, rpcUrl }: Connection, { everyMs, limitMs }: Patience, signal: AbortSignal): Promise<never> {
  let heardAt = performance.now()
  for (;;) {
    await sleep(everyMs, undefined, { signal })
    const hasAnswered = await Promise.race([
      provider.send('eth_blockNumber', []).then(
        () => true,
        () => false,
      ),
      sleep(everyMs * 4, false, { signal }),
    ])
    if (hasAnswered) heardAt = performance.now()
    else if (performance.now() - heardAt >= limitMs) throw fellSilent(rpcUrl)
  }
}

type Synced = { index: Pick<EventIndex, 'status' | 'whenSyncedTo' | 'on'>; connection: Connection; log: Pick<Log, 'warn'> }

/**
 * Reads the ledger up to its newest block. A base that has a network goes on without it when the ledger is away, silent, or far ahead: the index
 * follows by itself. One that has just joined waits for as long as the index gets on.
 * @throws LedgerError LEDGER_UNREACHABLE for a base that has just joined, when the ledger has fallen silent
 */
export async function catchUp({ index, connection, log }: Synced, hasNetwork: boolean): Promise<void> {
  const stop = new AbortController()
  const unsubscribe = index.on({ onState: ({ state }) => hasNetwork && state === 'waiting' && stop.abort() })
  const signal = hasNetwork ? AbortSignal.any([stop.signal, AbortSignal.timeout(catchUpMs)]) : stop.signal
  try {
    const problem = connection.problem()
    if (problem !== undefined) throw problem
    if (hasNetwork && index.status().state === 'waiting') stop.abort()
    const head = await whileLedgerAnswers(connection, connection.provider.getBlockNumber())
    await whileLedgerAnswers(connection, index.whenSyncedTo(head, { signal }))
  } catch (cause) {
    if (!hasNetwork) throw cause
    log.warn(
      { state: index.status().state, block: index.status().syncedTo?.block ?? null },
      'the base works alone until its ledger is read again',
    )
  } finally {
    unsubscribe()
    stop.abort()
  }
}

function fellSilent(rpcUrl: string): LedgerError {
  return new LedgerError(
    'LEDGER_UNREACHABLE',
    `The ledger at ${rpcUrl} fell silent. See that it runs, or correct LEDGER_RPC_URL, and start again: the base goes on where it was.`,
  )
}
