/** A block as far as the index needs it. `time` is UnixSeconds; hashes are `0x` and 64 lower-case hex. */
export interface LedgerBlock {
  number: number
  hash: string
  parentHash: string
  time: number
}

/** A log as the ledger returns it (`eth_getLogs`), numbers as numbers. */
export interface LedgerLog {
  blockNumber: number
  blockHash: string
  transactionHash: string
  logIndex: number
  address: string
  topics: readonly string[]
  data: string
  /** The time of its block, where the ledger tells it with the log; else the index asks for the block. */
  blockTime?: number
}

/** What the index asks of a ledger. Every call may fail while the ledger restarts; the index waits and asks again. */
export interface LedgerSource {
  chainId(signal?: AbortSignal): Promise<number>
  /** The block of that number, or the newest; undefined when there is none (yet, or any more). */
  findBlock(number: number | 'latest', signal?: AbortSignal): Promise<LedgerBlock | undefined>
  /** All logs of these addresses in blocks `from … to`, both included, in the ledger's order. */
  listLogs(range: { from: number; to: number; addresses: readonly string[] }, signal?: AbortSignal): Promise<LedgerLog[]>
  /** Calls back when there may be a new block; returns the way to stop. It may call too often, and must not be the only source: the index also polls. */
  onBlock(listener: () => void): () => void
}
