/** Every stable code a {@link LedgerError} can carry, with one English sentence of what it means. */
export const ledgerErrorCodes = {
  LEDGER_FOLDER_IN_USE: 'Another process is running a ledger on this data folder.',
  LEDGER_PORT_TAKEN: 'The port asked for is used by another program.',
  LEDGER_DISK_FULL: 'The disk that holds the data folder is full.',
  LEDGER_DISK_FAILED: 'The disk that holds the data folder did not accept a write.',
  LEDGER_CLOCK_BACK: 'The machine clock stands well before the last block.',
  LEDGER_MANIFEST_DAMAGED: 'The file that lists the ledger data cannot be trusted.',
  LEDGER_JOURNAL_DAMAGED: 'The journal has damage that is not a torn last record.',
  LEDGER_SNAPSHOT_DAMAGED: 'No listed snapshot could be loaded.',
  LEDGER_REPLAY_MISMATCH: 'A replayed block does not have the hash that was recorded for it.',
  LEDGER_ENGINE_MISSING: 'The engine for this platform is not installed.',
  LEDGER_ENGINE_FAILED: 'The engine process ended or did not answer.',
  LEDGER_STOPPED: 'The ledger is stopping or has stopped.',
  LEDGER_UNREACHABLE: 'Nobody answers JSON-RPC at the address given.',
  LEDGER_CHAIN_MISMATCH: 'The ledger answers with another chain id than expected.',
  LEDGER_GENESIS_MISMATCH: 'The ledger has another first block than expected.',
  LEDGER_RULES_MISMATCH: 'The ledger does not follow the Osaka rules.',
  LEDGER_KEY_UNREADABLE: 'The file with the ledger account key cannot be used.',
  LEDGER_ACCOUNT_UNFUNDED: "The base's account cannot pay for its transactions on this ledger.",
  LEDGER_OPTION_INVALID: 'A setting handed to the ledger is out of range.',
  LEDGER_OUTBOX_CONFLICT: 'The idempotency key was used before for another transaction.',
} as const

/** One of the stable codes of this folder. */
export type LedgerErrorCode = keyof typeof ledgerErrorCodes

/** Thrown for misuse and outage of the ledger. `code` is stable; `message` says what happened and what to do next. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode

  constructor(code: LedgerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'LedgerError'
    this.code = code
  }
}

/** An answer of the engine that is an error by JSON-RPC 2.0 §5.1; passed on to the caller as it is. */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, data?: unknown) {
    super(message)
    this.name = 'RpcError'
    this.code = code
    this.data = data
  }
}

/** The system's error code (`ENOSPC`, `EADDRINUSE`, …) of something thrown, or undefined. */
export function findSystemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What a base whose account has run dry is told: whose account, and what to do. */
export function describeUnfunded(account: string, cause?: unknown): LedgerError {
  return new LedgerError(
    'LEDGER_ACCOUNT_UNFUNDED',
    `The base's account ${account} cannot pay for its transactions. Send it some of the ledger's currency; what waits is sent by itself then.`,
    { cause },
  )
}

/** Turns a failed write into a {@link LedgerError} that says whether the disk is full. */
export function describeDiskFailure(error: unknown, path: string): LedgerError {
  const system = findSystemCode(error)
  // EFBIG: a limit on the size of files, which a machine's owner can set, and which is lifted as space is freed.
  if (system === 'ENOSPC' || system === 'EDQUOT' || system === 'EFBIG') {
    return new LedgerError(
      'LEDGER_DISK_FULL',
      `The disk is full: ${path} could not be written. Free some space; nothing acknowledged is lost.`,
      {
        cause: error,
      },
    )
  }
  return new LedgerError(
    'LEDGER_DISK_FAILED',
    `${path} could not be written (${system ?? 'unknown error'}). Check the disk, then start again.`,
    {
      cause: error,
    },
  )
}
