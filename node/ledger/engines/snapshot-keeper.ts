import { measureMegabytes } from './anvil-process.ts'
import type { EngineRun } from './embedded.ts'
import { type EngineSession, startSession } from './engine-session.ts'
import type { Sealer } from './sealer.ts'

/** When snapshots are taken and the engine is replaced. */
export interface SnapshotLimits {
  /** A snapshot is taken when replaying what came after the last one would take about this long. */
  readonly replayMs: number
  /** The engine is replaced by one that loaded a fresh snapshot when it uses more memory (10^6 bytes) than this. */
  readonly engineMegabytes: number
  /** A process that is big right after loading cannot be made smaller: it is replaced only after growing by this much. */
  readonly growthMegabytes: number
}

/** Takes snapshots in time and keeps the engine small. */
export interface SnapshotKeeper {
  /** Notes that a block was sealed and how long it took. */
  noteBlock(tookMs: number): void
  /** Ends what is under way and takes a last snapshot if there is something to save. */
  stop(): Promise<void>
}

interface KeeperParts {
  readonly state: EngineRun
  readonly sealer: Sealer
  /** Watches the session that was just put in place. */
  readonly watch: () => void
}

const DEFAULT_LIMITS: SnapshotLimits = { replayMs: 2_000, engineMegabytes: 650, growthMegabytes: 100 }
const CHECK_MEMORY_MS = 2_000
const REST_FACTOR = 1.5
const DUMP_TIMEOUT_MS = 120_000

/** Makes the keeper of one running engine. */
export function createSnapshotKeeper(parts: KeeperParts): SnapshotKeeper {
  const { state } = parts
  const limits = { ...DEFAULT_LIMITS, ...state.options.limits }
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

  const timer = setInterval(() => {
    const now = megabytes(state)
    if (now > limits.engineMegabytes && now - startMegabytes >= limits.growthMegabytes) {
      begin(async () => {
        await replaceEngine(parts)
        replayMs = 0
        startMegabytes = megabytes(state)
      })
    }
  }, CHECK_MEMORY_MS)
  timer.unref()

  return {
    noteBlock(tookMs) {
      replayMs += tookMs
      if (replayMs < limits.replayMs) return
      begin(async () => {
        await takeProvenSnapshot(parts, () => {
          replayMs = 0
        })
      })
    },
    async stop() {
      clearInterval(timer)
      await running
      if (replayMs > limits.replayMs / 10) await parts.sealer.pause(() => takeSnapshot(state)).catch(() => undefined)
    },
  }
}

/** Writes a snapshot between two blocks, then shows with a second process that it loads. */
async function takeProvenSnapshot(parts: KeeperParts, onTaken: () => void): Promise<void> {
  const { state, sealer } = parts
  const number = await sealer.pause(async () => {
    const taken = await takeSnapshot(state)
    onTaken()
    return taken
  })
  if (number === undefined) return
  const candidate = await startFrom(state, number)
  await candidate.process.kill()
  await state.store.proveSnapshot(number)
  state.options.log('info', 'ledger.snapshot-proven', { block: number })
}

/** Puts a fresh process with the same chain in the place of one that has grown; transactions wait, reads go on with the old one. */
async function replaceEngine(parts: KeeperParts): Promise<void> {
  const { state, sealer, watch } = parts
  const before = megabytes(state)
  const old = await sealer.pause(async () => {
    const number = (await takeSnapshot(state)) ?? state.store.manifest().snapshots.at(-1)?.number
    if (number === undefined) return undefined
    const candidate = await startFrom(state, number)
    const replaced = state.session
    if (replaced === undefined) {
      await candidate.process.kill()
      return undefined
    }
    state.session = candidate
    state.ready = Promise.resolve(candidate)
    watch()
    await state.store.proveSnapshot(number)
    return replaced
  })
  if (old === undefined) return
  await drain(old)
  await old.process.kill()
  state.options.log('info', 'ledger.engine-replaced', { before, after: megabytes(state) })
}

async function takeSnapshot(state: EngineRun): Promise<number | undefined> {
  const session = await state.ready
  const { number, hash, timestamp } = session.head()
  const last = state.store.manifest().snapshots.at(-1)?.number ?? 0
  if (number === last) return undefined
  const dump = (await session.connection.call('anvil_dumpState', [], DUMP_TIMEOUT_MS)) as string
  await state.store.addSnapshot({ number, hash, timestamp, bytes: Buffer.from(dump.slice(2), 'hex') })
  return number
}

async function startFrom(state: EngineRun, number: number): Promise<EngineSession> {
  const entry = state.store.manifest().snapshots.find((candidate) => candidate.number === number)
  return startSession(state.options.dataDir, state.store, entry)
}

/** Lets reads that were begun on the old process come to their end, for five seconds at most. */
async function drain(session: EngineSession): Promise<void> {
  const until = performance.now() + 5_000
  while (session.connection.countOpen() > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
}

function megabytes(state: EngineRun): number {
  return state.session === undefined ? 0 : measureMegabytes(state.session.process.pid)
}
