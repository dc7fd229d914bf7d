import { join } from 'node:path'
import { type LedgerAccount, openLedgerAccount } from '@guildhall/node/ledger'

/**
 * A contract that writes six fresh storage slots, the first named by the first 32 bytes of its call data, and logs those bytes: with the padding
 * 160 k gas a call, what a registration with its event costs. Assembled by hand: six times `PUSH1 1, CALLDATALOAD(0) + k, SSTORE`, then
 * `CALLDATACOPY(0, 0, 32), LOG0(0, 32), STOP`; in front of it seven instructions that return it.
 */
const RUNTIME = `${[0, 1, 2, 3, 4, 5].map((k) => `60015f35600${k}0155`).join('')}60205f5f3760205fa000`
const WORK_CODE = `0x60${(RUNTIME.length / 2).toString(16).padStart(2, '0')}8060095f395ff3${RUNTIME}`
const GAS_LIMIT = 200_000
const PADDING = 'ff'.repeat(330)

/** A signed transaction. */
export interface SignedTransaction {
  readonly raw: string
  readonly hash: string
}

/** Signs the calls of some accounts to the work contract. */
export interface Workload {
  readonly accounts: readonly LedgerAccount[]
  /** The first account's transaction with nonce 0, which puts the contract on the ledger. */
  readonly deployment: SignedTransaction
  /** The call number `index` (unique over the whole run) of an account with this nonce. */
  call(account: LedgerAccount, at: { nonce: number; index: number; contract: string }): SignedTransaction
}

/** Makes or reopens the accounts of a run; their keys are kept, so that a run can go on after a stop. */
export async function openWorkload(folder: string, chainId: number, size: number): Promise<Workload> {
  const accounts = await Promise.all(
    Array.from({ length: size }, (_, index) => openLedgerAccount({ path: join(folder, `account-${index}.key`) })),
  )
  const [first] = accounts
  if (first === undefined) throw new Error('a workload needs an account')
  const terms = { type: 2, chainId, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, value: 0 }
  return {
    accounts,
    deployment: first.sign({ ...terms, nonce: 0, data: WORK_CODE, gasLimit: 1_000_000 }),
    call(account, { nonce, index, contract }) {
      const data = `0x${(BigInt(index) * 16n).toString(16).padStart(64, '0')}${PADDING}`
      return account.sign({ ...terms, nonce, to: contract, data, gasLimit: GAS_LIMIT })
    },
  }
}

/** The number of the call that a log belongs to. */
export function readIndex(data: string): number {
  return Number(BigInt(data) / 16n)
}

/** A JSON-RPC answer that is an error. */
export class RpcRefusal extends Error {}

/** One JSON-RPC call. @throws RpcRefusal for an error of the ledger; what fetch throws when nobody answers. */
export async function call<Result>(rpcUrl: string, method: string, params: readonly unknown[]): Promise<Result> {
  const [answer] = await callAll<Result>(rpcUrl, [[method, params]])
  if (answer === undefined || answer instanceof Error) throw answer ?? new RpcRefusal('no answer')
  return answer
}

/** A JSON-RPC batch; each answer is a result or the refusal. */
export async function callAll<Result>(
  rpcUrl: string,
  calls: readonly (readonly [string, readonly unknown[]])[],
): Promise<(Result | RpcRefusal)[]> {
  const body = JSON.stringify(calls.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params })))
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(60_000),
  })
  const answers = (await response.json()) as { id: number; result?: Result; error?: { message: string } }[]
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  return calls.map((_, id) => {
    const answer = byId.get(id)
    return answer?.error === undefined ? (answer?.result as Result) : new RpcRefusal(answer.error.message)
  })
}
