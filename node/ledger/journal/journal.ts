import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeDiskFailure, findSystemCode, LedgerError } from '../errors.ts'
import { writeDurably } from './durable-file.ts'
import {
  type DecodedSegment,
  decodeSegment,
  EMPTY_TAG,
  encodeRecord,
  JOURNAL_CHUNK_BYTES,
  type JournalPosition,
  type JournalRecord,
} from './journal-record.ts'
import { segmentFile } from './manifest.ts'

/** The open end of the journal. Calls must not overlap. */
export interface Journal {
  /**
   * Appends one record and returns when it is on disk.
   * @throws LedgerError LEDGER_DISK_FULL (nothing was written, may be tried again) or LEDGER_DISK_FAILED (the journal refuses from then on).
   */
  append(record: JournalRecord): Promise<void>
  close(): Promise<void>
}

/** Creates a segment that begins after the block with `parentHash`; atomic. */
export async function createSegment(dataDir: string, salt: Uint8Array, head: { firstBlock: number; parentHash: string }): Promise<void> {
  const content = Buffer.alloc(JOURNAL_CHUNK_BYTES)
  encodeRecord({ type: 'segment', ...head }, { salt, segment: head.firstBlock, offset: 0, previousTag: EMPTY_TAG }).bytes.copy(content)
  await writeDurably(join(dataDir, segmentFile(head.firstBlock)), content)
}

/**
 * Reads a segment that the manifest lists.
 * @throws LedgerError LEDGER_JOURNAL_DAMAGED when it is missing or not whole.
 */
export async function readSegment(dataDir: string, salt: Uint8Array, segment: number): Promise<DecodedSegment> {
  let bytes: Buffer
  try {
    bytes = await readFile(join(dataDir, segmentFile(segment)))
  } catch (error) {
    if (findSystemCode(error) !== 'ENOENT') throw error
    throw new LedgerError(
      'LEDGER_JOURNAL_DAMAGED',
      `${segmentFile(segment)} is missing from the ledger's data folder. Restore the folder from a backup.`,
    )
  }
  return decodeSegment(bytes, { salt, segment })
}

/** Opens a segment for appending at a position that {@link readSegment} found. */
export async function openJournal(dataDir: string, start: JournalPosition): Promise<Journal> {
  const path = join(dataDir, segmentFile(start.segment))
  const file = await open(path, 'r+')
  let position = start
  let failure: LedgerError | undefined
  await clearRest(file, position.offset)

  async function append(record: JournalRecord): Promise<void> {
    if (failure !== undefined) throw failure
    const { bytes, next } = encodeRecord(record, position)
    try {
      await write(file, bytes, position.offset)
    } catch (error) {
      const described = describeDiskFailure(error, path)
      // After a failed fsync the kernel may have dropped the pages: only "no space" is known to be repeatable.
      const isCleared = described.code === 'LEDGER_DISK_FULL' && (await tryClearRest(file, position.offset))
      if (!isCleared) failure = described
      throw described
    }
    position = next
  }

  return { append, close: () => file.close() }
}

async function write(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  const end = offset + bytes.length
  const { size } = await file.stat()
  // Grown before it is written, so that a file whose length is no whole number of chunks was cut by someone else.
  if (end > size) await file.truncate(Math.ceil(end / JOURNAL_CHUNK_BYTES) * JOURNAL_CHUNK_BYTES)
  let written = 0
  while (written < bytes.length) {
    const result = await file.write(bytes, written, bytes.length - written, offset + written)
    written += result.bytesWritten
  }
  await file.datasync()
}

/** Zeros behind the last record: a torn one must not shine through a shorter one that follows. */
async function clearRest(file: FileHandle, offset: number): Promise<void> {
  const size = Math.ceil(offset / JOURNAL_CHUNK_BYTES) * JOURNAL_CHUNK_BYTES
  await file.truncate(size)
  const current = Buffer.alloc(size - offset)
  await file.read(current, 0, current.length, offset)
  const dirty = current.findLastIndex((byte) => byte !== 0) + 1
  if (dirty === 0) return
  // No further than what was written: on a full disk the rest of the chunk may have no place yet.
  await file.write(Buffer.alloc(dirty), 0, dirty, offset)
  await file.sync()
}

async function tryClearRest(file: FileHandle, offset: number): Promise<boolean> {
  try {
    await clearRest(file, offset)
    return true
  } catch {
    return false
  }
}
