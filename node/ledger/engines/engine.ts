/** A block that is durable: it survives a kill at any instant. */
export interface SealedBlock {
  /** Height, from 1 (0 is the genesis block). */
  readonly number: number
  /** `0x` and 64 lower-case hex digits. */
  readonly hash: string
  /** UnixSeconds, never lower than the block before. */
  readonly timestamp: number
  /** How many transactions it holds. */
  readonly transactions: number
}

/** What `GET /health` and the operator's screen show of an engine. */
export interface EngineStatus {
  readonly ready: boolean
  readonly head: SealedBlock
  /** Blocks that a start would have to replay. */
  readonly blocksSinceSnapshot: number
  /** Resident memory of the engine process in MB (10^6 bytes). */
  readonly engineMegabytes: number
}

/** What stands behind the JSON-RPC door: something that keeps a ledger. Nothing above knows which one it is. */
export interface LedgerEngine {
  readonly chainId: number
  readonly genesisHash: string
  /**
   * Answers a read-only method of the Ethereum JSON-RPC API.
   * @throws RpcError when the engine answers with an error; LedgerError LEDGER_ENGINE_FAILED when it does not answer.
   */
  request(method: string, params: readonly unknown[]): Promise<unknown>
  /**
   * Takes a signed transaction (`0x…`) and answers its hash once its block is durable and its receipt can be read.
   * @throws RpcError when it is refused; LedgerError LEDGER_DISK_FULL, LEDGER_CLOCK_BACK or LEDGER_STOPPED when nothing can be written.
   */
  submit(raw: string): Promise<string>
  /** Calls the listener after each sealed block; returns how to stop that. */
  onBlock(listener: (block: SealedBlock) => void): () => void
  status(): EngineStatus
  /** Process id of the engine, for tests that end it and for memory figures; undefined while it restarts. */
  enginePid(): number | undefined
  /** Takes what is under way to its end, writes a snapshot, ends the engine. */
  stop(): Promise<void>
}

/** One line of the ledger's log: an event name and values without personal data. */
export type LedgerLog = (level: 'info' | 'warn' | 'error', event: string, details?: Record<string, string | number | boolean>) => void
