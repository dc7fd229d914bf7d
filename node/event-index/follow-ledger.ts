import { NodeError } from '../errors.ts'
import type { LedgerBlock, LedgerLog, LedgerSource } from './ledger-source.ts'
import type { Checkpoint, RangeOfLogs, ReadModel } from './read-model.ts'

/** What one step found out. */
export type Step =
  /** The read model goes up to the newest block. */
  | { outcome: 'up-to-date'; head: LedgerBlock }
  /** A range was added; there may be more. */
  | { outcome: 'advanced'; head: LedgerBlock; events: number }
  /** Blocks that were read before are no longer part of the ledger; their rows are gone. */
  | { outcome: 'rolled-back'; to: Checkpoint | undefined }

/** How many blocks to ask for at once: grows while answers are small and quick, shrinks when they are not. */
export interface RangeSize {
  blocks: number
}

const FIRST_RANGE = 500
const LARGEST_RANGE = 50_000
const SMALL_ANSWER = 2_000
const QUICK_MS = 1_500
const HEADERS_AT_ONCE = 16

/** A range to begin with. */
export function firstRange(): RangeSize {
  return { blocks: FIRST_RANGE }
}

/**
 * Brings a read model one range nearer to the newest block. Everything is asked first and written last, in one transaction; a range joins
 * the one before by its parent hash, so that nothing can be left out between two of them.
 * Rejects when the ledger does not answer, with nothing changed.
 */
export async function stepForward(parts: {
  model: ReadModel
  source: LedgerSource
  addresses: readonly string[]
  range: RangeSize
  signal: AbortSignal
}): Promise<Step> {
  const { model, source, addresses, range, signal } = parts
  const done = model.checkpoint()
  const head = await source.findBlock('latest', signal)
  if (head === undefined) throw new Error('the ledger has no block')
  if (done !== undefined && head.number <= done.block) {
    const still = head.number === done.block ? head : undefined
    return still?.hash === done.hash ? { outcome: 'up-to-date', head } : rollBack(parts, done)
  }
  const from = done === undefined ? 0 : done.block + 1
  const first = from === head.number ? head : await source.findBlock(from, signal)
  if (first === undefined || (done !== undefined && first.parentHash !== done.hash)) return rollBack(parts, done)
  const to = Math.min(head.number, from + range.blocks - 1)
  const answer = await readRange({ source, addresses, from, to, signal }).catch((error: unknown) => {
    range.blocks = Math.max(1, Math.floor(Math.min(range.blocks, to - from + 1) / 2))
    throw error
  })
  if (answer === 'replaced') return { outcome: 'advanced', head, events: 0 }
  resize(range, answer)
  return { outcome: 'advanced', head, events: model.append(answer) }
}

type Reading = { source: LedgerSource; addresses: readonly string[]; from: number; to: number; signal: AbortSignal }

/** Reads the logs between two looks at the last block: when it is the same in both, all logs are of that branch. */
async function readRange({ source, addresses, from, to, signal }: Reading): Promise<(RangeOfLogs & { tookMs: number }) | 'replaced'> {
  const startedMs = performance.now()
  const before = await source.findBlock(to, signal)
  const logs = await source.listLogs({ from, to, addresses }, signal)
  const blocks = await blocksOf(logs, source, signal)
  const end = await source.findBlock(to, signal)
  if (before === undefined || end === undefined || before.hash !== end.hash || blocks === 'replaced') return 'replaced'
  if (logs.some((log) => log.blockNumber < from || log.blockNumber > to)) {
    throw new NodeError('INDEX_EVENT_UNREADABLE', `The ledger answered with logs outside the blocks ${from} to ${to} that were asked for.`)
  }
  return { logs, blocks, end, tookMs: performance.now() - startedMs }
}

/** Hash and time of each block that has a log; asked for unless the ledger told the time with the log. */
async function blocksOf(
  logs: readonly LedgerLog[],
  source: LedgerSource,
  signal: AbortSignal,
): Promise<Map<number, { hash: string; time: number }> | 'replaced'> {
  const blocks = new Map<number, { hash: string; time: number }>()
  const untold = new Map<number, string>()
  for (const { blockNumber, blockHash, blockTime } of logs) {
    if (blockTime === undefined) untold.set(blockNumber, blockHash)
    else blocks.set(blockNumber, { hash: blockHash, time: blockTime })
  }
  const numbers = [...untold.keys()]
  for (let start = 0; start < numbers.length; start += HEADERS_AT_ONCE) {
    const found = await Promise.all(numbers.slice(start, start + HEADERS_AT_ONCE).map((number) => source.findBlock(number, signal)))
    for (const block of found) if (block !== undefined && untold.get(block.number) === block.hash) blocks.set(block.number, block)
  }
  return numbers.every((number) => blocks.has(number)) ? blocks : 'replaced'
}

function resize(range: RangeSize, { logs, tookMs }: { logs: readonly LedgerLog[]; tookMs: number }): void {
  if (logs.length < SMALL_ANSWER && tookMs < QUICK_MS) range.blocks = Math.min(LARGEST_RANGE, range.blocks * 2)
  if (logs.length > 2 * SMALL_ANSWER || tookMs > 4 * QUICK_MS) range.blocks = Math.max(1, Math.floor(range.blocks / 2))
}

/** Looks for the newest remembered block that is still part of the ledger, and drops what came after it. */
async function rollBack(
  { model, source, signal }: { model: ReadModel; source: LedgerSource; signal: AbortSignal },
  from: Checkpoint | undefined,
): Promise<Step> {
  let block = from?.block ?? -1
  for (let known = model.listBlocks(block, HEADERS_AT_ONCE); known.length > 0; known = model.listBlocks(block, HEADERS_AT_ONCE)) {
    for (const candidate of known) {
      const now = await source.findBlock(candidate.block, signal)
      if (now?.hash === candidate.hash) {
        model.rollBack(candidate)
        return { outcome: 'rolled-back', to: candidate }
      }
      block = candidate.block - 1
    }
  }
  model.rollBack(undefined)
  return { outcome: 'rolled-back', to: undefined }
}
