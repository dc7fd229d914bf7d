import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findSystemCode, LedgerError } from '../errors.ts'
import { writeDurably } from './durable-file.ts'

/** The state of the chain after a block, as a file in the data folder. */
export interface SnapshotEntry {
  readonly number: number
  readonly hash: string
  readonly timestamp: number
  /** SHA-256 of the file, `0x` and 64 hex digits. */
  readonly sha256: string
  /** True once an engine has loaded it and answered with the right head. */
  readonly isProven: boolean
}

/** Which files make up this ledger: the one place that decides. Oldest first; a segment is named by its first block. */
export interface Manifest {
  readonly version: 1
  readonly chainId: number
  /** UnixSeconds of block 0. */
  readonly genesisTimestamp: number
  readonly genesisHash: string
  /** 16 bytes, hex: the key of the journal's tags. */
  readonly salt: string
  readonly snapshots: readonly SnapshotEntry[]
  readonly segments: readonly number[]
}

const FILE = 'ledger.json'

/** File name of a snapshot: gzipped JSON of the engine's state after that block. */
export const snapshotFile = (number: number): string => `snapshot-${String(number).padStart(10, '0')}.json.gz`
/** File name of a journal segment. */
export const segmentFile = (firstBlock: number): string => `journal-${String(firstBlock).padStart(10, '0')}.bin`

/**
 * Reads the manifest of a data folder; undefined when there is none, which is a new ledger.
 * @throws LedgerError LEDGER_MANIFEST_DAMAGED when its checksum does not fit or journals lie there without it.
 */
export async function findManifest(dataDir: string): Promise<Manifest | undefined> {
  let text: string
  try {
    text = await readFile(join(dataDir, FILE), 'utf8')
  } catch (error) {
    if (findSystemCode(error) === 'ENOENT') return undefined
    throw error
  }
  const [checksum, body] = [text.slice(0, 64), text.slice(65)]
  if (checksum !== digest(body)) {
    throw new LedgerError(
      'LEDGER_MANIFEST_DAMAGED',
      `${FILE} in the ledger's data folder was changed or cut. Restore the folder from a backup.`,
    )
  }
  return JSON.parse(body) as Manifest
}

/**
 * Replaces the manifest in one step; what it lists must be durable already.
 * @throws LedgerError LEDGER_DISK_FULL or LEDGER_DISK_FAILED.
 */
export async function writeManifest(dataDir: string, manifest: Manifest): Promise<void> {
  const body = JSON.stringify(manifest, undefined, 2)
  await writeDurably(join(dataDir, FILE), `${digest(body)}\n${body}`)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
