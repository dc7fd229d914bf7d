import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Base } from '../../../base.ts'
import { removeUploadFile, uploadsFolder } from './upload-store.ts'

type Use = Pick<Base, 'records' | 'clock' | 'config' | 'log'>

/** An upload that no draft uses is kept so long after its last byte: a week. */
const keptForSeconds = 604_800

/** Deletes uploads that were abandoned, and files that a crash left without a row. @returns how many */
export async function forgetUploads(base: Use): Promise<number> {
  const used = new Set(base.records.workDrafts.list({}).flatMap(({ content }) => content.files.map(({ uploadId }) => uploadId)))
  const before = base.clock.now() - keptForSeconds
  const abandoned = base.records.uploads.list({}).filter(({ uploadId, touchedAt }) => touchedAt < before && !used.has(uploadId))
  for (const { uploadId } of abandoned) await removeUploadFile(base, uploadId)
  const orphans = await listOrphans(base, before)
  for (const path of orphans) await unlink(path)
  const count = abandoned.length + orphans.length
  if (count > 0) base.log.info({ count }, 'abandoned uploads were deleted')
  return count
}

async function listOrphans(base: Use, before: number): Promise<string[]> {
  const folder = uploadsFolder(base)
  const names = await readdir(folder)
  const found = await Promise.all(
    names.map(async (name) => {
      if (base.records.uploads.find({ uploadId: name })) return []
      const path = join(folder, name)
      const { mtimeMs } = await stat(path)
      return mtimeMs / 1_000 < before ? [path] : []
    }),
  )
  return found.flat()
}
