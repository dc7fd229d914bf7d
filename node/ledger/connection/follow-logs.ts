import type { JsonRpcProvider, Log } from 'ethers'
import type { LedgerLog } from '../engines/engine.ts'
import type { LedgerHead } from './follow-heads.ts'

/** What following logs needs of a connection. */
interface LogParts {
  readonly provider: JsonRpcProvider
  readonly follow: (listener: (head: LedgerHead) => void) => () => void
  readonly log: LedgerLog
}

/** Which logs: from a block on, of one contract, of several, or of all. */
export interface LogQuery {
  readonly fromBlock: number
  readonly address?: string | string[]
}

/** Hears of logs in whole blocks, up to and with `toBlock`. */
export type LogListener = (logs: readonly Log[], toBlock: number) => void | Promise<void>

const LOG_BLOCKS = 1_000
const RETRY_LOGS_MS = 1_000

/** Asks for the logs behind each head that is heard of, in order; returns how to stop. */
export function followLogs(parts: LogParts, query: LogQuery, listener: LogListener): () => void {
  let next = query.fromBlock
  let target = -1
  let isRunning = false
  let isStopped = false

  async function catchUp(): Promise<void> {
    while (!isStopped && next <= target) {
      const toBlock = Math.min(target, next + LOG_BLOCKS - 1)
      const address = query.address === undefined ? {} : { address: query.address }
      const logs = await parts.provider.getLogs({ ...address, fromBlock: next, toBlock })
      if (isStopped) return
      await listener(logs, toBlock)
      next = toBlock + 1
    }
  }

  function run(): void {
    if (isRunning || isStopped) return
    isRunning = true
    void catchUp()
      .catch((error: unknown) => {
        parts.log('warn', 'ledger.logs-delayed', { reason: error instanceof Error ? error.name : 'unknown' })
        setTimeout(run, RETRY_LOGS_MS)
      })
      .finally(() => {
        isRunning = false
      })
  }

  const unfollow = parts.follow((head) => {
    target = Math.max(target, head.number)
    run()
  })
  return () => {
    isStopped = true
    unfollow()
  }
}
