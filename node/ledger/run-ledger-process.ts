import type { LedgerLog } from './engines/engine.ts'
import { LedgerError } from './errors.ts'
import { type LedgerOptions, startLedger } from './start-ledger.ts'

/** What `guildhall ledger` hands over. */
export interface LedgerProcessOptions extends Omit<LedgerOptions, 'log' | 'clock'> {
  /** Takes one JSON line; standard output in the command, which must not be closed before the end. */
  readonly write: (line: string) => void
}

/**
 * Runs a ledger until SIGINT or SIGTERM. Writes one JSON line for each event; the line with `"event":"ledger.ready"` also has `rpcUrl`, `wsUrl`,
 * `chainId` and `genesisHash`, the line of a failed start `"event":"ledger.not-started"`, `code` and `message`.
 * Resolves to the exit code: 0 after a graceful stop, 1 when it could not start.
 */
export async function runLedgerProcess(options: LedgerProcessOptions): Promise<number> {
  const { write, ...settings } = options
  const log: LedgerLog = (level, event, details = {}) => {
    if (event !== 'ledger.ready') write(JSON.stringify({ time: new Date().toISOString(), level, event, ...details }))
  }
  const asked = waitForSignal()
  try {
    const ledger = await startLedger({ ...settings, log })
    const { rpcUrl, wsUrl, chainId, genesisHash } = ledger
    const { head } = ledger.status()
    write(
      JSON.stringify({
        time: new Date().toISOString(),
        level: 'info',
        event: 'ledger.ready',
        rpcUrl,
        wsUrl,
        chainId,
        genesisHash,
        block: head.number,
        pid: process.pid,
        enginePid: ledger.enginePid() ?? 0,
      }),
    )
    await asked
    await ledger.stop()
    log('info', 'ledger.stopped')
    return 0
  } catch (error) {
    const code = error instanceof LedgerError ? error.code : 'LEDGER_ENGINE_FAILED'
    log('error', 'ledger.not-started', { code, message: error instanceof Error ? error.message : String(error) })
    return 1
  }
}

function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
