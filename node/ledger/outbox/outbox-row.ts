/** What a change of the base wants written to the ledger. */
export interface OutboxEntry {
  /** The caller's name for this write: enqueuing it twice is one write. */
  readonly key: string
  /** 20-byte address, `0x` and hex. */
  readonly to: string
  /** Call data, `0x` and hex. */
  readonly data: string
  /** Which handler hears of the end, for example `credential-anchors`. */
  readonly purpose: string
  /** Higher ones get their nonce first; 0 when left out. */
  readonly priority?: number
  /** Free label of what was gathered into this one write. */
  readonly batchKind?: string
  /** Gas limit; estimated when left out. At most 2^24 (EIP-7825). */
  readonly gasLimit?: number
}

/**
 * Where a row stands: `waiting` (no nonce yet), `signed` (nonce given, signed bytes stored, not known to the ledger), `sent`, `included` (in a
 * block that may still go away), `final`.
 */
export type OutboxState = 'waiting' | 'signed' | 'sent' | 'included' | 'final'

/** How a final row ended: carried out, reverted in its block, or refused before it could be carried out. */
export type OutboxOutcome = 'succeeded' | 'reverted' | 'refused'

/** One write to the ledger. */
export interface OutboxRow {
  readonly id: number
  readonly key: string
  readonly to: string
  readonly data: string
  readonly purpose: string
  readonly priority: number
  readonly batchKind: string | null
  readonly gasLimit: number | null
  readonly state: OutboxState
  readonly outcome: OutboxOutcome | null
  readonly nonce: number | null
  /** Of the transaction that was included, or the last one signed. */
  readonly transactionHash: string | null
  readonly blockNumber: number | null
  readonly blockHash: string | null
  /** Why it reverted or was refused, or what the ledger said when it last did not take it. */
  readonly error: string | null
  /** How often the ledger did not take it since it was last taken. */
  readonly rejections: number
  /** UnixSeconds. */
  readonly enqueuedAt: number
  /** UnixSeconds of the last time it was sent. */
  readonly sentAt: number | null
  /** True once its handler is done with it. */
  readonly isSettled: boolean
}

/** Signed bytes for a row's nonce: the row's own call, or an empty one that only frees the nonce. */
export interface OutboxAttempt {
  readonly rowId: number
  readonly raw: string
  readonly transactionHash: string
  /** Wei per gas. */
  readonly maxFeePerGas: bigint
  readonly isEmpty: boolean
}

/** What a handler hears of an included transaction. */
export interface OutboxReceipt {
  readonly transactionHash: string
  readonly blockNumber: number
  readonly blockHash: string
  /** UnixSeconds. */
  readonly blockTime: number
  readonly gasUsed: number
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string; readonly index: number }[]
}

/**
 * The steps of a row's way, in order; a test can end the process at each of them. Between any two of them everything needed to go on is in the
 * database or on the ledger.
 */
export const OUTBOX_STEPS = [
  /** The row is written in the caller's transaction, which has not ended. */
  'row-enqueued',
  /** The nonce is chosen and the bytes are signed; nothing is stored. */
  'transaction-signed',
  /** Nonce and signed bytes are stored; nothing is sent. */
  'transaction-stored',
  /** The ledger answered; that is not noted yet. */
  'transaction-sent',
  /** It is noted that the transaction was sent. */
  'sending-noted',
  /** The receipt was read; that is not noted yet. */
  'receipt-read',
  /** The block of the transaction is noted. */
  'inclusion-noted',
  /** It is noted that the block is final. */
  'finality-noted',
  /** The handler is about to be called. */
  'handler-begun',
  /** The handler came back. */
  'handler-done',
  /** It is noted that nothing is left to do. */
  'row-settled',
] as const

/** One of the steps. */
export type OutboxStep = (typeof OUTBOX_STEPS)[number]
