import type { LedgerEngine } from '../engines/engine.ts'
import { RpcError } from '../errors.ts'

/** What answers one allowed method. */
type Answer = (engine: LedgerEngine, params: readonly unknown[], now: () => number) => Promise<unknown>

/** Most gas that a read may use; more than six of the largest transactions (EIP-7825). */
const CALL_GAS_CAP = 100_000_000

const asked: Answer = async () => undefined
const forward =
  (method: string): Answer =>
  (engine, params) =>
    engine.request(method, params)

const forwarded = [
  'eth_blockNumber',
  'eth_blobBaseFee',
  'eth_chainId',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockReceipts',
  'eth_getBlockTransactionCountByHash',
  'eth_getBlockTransactionCountByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getProof',
  'eth_getStorageAt',
  'eth_getTransactionByBlockHashAndIndex',
  'eth_getTransactionByBlockNumberAndIndex',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_getUncleCountByBlockHash',
  'eth_getUncleCountByBlockNumber',
  'eth_maxPriorityFeePerGas',
  'eth_syncing',
  'net_version',
  'web3_sha3',
] as const

/**
 * The methods that the door answers, by name: the standard ones that read (Ethereum Execution API), one that writes, none that changes time,
 * state, accounts or mining. `eth_subscribe` and `eth_unsubscribe` are added on a WebSocket.
 */
export const methods: Readonly<Record<string, Answer>> = {
  ...Object.fromEntries(forwarded.map((method) => [method, forward(method)])),
  eth_accounts: async () => [],
  eth_call: (engine, params, now) => engine.request('eth_call', atPresent(engine, params, now)),
  eth_estimateGas: (engine, params, now) => engine.request('eth_estimateGas', atPresent(engine, params, now)),
  eth_createAccessList: (engine, params) => engine.request('eth_createAccessList', [capGas(params[0]), params[1] ?? 'latest']),
  eth_sendRawTransaction: (engine, params) => engine.submit(params[0] as string),
  net_listening: async () => true,
  net_peerCount: async () => '0x0',
  web3_clientVersion: async () => 'Guildhall/embedded',
}

/** Methods that only make sense on a WebSocket. */
export const subscriptionMethods: readonly string[] = ['eth_subscribe', 'eth_unsubscribe']

/**
 * Answers one method.
 * @throws RpcError -32601 for one that is not allowed, in the words that clients look for; else what the engine answers.
 */
export async function answerMethod(
  engine: LedgerEngine,
  call: { method: string; params: readonly unknown[] },
  now: () => number,
): Promise<unknown> {
  const answer = Object.hasOwn(methods, call.method) ? (methods[call.method] ?? asked) : undefined
  if (answer === undefined) throw new RpcError(-32601, `the method ${call.method.slice(0, 60)} does not exist/is not available`)
  return answer(engine, call.params, now)
}

/**
 * A read of the present sees the present time: this ledger makes blocks only when there is something to write, so the last block's time may be
 * long ago, and `block.timestamp` in a call would be stale. Reads of a named block keep that block's time.
 */
function atPresent(engine: LedgerEngine, params: readonly unknown[], now: () => number): readonly unknown[] {
  const [call, tag, overrides] = params
  const capped = capGas(call)
  const isPresent = tag === undefined || tag === null || tag === 'latest' || tag === 'pending' || tag === 'safe' || tag === 'finalized'
  if (!isPresent) return [capped, tag, ...(overrides === undefined ? [] : [overrides])]
  const time = Math.max(engine.status().head.timestamp, Math.floor(now()))
  return [capped, 'latest', overrides ?? {}, { time: `0x${time.toString(16)}` }]
}

function capGas(call: unknown): unknown {
  if (typeof call !== 'object' || call === null) return call
  const gas = 'gas' in call && typeof call.gas === 'string' ? Number(call.gas) : CALL_GAS_CAP
  return { ...call, gas: `0x${Math.min(Number.isFinite(gas) ? gas : CALL_GAS_CAP, CALL_GAS_CAP).toString(16)}` }
}
