import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { describeDiskFailure, findSystemCode, LedgerError, type LedgerErrorCode } from '../errors.ts'
import { syncFolder, writeDurably } from './durable-file.ts'
import { createSegment, type Journal, openJournal, readSegment } from './journal.ts'
import type { JournalPosition } from './journal-record.ts'
import { type Manifest, type SnapshotEntry, segmentFile, snapshotFile, writeManifest } from './manifest.ts'

/** A block as the journal has it; `hash` is missing when it was never acknowledged. */
export interface JournalBlock {
  readonly number: number
  readonly timestamp: number
  readonly transactions: readonly string[]
  readonly hash: string | undefined
}

/** State of the chain after a block. */
interface Snapshot {
  readonly number: number
  readonly hash: string
  readonly timestamp: number
  /** Gzipped JSON. */
  readonly bytes: Uint8Array
}

/** The files of one ledger. Writing calls must not overlap. */
export interface ChainStore {
  readonly manifest: () => Manifest
  /** All blocks after the one given, oldest first, as far as they are on disk. */
  listBlocksAfter(number: number): readonly JournalBlock[]
  /** Makes the transactions of a block durable: from here on the block will exist. */
  writeBlock(block: Omit<JournalBlock, 'hash'>): Promise<void>
  /** Records the hash that the last written block got. */
  sealBlock(number: number, hash: string): Promise<void>
  /**
   * Adds a snapshot and begins a new segment behind it. The last that has loaded stays, with all blocks behind it, until another is proven; what
   * was never shown to load gives way to the new one.
   */
  addSnapshot(snapshot: Snapshot): Promise<void>
  /** Writes the uncompressed state of a listed snapshot to a file. @throws LedgerError LEDGER_SNAPSHOT_DAMAGED */
  unpackSnapshot(entry: SnapshotEntry, path: string): Promise<void>
  /** Notes that a snapshot has loaded, and removes what only older ones needed. */
  proveSnapshot(number: number): Promise<void>
  /** Snapshots taken since the last one that has loaded. */
  countUnproven(): number
  close(): Promise<void>
}

/** The first manifest of a new ledger. */
export function createManifest(settings: { chainId: number; genesisTimestamp: number; genesisHash: string }): Manifest {
  return { version: 1, ...settings, salt: randomBytes(16).toString('hex'), snapshots: [], segments: [1] }
}

/** Puts a new ledger's files on disk, the manifest last. */
export async function createStoreFiles(dataDir: string, manifest: Manifest): Promise<void> {
  await createSegment(dataDir, Buffer.from(manifest.salt, 'hex'), { firstBlock: 1, parentHash: manifest.genesisHash })
  await writeManifest(dataDir, manifest)
}

/**
 * Reads and checks all segments, removes files that no manifest lists, and opens the journal.
 * @throws LedgerError LEDGER_JOURNAL_DAMAGED; nothing is changed then.
 */
export async function openChainStore(dataDir: string, initial: Manifest, onTorn: (bytes: number) => void): Promise<ChainStore> {
  const salt = Buffer.from(initial.salt, 'hex')
  const { blocks: initialBlocks, position } = await readSegments(dataDir, initial, onTorn)
  const blocks = new Map(initialBlocks.map((block) => [block.number, block]))
  await removeUnlisted(dataDir, initial)
  let manifest = initial
  let journal: Journal = await openJournal(dataDir, position)
  const inTurn = createTurns()

  async function addSnapshot(snapshot: Snapshot): Promise<void> {
    const { number, hash, timestamp, bytes } = snapshot
    await writeDurably(join(dataDir, snapshotFile(number)), bytes)
    await createSegment(dataDir, salt, { firstBlock: number + 1, parentHash: hash })
    const entry: SnapshotEntry = { number, hash, timestamp, sha256: digest(bytes), isProven: false }
    const proven = manifest.snapshots.filter((one) => one.isProven)
    const next = { ...manifest, snapshots: [...proven, entry], segments: [...manifest.segments, number + 1] }
    const { position: start } = await readSegment(dataDir, salt, number + 1)
    const opened = await openJournal(dataDir, start)
    await writeManifest(dataDir, next)
    await journal.close()
    journal = opened
    manifest = next
    await removeUnlisted(dataDir, next)
  }

  async function proveSnapshot(number: number): Promise<void> {
    const proven = manifest.snapshots.filter((entry) => entry.number >= number)
    const next = {
      ...manifest,
      snapshots: proven.map((entry) => (entry.number === number ? { ...entry, isProven: true } : entry)),
      segments: manifest.segments.filter((segment) => segment > number),
    }
    await writeManifest(dataDir, next)
    manifest = next
    await removeUnlisted(dataDir, next)
    for (const old of [...blocks.keys()]) if (old <= number) blocks.delete(old)
  }

  return {
    manifest: () => manifest,
    listBlocksAfter: (number) => [...blocks.values()].filter((block) => block.number > number),
    async writeBlock(block) {
      if ([...blocks.values()].at(-1)?.hash === undefined && blocks.size > 0) throw unsealed(block.number)
      await journal.append({ type: 'block', ...block })
      blocks.set(block.number, { ...block, hash: undefined })
    },
    async sealBlock(number, hash) {
      const block = blocks.get(number)
      if (block === undefined || block.hash !== undefined) return
      await journal.append({ type: 'sealed', number, hash })
      blocks.set(number, { ...block, hash })
    },
    addSnapshot: (snapshot) => inTurn(() => addSnapshot(snapshot)),
    unpackSnapshot: (entry, path) => unpackSnapshot(join(dataDir, snapshotFile(entry.number)), entry, path),
    proveSnapshot: (number) => inTurn(() => proveSnapshot(number)),
    // The first segment follows the proven snapshot, or the first block; every snapshot since began another.
    countUnproven: () => manifest.segments.length - 1,
    close: () => journal.close(),
  }
}

/** Does one work after the other. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }
}

async function readSegments(dataDir: string, manifest: Manifest, onTorn: (bytes: number) => void) {
  const salt = Buffer.from(manifest.salt, 'hex')
  const blocks: JournalBlock[] = []
  let position: JournalPosition | undefined
  for (const segment of manifest.segments) {
    const before = blocks.at(-1)
    if (before !== undefined && (before.number + 1 !== segment || before.hash === undefined)) throw gap(segment)
    const decoded = await readSegment(dataDir, salt, segment)
    if (decoded.tornBytes > 0 && segment !== manifest.segments.at(-1)) throw gap(segment)
    if (decoded.tornBytes > 0) onTorn(decoded.tornBytes)
    for (const record of decoded.records) {
      if (record.type === 'block') blocks.push({ ...record, hash: undefined })
      if (record.type === 'sealed') blocks.push({ ...(blocks.pop() as JournalBlock), hash: record.hash })
    }
    position = decoded.position
  }
  if (position === undefined) throw gap(0)
  return { blocks, position }
}

async function unpackSnapshot(source: string, entry: SnapshotEntry, target: string): Promise<void> {
  const hash = createHash('sha256')
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(undefined, chunk)
    },
  })
  try {
    await pipeline(createReadStream(source), watch, createGunzip(), createWriteStream(target, { mode: 0o600 }))
    if (`0x${hash.digest('hex')}` !== entry.sha256) throw new Error('its checksum does not fit')
  } catch (cause) {
    const system = findSystemCode(cause)
    if (system === 'ENOSPC' || system === 'EDQUOT' || system === 'EFBIG') throw describeDiskFailure(cause, target)
    throw new LedgerError(
      'LEDGER_SNAPSHOT_DAMAGED',
      `${snapshotFile(entry.number)} cannot be read. Restore the data folder from a backup.`,
      { cause },
    )
  }
}

/** Leftovers of an interrupted step: never listed, so never needed. */
async function removeUnlisted(dataDir: string, manifest: Manifest): Promise<void> {
  const listed = new Set([...manifest.snapshots.map((entry) => snapshotFile(entry.number)), ...manifest.segments.map(segmentFile)])
  const ours = /^(journal-\d+\.bin|snapshot-\d+\.json\.gz)(\.tmp)?$|^load-.*\.json$/
  const names = (await readdir(dataDir)).filter((name) => ours.test(name) && !listed.has(name))
  for (const name of names) await rm(join(dataDir, name), { force: true })
  if (names.length > 0) await syncFolder(dataDir)
}

function digest(bytes: Uint8Array): string {
  return `0x${createHash('sha256').update(bytes).digest('hex')}`
}

function unsealed(number: number): LedgerError {
  return new LedgerError(
    'LEDGER_DISK_FAILED',
    `Block ${number} was not written: the hash of the one before is not on disk yet. Send it again.`,
  )
}

function gap(segment: number): LedgerError {
  const code: LedgerErrorCode = 'LEDGER_JOURNAL_DAMAGED'
  return new LedgerError(
    code,
    `The ledger's journal has a gap before block ${segment}. Nothing was changed; restore the data folder from a backup.`,
  )
}
