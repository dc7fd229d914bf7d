import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LedgerProcess, spawnLedger } from './ledger-process.ts'
import { call, callAll, openWorkload, type SignedTransaction, type Workload } from './workload.ts'

/** How many transactions of 160 k gas lie behind what is measured. */
export const BEHIND = 20_000
/** Chain id of the ledgers that are measured. */
export const CHAIN_ID = 1_800_000_009

const SENDERS = 64
const BATCH = 100

/** A workload with its signed transactions: those that make the history, and those that are measured. */
export interface Traffic {
  readonly workload: Workload
  readonly contract: string
  readonly history: readonly SignedTransaction[]
  /** For each account its transactions in order. */
  readonly measured: readonly (readonly SignedTransaction[])[]
}

/** A folder for one measurement, removed by `remove`. */
export function openFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `guildhall-bench-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Signs everything before anything is measured. `contract` must be the address that the deployment gets, which depends on the account alone. */
export async function signTraffic(folder: string, count: number, contractOf: (workload: Workload) => Promise<string>): Promise<Traffic> {
  const workload = await openWorkload(join(folder, 'keys'), CHAIN_ID, SENDERS)
  const contract = await contractOf(workload)
  const nonces: number[] = workload.accounts.map((_, index) => (index === 0 ? 1 : 0))
  let index = 0
  const sign = (sender: number): SignedTransaction => {
    const account = workload.accounts[sender]
    const nonce = nonces[sender] ?? 0
    if (account === undefined) throw new Error('no such sender')
    nonces[sender] = nonce + 1
    index += 1
    return workload.call(account, { nonce, index, contract })
  }
  const history: SignedTransaction[] = []
  while (history.length < BEHIND) {
    history.push(sign(Math.floor(history.length / BATCH) % SENDERS))
    // Lets the HTTP client hear of connections that were closed meanwhile.
    if (history.length % BATCH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const measured = workload.accounts.map((_, sender) => Array.from({ length: Math.ceil(count / SENDERS) }, () => sign(sender)))
  return { workload, contract, history, measured }
}

/** Puts the contract on a ledger and answers its address. */
export async function deploy(rpcUrl: string, workload: Workload): Promise<string> {
  await call(rpcUrl, 'eth_sendRawTransaction', [workload.deployment.raw])
  const receipt = await call<{ contractAddress: string }>(rpcUrl, 'eth_getTransactionReceipt', [workload.deployment.hash])
  return receipt.contractAddress
}

/** Sends the history in batches, a few at a time. @throws when one was refused. */
export async function sendHistory(rpcUrl: string, history: readonly SignedTransaction[]): Promise<void> {
  for (let offset = 0; offset < history.length; offset += 4 * BATCH) {
    const parts = [0, 1, 2, 3]
      .map((part) => history.slice(offset + part * BATCH, offset + (part + 1) * BATCH))
      .filter((part) => part.length > 0)
    const answers = await Promise.all(
      parts.map((part) =>
        callAll<string>(
          rpcUrl,
          part.map(({ raw }) => ['eth_sendRawTransaction', [raw]] as const),
        ),
      ),
    )
    const refused = answers.flat().find((answer) => answer instanceof Error)
    if (refused !== undefined) throw refused
  }
}

/** A ledger in its own process with the history behind it, and the traffic to go on with. */
export async function startWithHistory(
  folder: string,
  count: number,
  onStart: (ledger: LedgerProcess) => void = () => undefined,
): Promise<{ ledger: LedgerProcess; rpcUrl: string; traffic: Traffic }> {
  const ledger = spawnLedger({ dataDir: join(folder, 'ledger'), chainId: CHAIN_ID })
  onStart(ledger)
  const { rpcUrl } = await ledger.ready
  const traffic = await signTraffic(folder, count, (workload) => deploy(rpcUrl, workload))
  await sendHistory(rpcUrl, traffic.history)
  return { ledger, rpcUrl, traffic }
}
