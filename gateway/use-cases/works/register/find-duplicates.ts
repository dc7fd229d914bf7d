import type { Duplicate, likenesses } from '../../../api/works/drafts.ts'
import type { DescriptionRow } from '../../../records/works/drafts.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { uploadFile } from '../uploads/upload-store.ts'
import { bitsApart, nearImageBits, nearTextBits } from './fingerprint.ts'
import type { Fingerprint } from './manifest.ts'
import { fingerprintFile } from './read-content.ts'
import { hashUpload } from './store-work.ts'

type Use = Pick<IssuingBase, 'records' | 'config' | 'worksLedger'>
type Compared = { path: string; sha256: string; fingerprint: Fingerprint }
type Likeness = { likeness: (typeof likenesses)[number]; distance: number }

const mostShown = 200

/** Earlier works of all bases that the finished files of a draft are like; one line a file and work, the closest first. */
export async function findDuplicates(base: Use, { draftId, signal }: { draftId: string; signal: AbortSignal }) {
  const { content } = base.records.workDrafts.get(draftId)
  const files: Compared[] = []
  for (const { uploadId, path } of content.files) {
    if (base.records.uploads.find({ uploadId })?.finishedAt == null) continue
    const { sha256, sizeBytes } = await hashUpload(base, uploadId, { signal })
    files.push({ path, sha256, fingerprint: await fingerprintFile(uploadFile(base, uploadId), { name: path, sizeBytes }) })
  }
  const described = base.records.workDescriptions.list({}).filter(({ manifest, workId }) => manifest !== null && workId !== content.workId)
  const duplicates = files.flatMap((file) => described.flatMap((row) => likeTo(base, file, row)))
  const works = new Set(described.map(({ workId }) => workId))
  const named = base.worksLedger.list({ limit: 1_000_000 }).filter(({ workId }) => workId !== content.workId)
  return {
    duplicates: firstOfEach(duplicates).slice(0, mostShown),
    compared: works.size,
    notFound: named.filter(({ workId }) => !works.has(workId)).length,
    bytesOnly: files.filter(({ fingerprint }) => fingerprint.text === null && fingerprint.image === null).map(({ path }) => path),
  }
}

/** In what the nearest file of a version is like one of a draft; undefined where none is. */
export function compareFiles(file: Omit<Compared, 'path'>, other: Omit<Compared, 'path'>): Likeness | undefined {
  if (file.sha256 === other.sha256) return { likeness: 'same-file', distance: 0 }
  const [mine, theirs] = [file.fingerprint, other.fingerprint]
  if (mine.text !== null && mine.text === theirs.text) return { likeness: 'same-text', distance: 0 }
  const near = (likeness: Likeness['likeness'], most: number, one: string | null, another: string | null): Likeness[] => {
    if (one === null || another === null) return []
    const distance = bitsApart(one, another)
    return distance <= most ? [{ likeness, distance }] : []
  }
  return [
    ...near('near-text', nearTextBits, mine.simhash, theirs.simhash),
    ...near('near-image', nearImageBits, mine.image, theirs.image),
  ][0]
}

function likeTo({ worksLedger }: Pick<Use, 'worksLedger'>, file: Compared, { manifest, workId, version }: DescriptionRow): Duplicate[] {
  const found = (manifest?.files ?? []).flatMap((other) => compareFiles(file, other) ?? []).sort(byLikeness)[0]
  if (found === undefined || manifest === null) return []
  const registeredAt = worksLedger.find(workId)?.registeredAt ?? 0
  return [{ workId, version, ...found, path: file.path, title: manifest.title, registeredAt }]
}

const order = ['same-file', 'same-text', 'near-text', 'near-image']
const byLikeness = (one: Likeness, other: Likeness): number =>
  order.indexOf(one.likeness) - order.indexOf(other.likeness) || one.distance - other.distance

/** Of several versions of one work that a file is like in the same way, the earliest. */
function firstOfEach(duplicates: readonly Duplicate[]): Duplicate[] {
  const sorted = [...duplicates].sort((one, other) => byLikeness(one, other) || one.workId - other.workId || one.version - other.version)
  const seen = new Set<string>()
  return sorted.filter(({ workId, path }) => {
    const key = `${workId}/${path}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
