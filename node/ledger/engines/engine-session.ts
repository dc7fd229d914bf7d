import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LedgerError } from '../errors.ts'
import type { ChainStore, JournalBlock } from '../journal/chain-store.ts'
import type { SnapshotEntry } from '../journal/manifest.ts'
import { type AnvilProcess, startAnvil } from './anvil-process.ts'
import type { SealedBlock } from './engine.ts'
import type { EngineConnection } from './engine-connection.ts'

/** An engine process that stands at a known block. */
export interface EngineSession {
  readonly process: AnvilProcess
  readonly connection: EngineConnection
  head(): SealedBlock
  /**
   * Makes the next block of the transactions that were handed in before.
   * @throws LedgerError LEDGER_ENGINE_FAILED when the engine is lost.
   */
  mine(timestamp: number): Promise<MinedBlock>
  /** Hands in the transactions of a journal block in their order, makes the block, and compares its hash. @throws LedgerError LEDGER_REPLAY_MISMATCH */
  replay(block: JournalBlock): Promise<MinedBlock>
  getBlock(number: number): Promise<MinedBlock>
}

/** A block just made, with the hashes of what it holds. */
export interface MinedBlock extends SealedBlock {
  readonly transactionHashes: readonly string[]
}

interface EngineBlock {
  readonly number: string
  readonly hash: string
  readonly timestamp: string
  readonly transactions: readonly string[]
}

/** Starts an engine from the genesis block or from a listed snapshot; the journal is not replayed yet. */
export async function startSession(
  dataDir: string,
  store: Pick<ChainStore, 'manifest' | 'unpackSnapshot'>,
  from?: SnapshotEntry,
): Promise<EngineSession> {
  const { chainId, genesisTimestamp, genesisHash } = store.manifest()
  if (from === undefined) {
    const process = await startAnvil({ dataDir, chainId, genesisTimestamp })
    const genesis = await getBlock(process.connection, '0x0')
    if (genesis.hash !== genesisHash) return refuse(process, { number: 0, hash: genesisHash, found: genesis.hash })
    return createSession(process, { number: 0, hash: genesisHash, timestamp: genesisTimestamp, transactions: 0 })
  }
  // A name of its own: a proof and a restart may load the same snapshot at the same time.
  const stateFile = join(dataDir, `load-${from.number}-${randomBytes(4).toString('hex')}.json`)
  try {
    await store.unpackSnapshot(from, stateFile)
    const process = await startAnvil({ dataDir, chainId, genesisTimestamp, stateFile })
    const head = await restoreRecentHashes(process.connection, from)
    if (head.hash !== from.hash) return refuse(process, { number: from.number, hash: from.hash, found: head.hash })
    return createSession(process, {
      number: from.number,
      hash: from.hash,
      timestamp: from.timestamp,
      transactions: head.transactions.length,
    })
  } finally {
    await rm(stateFile, { force: true })
  }
}

/** The genesis hash that an engine gives for these settings. */
export async function findGenesisHash(dataDir: string, settings: { chainId: number; genesisTimestamp: number }): Promise<string> {
  const process = await startAnvil({ dataDir, ...settings })
  try {
    return (await getBlock(process.connection, '0x0')).hash
  } finally {
    await process.kill()
  }
}

function createSession(process: AnvilProcess, start: SealedBlock): EngineSession {
  const { connection } = process
  let head = start

  async function mine(timestamp: number): Promise<MinedBlock> {
    await connection.call('evm_setNextBlockTimestamp', [timestamp])
    await connection.call('evm_mine', [])
    const mined = describe(await getBlock(connection, 'latest'))
    if (mined.number !== head.number + 1 || mined.timestamp !== timestamp) throw mismatch(mined.number, 'another block was made')
    head = mined
    return mined
  }

  async function replay(block: JournalBlock): Promise<MinedBlock> {
    // One after the other: a batch is handed in by several threads of the engine, and the order decides the hash.
    for (const raw of block.transactions) await connection.call('eth_sendRawTransaction', [raw])
    const mined = await mine(block.timestamp)
    if (mined.transactions < block.transactions.length) await connection.call('anvil_dropAllTransactions', [])
    if (mined.number !== block.number) throw mismatch(block.number, `it came out as block ${mined.number}`)
    if (block.hash !== undefined && mined.hash !== block.hash)
      throw mismatch(block.number, `recorded ${block.hash}, replayed ${mined.hash}`)
    return mined
  }

  const findBlock = async (number: number) => describe(await getBlock(connection, `0x${number.toString(16)}`))
  return { process, connection, head: () => head, mine, replay, getBlock: findBlock }
}

function describe(block: EngineBlock): MinedBlock {
  return {
    number: Number(block.number),
    hash: block.hash,
    timestamp: Number(block.timestamp),
    transactions: block.transactions.length,
    transactionHashes: block.transactions,
  }
}

/**
 * A loaded state knows the blocks but not what BLOCKHASH answers for them (anvil 1.7.1, measured 2026-11-22), so contracts would see other
 * values than before. Its rollback puts the last 256 back: make an empty block and take it away again.
 */
async function restoreRecentHashes(connection: EngineConnection, from: SnapshotEntry): Promise<EngineBlock> {
  await connection.call('evm_setNextBlockTimestamp', [from.timestamp])
  await connection.call('evm_mine', [])
  await connection.call('anvil_rollback', [1])
  return getBlock(connection, 'latest')
}

async function getBlock(connection: EngineConnection, tag: string): Promise<EngineBlock> {
  return (await connection.call('eth_getBlockByNumber', [tag, false])) as EngineBlock
}

async function refuse(process: AnvilProcess, at: { number: number; hash: string; found: string }): Promise<never> {
  await process.kill()
  throw mismatch(at.number, `recorded ${at.hash}, the engine has ${at.found}`)
}

function mismatch(number: number, reason: string): LedgerError {
  return new LedgerError(
    'LEDGER_REPLAY_MISMATCH',
    `Block ${number} cannot be rebuilt as it was: ${reason}. Nothing was changed; use the version that wrote this ledger, or a backup of its folder.`,
  )
}
