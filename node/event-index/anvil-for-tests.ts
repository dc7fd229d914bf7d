import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import {
  type ContractAddresses,
  type Contracts,
  connectContracts,
  deployNetwork,
  type FoundingOfWorks,
  foundNetwork,
} from '@guildhall/contracts'
import { JsonRpcProvider, NonceManager, type Signer } from 'ethers'

/** A real engine on a free port, for tests: it can go back to an earlier block, which the base's own ledger never does. */
export interface TestLedger {
  rpcUrl: string
  wsUrl: string
  provider: JsonRpcProvider
  accounts: readonly Signer[]
  addresses: ContractAddresses
  /** Connected with the root base's account. */
  contracts: Contracts
  /** Connected with the account of that number, from 0. */
  actAs(account: number): Promise<Contracts>
  send(method: string, parameters: unknown[]): Promise<unknown>
  stop(): Promise<void>
}

/** `0x` and 64 hex digits that are different for each number. */
export function digestOf(number: number): string {
  return `0x${number.toString(16).padStart(64, '0')}`
}

/** Starts an engine and founds a network on it: root base 1, programmes 1 and 2; its panels and minter are what `works` says. */
export async function startTestLedger(
  works: (accounts: readonly Signer[], now: number) => Promise<FoundingOfWorks> = async () => ({}),
): Promise<TestLedger> {
  const require = createRequire(import.meta.resolve('@foundry-rs/anvil/package.json'))
  const architecture = process.arch === 'x64' ? 'amd64' : 'arm64'
  const engine = spawn(
    require.resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/bin/anvil`),
    ['--port', '0', '--hardfork', 'osaka', '--accounts', '20'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const port = await listeningPort(engine)
  const rpcUrl = `http://127.0.0.1:${port}`
  const provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 50 })
  const root = new NonceManager(await provider.getSigner(0))
  const { addresses } = await deployNetwork(root)
  const document = { digest: digestOf(0xd0c), cid: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' }
  const { timestamp } = (await provider.getBlock('latest')) ?? { timestamp: 0 }
  const accounts = await Promise.all(Array.from({ length: 20 }, (_, account) => provider.getSigner(account)))
  await foundNetwork(root, addresses, {
    ...(await works(accounts, timestamp)),
    didHash: digestOf(1),
    didLog: document,
    programmes: [document, { ...document, digest: digestOf(0xd0d) }],
    accreditedUntil: timestamp + 1_000_000,
    assessments: { until: timestamp + 500_000, reports: { information: document, safety: document, green: document } },
    issuerKey: { keyId: digestOf(0x5e1), until: timestamp + 900_000 },
  })
  return {
    rpcUrl,
    wsUrl: `ws://127.0.0.1:${port}`,
    provider,
    accounts,
    addresses,
    contracts: connectContracts(addresses, root),
    actAs: async (account) => connectContracts(addresses, await provider.getSigner(account)),
    send: (method, parameters) => provider.send(method, parameters),
    async stop() {
      provider.destroy()
      if (engine.exitCode === null) {
        engine.kill('SIGKILL')
        await once(engine, 'exit')
      }
    },
  }
}

async function listeningPort(engine: ChildProcess): Promise<number> {
  if (engine.stdout === null) throw new Error('the engine has no output')
  for await (const line of createInterface({ input: engine.stdout })) {
    const port = /Listening on .*:(\d+)/.exec(line)?.[1]
    if (port !== undefined) {
      engine.stdout.resume()
      return Number(port)
    }
  }
  throw new Error('the engine ended before it listened')
}
