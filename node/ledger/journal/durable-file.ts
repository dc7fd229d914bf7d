import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describeDiskFailure } from '../errors.ts'

/**
 * Writes a whole file so that after a crash at any instant either the old or the new content is there: temporary file, fsync, rename, fsync
 * of the folder. Files are for their owner only (0600).
 * @throws LedgerError LEDGER_DISK_FULL or LEDGER_DISK_FAILED; the old content stays.
 */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw describeDiskFailure(error, path)
  }
}

/** Makes what was created, renamed or removed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Makes a private folder (0700) if it is not there.
 * @throws LedgerError LEDGER_DISK_FULL or LEDGER_DISK_FAILED.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw describeDiskFailure(error, path)
  }
}
