import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'
import { list, object } from '../../../api/fields.ts'
import { manifestFile } from '../../../api/works/fields.ts'
import { notFound } from '../../../errors.ts'
import type { IssuingBase } from '../../base/issuing.ts'

/** A file as the public description of a version names it. */
export type WorkFile = Static<typeof manifestFile>

/** As much as a description may be long: 10,000 files with long names. */
const mostManifestBytes = 8_000_000
const described = object({ files: list(manifestFile, 10_000) })
const check = Compile(described)

/** One file of a version. @throws NOT_FOUND also where the description is not one */
export async function findFile(
  base: Pick<IssuingBase, 'workFiles'>,
  { cid, index, signal }: { cid: string; index: number; signal: AbortSignal },
): Promise<WorkFile> {
  const bytes = await base.workFiles.read(cid, { maxBytes: mostManifestBytes, signal })
  const files = readFiles(bytes)
  const file = files[index]
  if (file === undefined) throw notFound('file')
  return file
}

/** What another base wrote is read as far as it has the form of a description. */
function readFiles(bytes: Uint8Array): readonly WorkFile[] {
  try {
    const read = Value.Clean(described, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    return check.Check(read) ? read.files : []
  } catch {
    return []
  }
}
