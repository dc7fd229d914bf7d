import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDoor } from './door/door.ts'
import { openEmbeddedEngine } from './engines/embedded.ts'
import type { EngineStatus, LedgerLog } from './engines/engine.ts'
import type { SnapshotLimits } from './engines/snapshot-keeper.ts'
import { findSystemCode, LedgerError } from './errors.ts'
import { makePrivateFolder, writeDurably } from './journal/durable-file.ts'
import { findManifest } from './journal/manifest.ts'

/** What an embedded ledger is started with. */
export interface LedgerOptions {
  /** Folder of this ledger alone; made (0700) when missing. */
  readonly dataDir: string
  /** TCP port; 0 or left out for any free one. */
  readonly port?: number
  /** A loopback address; 127.0.0.1 when left out. */
  readonly host?: string
  /** Chain id of a new ledger (drawn when left out); a ledger that exists refuses another one. */
  readonly chainId?: number
  /** UnixSeconds of the wall clock. */
  readonly clock?: () => number
  readonly log?: LedgerLog
  readonly limits?: Partial<SnapshotLimits>
}

/** A running embedded ledger. */
export interface Ledger {
  readonly rpcUrl: string
  readonly wsUrl: string
  readonly chainId: number
  readonly genesisHash: string
  status(): EngineStatus
  /** Process id of the engine, for tests and memory figures. */
  enginePid(): number | undefined
  /** Seals what was submitted, takes a snapshot, ends the engine. */
  stop(): Promise<void>
}

const DESCRIPTOR = 'network.json'
/** Drawn chain ids begin here, above the registered ones, and stay below what wallets take. */
const CHAIN_ID_RANGE = [1_800_000_000, 2_147_483_647] as const

/**
 * Starts the embedded ledger on a data folder and opens its JSON-RPC door.
 * @throws LedgerError with any code of starting: folder in use, port taken, disk full, clock back, damaged files, wrong chain id.
 */
export async function startLedger(options: LedgerOptions): Promise<Ledger> {
  const { dataDir, host = '127.0.0.1', port = 0, clock = wallClock, log = () => undefined } = options
  await makePrivateFolder(dataDir)
  const chainId = options.chainId ?? (await findManifest(dataDir))?.chainId ?? randomInt(...CHAIN_ID_RANGE)
  if (!Number.isSafeInteger(chainId) || chainId < 1 || chainId > 4_503_599_627_370_476) {
    throw new LedgerError('LEDGER_OPTION_INVALID', `${chainId} is not a chain id; expected a whole number from 1 to 4503599627370476.`)
  }
  const limits = options.limits === undefined ? {} : { limits: options.limits }
  const engine = await openEmbeddedEngine({ dataDir, chainId, clock, log, ...limits })
  try {
    const door = await openDoor({ engine, host, port, clock, log, findDescriptor: () => findNetworkDescriptor(dataDir) })
    const authority = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${door.port}`
    log('info', 'ledger.ready', { port: door.port, chainId: engine.chainId, head: engine.status().head.number })
    return {
      rpcUrl: `http://${authority}/`,
      wsUrl: `ws://${authority}/`,
      chainId: engine.chainId,
      genesisHash: engine.genesisHash,
      status: () => engine.status(),
      enginePid: () => engine.enginePid(),
      async stop() {
        await door.close()
        await engine.stop()
      },
    }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

/**
 * Stores the network's descriptor (JSON) in a ledger's data folder; `GET /.well-known/guildhall-network` serves it from then on. The founding
 * base calls this for the ledger it runs.
 * @throws LedgerError LEDGER_DISK_FULL or LEDGER_DISK_FAILED.
 */
export async function publishNetworkDescriptor(dataDir: string, descriptor: object): Promise<void> {
  await writeDurably(join(dataDir, DESCRIPTOR), JSON.stringify(descriptor))
}

/** The stored descriptor as JSON text, or undefined before {@link publishNetworkDescriptor}. */
export async function findNetworkDescriptor(dataDir: string): Promise<string | undefined> {
  try {
    return await readFile(join(dataDir, DESCRIPTOR), 'utf8')
  } catch (error) {
    if (findSystemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** UnixSeconds of the machine clock. */
function wallClock(): number {
  return Math.floor(Date.now() / 1000)
}
