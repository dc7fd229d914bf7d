import { measureMegabytes } from './anvil-process.ts'
import type { EngineRun } from './embedded.ts'
import { type EngineSession, startSession } from './engine-session.ts'
import type { Sealer } from './sealer.ts'
import { takeSnapshot } from './start-from-files.ts'

/** When snapshots are taken, proven, and the engine is replaced. */
export interface SnapshotLimits {
  /** A snapshot is taken when replaying what came after the last one would take about this long. */
  readonly replayMs: number
  /** The engine is replaced by one that loaded a fresh snapshot when it uses more memory (10^6 bytes) than this. */
  readonly engineMegabytes: number
  /** A process that is big right after loading cannot be made smaller: it is replaced only after growing by this much. */
  readonly growthMegabytes: number
  /** A second engine that shows that a snapshot loads is started only where both and this process would stay below this much memory (10^6 bytes). */
  readonly togetherMegabytes: number
  /** Where that is too much, the engine itself is ended and begun again from the newest snapshot after so many that nothing has shown to load. */
  readonly unprovenSnapshots: number
}

/** Takes snapshots in time and keeps the engine small. */
export interface SnapshotKeeper {
  /** Notes that a block was sealed, or that blocks were replayed, and how long it took. */
  noteBlock(tookMs: number): void
  /** Ends what is under way and takes a last snapshot if there is something to save. */
  stop(): Promise<void>
}

interface KeeperParts {
  readonly state: EngineRun
  readonly sealer: Sealer
  /** Starts an engine from the files and puts it in place. */
  readonly restart: () => Promise<EngineSession>
}

const DEFAULT_LIMITS: SnapshotLimits = {
  replayMs: 2_000,
  engineMegabytes: 650,
  growthMegabytes: 100,
  togetherMegabytes: 800,
  unprovenSnapshots: 16,
}
const CHECK_MEMORY_MS = 2_000
const REST_FACTOR = 1.5

/** The limits of a ledger: those given, and the usual ones for the rest. */
export function withDefaults(limits: Partial<SnapshotLimits> | undefined): SnapshotLimits {
  return { ...DEFAULT_LIMITS, ...limits }
}

/** Makes the keeper of one running engine. */
export function createSnapshotKeeper(parts: KeeperParts): SnapshotKeeper {
  const { state } = parts
  const limits = withDefaults(state.options.limits)
  let replayMs = 0
  let startMegabytes = megabytes(state)
  let running: Promise<void> | undefined
  let earliest = 0

  function begin(work: () => Promise<void>): void {
    if (running !== undefined || state.isStopping || performance.now() < earliest) return
    const started = performance.now()
    running = work()
      .catch((error: unknown) => state.options.log('error', 'ledger.snapshot-failed', { reason: String(error) }))
      .finally(() => {
        running = undefined
        // On a busy machine snapshots must not crowd out the blocks: half as long again as one took lies between two.
        earliest = performance.now() + REST_FACTOR * (performance.now() - started)
      })
  }

  async function replace(): Promise<void> {
    await replaceEngine(parts)
    replayMs = 0
    startMegabytes = megabytes(state)
  }

  async function snapshot(): Promise<void> {
    const number = await parts.sealer.pause(async () => {
      const taken = await takeSnapshot(await state.ready, state.store)
      replayMs = 0
      return taken
    })
    if (number === undefined) return
    if (2 * megabytes(state) + process.memoryUsage().rss / 1e6 < limits.togetherMegabytes) await proveBeside(state, number)
    else if (state.store.countUnproven() >= limits.unprovenSnapshots) await replace()
  }

  const timer = setInterval(() => {
    const now = megabytes(state)
    if (now > limits.engineMegabytes && now - startMegabytes >= limits.growthMegabytes) begin(replace)
  }, CHECK_MEMORY_MS)
  timer.unref()

  return {
    noteBlock(tookMs) {
      replayMs += tookMs
      if (replayMs >= limits.replayMs) begin(snapshot)
    },
    async stop() {
      clearInterval(timer)
      await running
      const isWorth = replayMs > limits.replayMs / 10
      if (isWorth) await parts.sealer.pause(async () => takeSnapshot(await state.ready, state.store)).catch(() => undefined)
    },
  }
}

/** Shows with a second process that a snapshot loads. */
async function proveBeside({ options, store }: EngineRun, number: number): Promise<void> {
  const entry = store.manifest().snapshots.find((one) => one.number === number)
  const candidate = await startSession(options.dataDir, store, entry)
  await candidate.process.kill()
  await store.proveSnapshot(number)
  options.log('info', 'ledger.snapshot-proven', { block: number })
}

/**
 * Puts a fresh process with the same chain in the place of one that has grown. The old one is ended first, so that there are never two big ones;
 * reads and transactions wait meanwhile. Should the snapshot not load, the start from the files falls back on what it has.
 */
async function replaceEngine({ state, sealer, restart }: KeeperParts): Promise<void> {
  const before = megabytes(state)
  await sealer.pause(async () => {
    const old = await state.ready
    await takeSnapshot(old, state.store)
    await drain(old)
    state.session = undefined
    state.ready = old.process.kill().then(restart)
    await state.ready
  })
  state.options.log('info', 'ledger.engine-replaced', { before, after: megabytes(state) })
}

/** Lets reads that were begun on the old process come to their end, for five seconds at most. */
async function drain(session: EngineSession): Promise<void> {
  const until = performance.now() + 5_000
  while (session.connection.countOpen() > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
}

function megabytes(state: EngineRun): number {
  return state.session === undefined ? 0 : measureMegabytes(state.session.process.pid)
}
