import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerError } from '../errors.ts'
import { type ChainStore, createManifest, createStoreFiles, openChainStore } from '../journal/chain-store.ts'
import { makePrivateFolder } from '../journal/durable-file.ts'
import { findManifest, type Manifest } from '../journal/manifest.ts'
import { endOrphans, measureMegabytes } from './anvil-process.ts'
import type { LedgerEngine, LedgerLog, SealedBlock } from './engine.ts'
import { type EngineSession, findGenesisHash } from './engine-session.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { createSealer, nextTimestamp, type Sealer } from './sealer.ts'
import { createSnapshotKeeper, type SnapshotLimits, withDefaults } from './snapshot-keeper.ts'
import { type StartedEngine, startFromFiles } from './start-from-files.ts'

/** What the embedded engine is opened with. */
export interface EmbeddedOptions {
  /** Folder of this ledger alone; made when missing. */
  readonly dataDir: string
  /** Chain id of a new ledger; for one that exists it must be the same. */
  readonly chainId: number
  /** UnixSeconds of the wall clock. */
  readonly clock: () => number
  readonly log: LedgerLog
  readonly limits?: Partial<SnapshotLimits>
}

/** Everything that belongs to one running engine. */
export interface EngineRun {
  readonly options: EmbeddedOptions
  readonly store: ChainStore
  /** The session in use; replaced after a crash and when memory is freed. */
  session: EngineSession | undefined
  /** Resolves to a running session; rejects when the ledger cannot go on. */
  ready: Promise<EngineSession>
  isStopping: boolean
}

const RESTART_ATTEMPTS = 5

/**
 * Opens (or creates) an embedded ledger: a durable journal with snapshots around an anvil process.
 * @throws LedgerError LEDGER_FOLDER_IN_USE, LEDGER_CHAIN_MISMATCH, LEDGER_MANIFEST_DAMAGED, LEDGER_JOURNAL_DAMAGED, LEDGER_SNAPSHOT_DAMAGED,
 * LEDGER_REPLAY_MISMATCH, LEDGER_CLOCK_BACK, LEDGER_DISK_FULL, LEDGER_ENGINE_MISSING or LEDGER_ENGINE_FAILED.
 */
export async function openEmbeddedEngine(options: EmbeddedOptions): Promise<LedgerEngine> {
  await makePrivateFolder(options.dataDir)
  const lock = lockFolder(options.dataDir)
  try {
    return await openLocked(options, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function openLocked(options: EmbeddedOptions, lock: FolderLock): Promise<LedgerEngine> {
  const { dataDir, log } = options
  const marks = (await readdir(dataDir)).filter((name) => /^engine-\d+\.json$/.test(name))
  const orphans = await endOrphans(dataDir, marks)
  if (orphans > 0) log('warn', 'ledger.orphan-ended', { count: orphans })
  const manifest = (await findManifest(dataDir)) ?? (await createLedger(options))
  if (manifest.chainId !== options.chainId && options.chainId !== 0) throw wrongChain(manifest.chainId, options.chainId)
  const store = await openChainStore(dataDir, manifest, (bytes) => log('warn', 'ledger.torn-record-dropped', { bytes }))
  try {
    const { session, replayMs } = await start(options, store)
    try {
      nextTimestamp(session.head().timestamp, options.clock())
    } catch (error) {
      await session.process.kill()
      throw error
    }
    return run({ options, store, session, ready: Promise.resolve(session), isStopping: false }, { lock, replayMs })
  } catch (error) {
    await store.close()
    throw error
  }
}

async function createLedger(options: EmbeddedOptions): Promise<Manifest> {
  const settings = { chainId: options.chainId, genesisTimestamp: Math.floor(options.clock()) }
  const genesisHash = await findGenesisHash(options.dataDir, settings)
  const manifest = createManifest({ ...settings, genesisHash })
  await createStoreFiles(options.dataDir, manifest)
  options.log('info', 'ledger.created', { chainId: manifest.chainId, genesisHash })
  return manifest
}

/** `replayMs`: what the start had to replay. */
function run(state: EngineRun, { lock, replayMs }: { lock: FolderLock; replayMs: number }): LedgerEngine {
  const { options, store } = state
  const listeners = new Set<(block: SealedBlock) => void>()
  const sealer: Sealer = createSealer({
    chainId: store.manifest().chainId,
    store,
    session: () => state.ready,
    clock: options.clock,
    log: options.log,
    onSealed(block, tookMs) {
      keeper.noteBlock(tookMs)
      for (const listener of listeners) listener(block)
    },
  })
  const keeper = createSnapshotKeeper({ state, sealer, restart: () => restart(state) })
  keeper.noteBlock(replayMs)
  watch(state)

  async function stop(): Promise<void> {
    if (state.isStopping) return
    await sealer.stop()
    await keeper.stop()
    state.isStopping = true
    const session = await state.ready.catch(() => undefined)
    await session?.process.kill()
    await store.close()
    lock.release()
  }

  return {
    chainId: store.manifest().chainId,
    genesisHash: store.manifest().genesisHash,
    request: (method, params) => request(state, method, params),
    submit: (raw) => sealer.submit(raw),
    onBlock(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    status: () => describeStatus(state),
    enginePid: () => state.session?.process.pid,
    stop,
  }
}

/** Reads are asked again when the engine was lost or replaced under them. */
async function request(state: EngineRun, method: string, params: readonly unknown[]): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const session = await state.ready
    try {
      return await session.connection.call(method, params)
    } catch (error) {
      const isLost = error instanceof LedgerError && error.code === 'LEDGER_ENGINE_FAILED' && !session.connection.isOpen()
      if (!isLost || state.isStopping || attempt === RESTART_ATTEMPTS) throw error
      // Its end is what puts the next one in place.
      await session.process.kill()
    }
  }
}

/** Starts the engine again from the files whenever its process ends without being asked to. */
function watch(state: EngineRun): void {
  const { session } = state
  if (session === undefined) return
  void session.process.ended.then(() => {
    if (state.isStopping || state.session !== session) return
    state.options.log('warn', 'ledger.engine-lost', { pid: session.process.pid })
    state.session = undefined
    state.ready = restart(state)
    state.ready.catch((error: unknown) => state.options.log('error', 'ledger.engine-not-restarted', { reason: String(error) }))
  })
}

/** Twice what is aimed at: a start is only held up where many short lives came before it. */
function start({ dataDir, log, limits }: EmbeddedOptions, store: ChainStore): Promise<StartedEngine> {
  return startFromFiles({ dataDir, store, log, longestReplayMs: 2 * withDefaults(limits).replayMs })
}

async function restart(state: EngineRun): Promise<EngineSession> {
  const { options, store } = state
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { session } = await start(options, store)
      state.session = session
      watch(state)
      return session
    } catch (error) {
      const isLost = error instanceof LedgerError && error.code === 'LEDGER_ENGINE_FAILED'
      if (!isLost || state.isStopping || attempt === RESTART_ATTEMPTS) throw error
      await sleep(200 * attempt)
    }
  }
}

function describeStatus(state: EngineRun) {
  const { session, store } = state
  const snapshot = store.manifest().snapshots.at(-1)
  const blocks = store.listBlocksAfter(snapshot?.number ?? 0)
  const fallback = { number: 0, hash: store.manifest().genesisHash, timestamp: 0, transactions: 0 }
  return {
    ready: session !== undefined,
    head: session?.head() ?? fallback,
    blocksSinceSnapshot: blocks.length,
    engineMegabytes: session === undefined ? 0 : measureMegabytes(session.process.pid),
  }
}

function wrongChain(has: number, asked: number): LedgerError {
  return new LedgerError(
    'LEDGER_CHAIN_MISMATCH',
    `This data folder holds the ledger with chain id ${has}, but ${asked} was asked for. Use another folder, or leave the chain id out.`,
  )
}
