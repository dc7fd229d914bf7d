import { LedgerError } from '../errors.ts'
import type { ChainStore } from '../journal/chain-store.ts'
import type { SnapshotEntry } from '../journal/manifest.ts'
import type { LedgerLog } from './engine.ts'
import { type EngineSession, startSession } from './engine-session.ts'

/** What a start from the files needs. */
export interface StartParts {
  readonly dataDir: string
  readonly store: ChainStore
  readonly log: LedgerLog
  /** A snapshot is taken before anything else when the replay took longer than this, in milliseconds. */
  readonly longestReplayMs: number
}

/** A started engine, and how long replaying what no snapshot has took, in milliseconds. */
export interface StartedEngine {
  readonly session: EngineSession
  readonly replayMs: number
}

const DUMP_TIMEOUT_MS = 120_000

/**
 * An engine that stands where the files stand: newest snapshot that loads, then every journal block after it, each compared with its hash.
 * A last block that was written but not sealed is made and sealed. A long replay is made a snapshot of at once: else a ledger that is killed again
 * and again before it gets to one would take longer with every start.
 * @throws LedgerError LEDGER_SNAPSHOT_DAMAGED, LEDGER_REPLAY_MISMATCH or LEDGER_ENGINE_FAILED.
 */
export async function startFromFiles(parts: StartParts): Promise<StartedEngine> {
  const { store, log } = parts
  const { session, from } = await loadNewest(parts)
  const blocks = store.listBlocksAfter(from?.number ?? 0)
  const started = performance.now()
  let replayMs = 0
  try {
    for (const block of blocks) {
      const made = await session.replay(block)
      if (block.hash === undefined) await store.sealBlock(made.number, made.hash)
    }
    replayMs = performance.now() - started
    if (from !== undefined && !from.isProven) await store.proveSnapshot(from.number)
    if (replayMs > parts.longestReplayMs && (await hasTaken(session, parts))) replayMs = 0
  } catch (error) {
    await session.process.kill()
    throw error
  }
  log('info', 'ledger.replayed', { snapshot: from?.number ?? 0, blocks: blocks.length, head: session.head().number })
  return { session, replayMs }
}

/** A disk that cannot take the snapshot does not keep the ledger from starting: what it would save time for is still in the journal. */
async function hasTaken(session: EngineSession, { store, log }: StartParts): Promise<boolean> {
  try {
    await takeSnapshot(session, store)
    return true
  } catch (error) {
    if (!(error instanceof LedgerError) || !error.code.startsWith('LEDGER_DISK_')) throw error
    log('error', 'ledger.snapshot-failed', { reason: String(error) })
    return false
  }
}

/** Writes a snapshot of where an engine stands, which no block may change meanwhile; undefined when the newest one is of there. */
export async function takeSnapshot(session: EngineSession, store: ChainStore): Promise<number | undefined> {
  const { number, hash, timestamp } = session.head()
  const last = store.manifest().snapshots.at(-1)?.number ?? 0
  if (number === last) return undefined
  const dump = (await session.connection.call('anvil_dumpState', [], DUMP_TIMEOUT_MS)) as string
  await store.addSnapshot({ number, hash, timestamp, bytes: Buffer.from(dump.slice(2), 'hex') })
  return number
}

async function loadNewest(parts: StartParts): Promise<{ session: EngineSession; from: SnapshotEntry | undefined }> {
  const { dataDir, store, log } = parts
  const { snapshots, segments } = store.manifest()
  const newestFirst: (SnapshotEntry | undefined)[] = [...snapshots].reverse()
  // Without any snapshot, and before the first one is proven, the journal reaches back to block 1.
  if (segments[0] === 1) newestFirst.push(undefined)
  let firstError: unknown
  for (const from of newestFirst) {
    try {
      return { session: await startSession(dataDir, store, from), from }
    } catch (error) {
      firstError ??= error
      log('error', 'ledger.snapshot-not-loaded', { block: from?.number ?? 0, code: error instanceof LedgerError ? error.code : 'unknown' })
    }
  }
  throw firstError
}
