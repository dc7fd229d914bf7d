import { mkdirSync } from 'node:fs'
import { open, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DataStore, ERRORS, Upload } from '@tus/server'
import type { Base } from '../../../base.ts'
import type { UploadRow } from '../../../records/works/drafts.ts'

type Use = Pick<Base, 'records' | 'clock' | 'config'>

/** Folder of the uploads of a base; made (0700) where it is missing. */
export function uploadsFolder({ config }: Pick<Base, 'config'>): string {
  const folder = join(config.dataDir, 'uploads')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Where the bytes of an upload are. */
export function uploadFile(base: Pick<Base, 'config'>, uploadId: string): string {
  return join(uploadsFolder(base), uploadId)
}

/** How many bytes of an upload are on the disk; 0 for one that has none yet. */
export async function receivedBytes(base: Pick<Base, 'config'>, uploadId: string): Promise<number> {
  const found = await stat(uploadFile(base, uploadId)).catch(() => undefined)
  return found?.size ?? 0
}

/**
 * Keeps uploads as plain files, and what is known of them as rows. How far one came is the length of its file and nothing else, so that a
 * process that was killed in the middle of a write goes on from what is really there. Every answer comes after an fsync.
 */
export class RecordedUploads extends DataStore {
  readonly #base: Use
  constructor(base: Use) {
    super()
    this.#base = base
    this.extensions = ['creation', 'termination']
  }

  override async create(upload: Upload): Promise<Upload> {
    const file = await open(uploadFile(this.#base, upload.id), 'wx', 0o600)
    await file.close()
    return upload
  }

  override async write(source: Readable, uploadId: string, offset: number): Promise<number> {
    const file = await open(uploadFile(this.#base, uploadId), 'r+')
    let end = offset
    try {
      await pipeline(source, async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) {
          await file.write(chunk, 0, chunk.byteLength, end)
          end += chunk.byteLength
        }
      })
    } finally {
      await file.sync()
      await file.close()
      this.#note(uploadId, end)
    }
    return end
  }

  override async getUpload(uploadId: string): Promise<Upload> {
    const row = this.#base.records.uploads.find({ uploadId })
    if (row === undefined) throw ERRORS.FILE_NOT_FOUND
    const { sizeBytes: size, name, mediaType } = row
    const offset = await receivedBytes(this.#base, uploadId)
    return new Upload({ id: uploadId, size, offset, metadata: { filename: name, filetype: mediaType } })
  }

  override async remove(uploadId: string): Promise<void> {
    await removeUploadFile(this.#base, uploadId)
  }

  override getExpiration(): number {
    return 0
  }

  #note(uploadId: string, end: number): void {
    const { records, clock } = this.#base
    const row = records.uploads.find({ uploadId })
    if (row === undefined) return
    const now = clock.now()
    const changes: Partial<UploadRow> = { touchedAt: now, ...(row.finishedAt === null && end === row.sizeBytes && { finishedAt: now }) }
    records.uploads.update(uploadId, changes)
  }
}

/** Deletes an upload: first its row, so that nobody finds one without bytes. */
export async function removeUploadFile(base: Pick<Base, 'records' | 'config'>, uploadId: string): Promise<void> {
  base.records.uploads.remove({ uploadId })
  await unlink(uploadFile(base, uploadId)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause
  })
}
