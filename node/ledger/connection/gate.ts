import { JsonRpcProvider, type JsonRpcResult } from 'ethers'
import type { LedgerLog } from '../engines/engine.ts'
import { LedgerError } from '../errors.ts'
import { checkLedger, type ExpectedLedger, providerOptions, unreachable } from './check-ledger.ts'

/** Whether the ledger at an address has been seen to be the right one. */
export interface LedgerGate {
  /** Why nothing may be asked of it or sent to it now, or undefined once it has been checked. */
  problem(): LedgerError | undefined
  close(): void
}

interface AwayOptions {
  readonly rpcUrl: string
  readonly expected: ExpectedLedger
  readonly limitMs: number
  readonly log: LedgerLog
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000

/** The gate of a ledger that has been checked. */
export const openGate: LedgerGate = { problem: () => undefined, close: () => undefined }

/** The gate of a ledger that does not answer yet: looks again and again, and opens when the right one has come back. */
export function awaitLedger({ rpcUrl, expected, limitMs, log }: AwayOptions): LedgerGate {
  let problem: LedgerError | undefined = unreachable(rpcUrl, 'it has not answered since the start')
  let retryMs = FIRST_RETRY_MS
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function look(): Promise<void> {
    try {
      await checkLedger(rpcUrl, { expected, limitMs })
      problem = undefined
      log('info', 'ledger.reached')
    } catch (error) {
      const found = error instanceof LedgerError ? error : unreachable(rpcUrl, 'looking at it failed', error)
      if (found.code !== problem?.code) log('error', 'ledger.not-the-right-one', { code: found.code })
      problem = found
      if (!isClosed) wait()
    }
  }

  function wait(): void {
    timer = setTimeout(() => void look(), retryMs)
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
  }

  log('warn', 'ledger.away')
  wait()
  return {
    problem: () => problem,
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

/** A provider through which nothing passes before the ledger is known to be the right one. */
export class GatedProvider extends JsonRpcProvider {
  readonly #gate: LedgerGate

  constructor(gate: LedgerGate, at: { readonly rpcUrl: string; readonly chainId: number; readonly timeoutMs: number }) {
    super(...providerOptions(at.rpcUrl, at))
    this.#gate = gate
  }

  override _send(payload: Parameters<JsonRpcProvider['_send']>[0]): Promise<JsonRpcResult[]> {
    const problem = this.#gate.problem()
    return problem === undefined ? super._send(payload) : Promise.reject(problem)
  }
}
