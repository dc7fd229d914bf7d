import { RpcError } from '../errors.ts'

/** The part of a log that filters look at. */
export interface LogEntry {
  readonly address: string
  readonly topics: readonly string[]
}

/** Which logs a subscription gets; each place of `topics` is one value, several alternatives, or null for any. */
export interface LogFilter {
  /** Lower case; empty for any. */
  readonly addresses: readonly string[]
  readonly topics: readonly (readonly string[] | null)[]
}

/**
 * Reads the second parameter of `eth_subscribe("logs", …)`.
 * @throws RpcError -32602 when it is not a filter.
 */
export function parseLogFilter(value: unknown): LogFilter {
  if (value === undefined || value === null) return { addresses: [], topics: [] }
  if (typeof value !== 'object' || Array.isArray(value)) throw new RpcError(-32602, 'expected a filter object')
  const { address, topics } = value as Record<string, unknown>
  if (topics !== undefined && topics !== null && (!Array.isArray(topics) || topics.length > 4)) {
    throw new RpcError(-32602, 'expected at most four topics')
  }
  return {
    addresses: address === undefined || address === null ? [] : listHex(address, 20),
    topics: ((topics ?? []) as unknown[]).map((topic) => (topic === null || topic === undefined ? null : listHex(topic, 32))),
  }
}

/** True when a log passes a filter (Ethereum Execution API, `eth_getLogs`). */
export function matchesLog(filter: LogFilter, log: LogEntry): boolean {
  if (filter.addresses.length > 0 && !filter.addresses.includes(log.address.toLowerCase())) return false
  if (filter.topics.length > log.topics.length) return false
  return filter.topics.every((allowed, index) => allowed === null || allowed.includes(log.topics[index]?.toLowerCase() ?? ''))
}

function listHex(value: unknown, bytes: number): string[] {
  const list = Array.isArray(value) ? value : [value]
  const pattern = new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`)
  if (list.length > 1_000 || !list.every((entry) => typeof entry === 'string' && pattern.test(entry))) {
    throw new RpcError(-32602, `expected 0x and ${bytes * 2} hex digits, or a list of at most 1000 of them`)
  }
  return list.map((entry: string) => entry.toLowerCase())
}
