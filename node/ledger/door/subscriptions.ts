import { randomBytes } from 'node:crypto'
import type { LedgerEngine, LedgerLog, SealedBlock } from '../engines/engine.ts'
import { RpcError } from '../errors.ts'
import { type LogEntry, type LogFilter, matchesLog, parseLogFilter } from './log-filter.ts'

/** `eth_subscribe` for one WebSocket: `newHeads` and `logs`, made here from sealed blocks, so that they outlive a restart of the engine. */
export interface Subscriptions {
  subscribe(params: readonly unknown[]): string
  unsubscribe(params: readonly unknown[]): boolean
  close(): void
}

type Subscription = { readonly kind: 'newHeads' } | { readonly kind: 'logs'; readonly filter: LogFilter }

/** Most subscriptions of one connection. */
const MAX_SUBSCRIPTIONS = 64

/** Follows an engine's blocks for one connection; `send` gets JSON texts. */
export function openSubscriptions(engine: LedgerEngine, send: (text: string) => void, log: LedgerLog): Subscriptions {
  const active = new Map<string, Subscription>()
  let turn: Promise<void> = Promise.resolve()

  const unfollow = engine.onBlock((block) => {
    // One block after the other, so that heads and logs arrive in their order.
    turn = turn
      .then(() => notify(block))
      .catch((error: unknown) => log('warn', 'ledger.notification-lost', { block: block.number, reason: String(error) }))
  })

  async function notify(block: SealedBlock): Promise<void> {
    const entries = [...active]
    if (entries.some(([, subscription]) => subscription.kind === 'newHeads')) {
      const header = toHeader(await engine.request('eth_getBlockByHash', [block.hash, false]))
      for (const [id, subscription] of entries) if (subscription.kind === 'newHeads') push(id, header)
    }
    if (entries.some(([, subscription]) => subscription.kind === 'logs')) {
      const logs = (await engine.request('eth_getLogs', [{ blockHash: block.hash }])) as LogEntry[]
      for (const [id, subscription] of entries) {
        if (subscription.kind === 'logs')
          for (const entry of logs.filter((candidate) => matchesLog(subscription.filter, candidate))) push(id, entry)
      }
    }
  }

  const push = (subscription: string, result: unknown) => {
    if (active.has(subscription)) send(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription, result } }))
  }

  return {
    subscribe([kind, filter]) {
      if (active.size >= MAX_SUBSCRIPTIONS)
        throw new RpcError(-32005, `limit exceeded: ${MAX_SUBSCRIPTIONS} subscriptions on one connection`)
      if (kind !== 'newHeads' && kind !== 'logs') throw new RpcError(-32602, 'expected "newHeads" or "logs"')
      const id = `0x${randomBytes(16).toString('hex')}`
      active.set(id, kind === 'newHeads' ? { kind } : { kind, filter: parseLogFilter(filter) })
      return id
    },
    unsubscribe: ([id]) => typeof id === 'string' && active.delete(id),
    close() {
      unfollow()
      active.clear()
    },
  }
}

/** A head is a block without its transactions, uncles and sizes. */
function toHeader(block: unknown): object {
  const {
    transactions: _transactions,
    uncles: _uncles,
    withdrawals: _withdrawals,
    size: _size,
    totalDifficulty: _total,
    ...header
  } = block as Record<string, unknown>
  return header
}
