import type { ReadingRight } from '@guildhall/node'
import { type Actor, baseItself } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { findFile, type WorkFile } from './find-file.ts'
import { findUsers, noteUse } from './note-use.ts'
import { obtainKey } from './obtain-key.ts'
import { type Part, parseRange } from './parse-range.ts'

/** What is asked for: a file of a version by its place in the description, a part of it, and the class that it is for. */
export type FileQuestion = {
  workId: number
  version: number
  index: number
  classId?: string | undefined
  range: string | null
  ifRange: string | null
  isHead: boolean
  signal: AbortSignal
}
/** A file that opens: all of it, or a part. The first bytes have been read, so that what comes after is no longer refused. */
export type OpenedFile = { file: WorkFile; etag: string; part: Part; isPart: boolean; content: AsyncIterable<Uint8Array> }

type Use = Pick<
  IssuingBase,
  'records' | 'keys' | 'clock' | 'random' | 'transaction' | 'licences' | 'keyExchange' | 'workFiles' | 'registry' | 'audit'
>

/** How long a key, or the first bytes of a file, are waited for, in milliseconds. */
const firstBytesMs = 30_000

/**
 * Opens a file of a work, of which only the part that is asked for is fetched and decrypted. Under a licence the opening is noted as a use.
 * @throws NOT_FOUND, READING_REFUSED with the ledger's reason, KEY_OUT_OF_REACH, RANGE_REFUSED
 */
export async function openWorkFile(base: Use, actor: Actor, question: FileQuestion): Promise<OpenedFile> {
  const { workId, version, index, isHead } = question
  const place = base.licences.findVersion(workId, version)
  if (place === undefined) throw notFound('version of a work')
  const users = findUsers(base, actor, question.classId)
  const patience = AbortSignal.any([question.signal, AbortSignal.timeout(firstBytesMs)])
  const file = await findFile(base, { cid: place.cid, index, signal: patience })
  const right = rightTo(base, { workId, version, sealed: file.sealed })
  const etag = `"${file.sha256.slice(2)}"`
  // RFC 9110 §13.1.5: a part is only of use to who has the rest of the same file.
  const wanted = isHead || (question.ifRange !== null && question.ifRange !== etag) ? 'whole' : parseRange(question.range, file.sizeBytes)
  if (wanted === 'unsatisfiable') throw new GuildhallError('RANGE_REFUSED', { sizeBytes: file.sizeBytes })
  const isPart = wanted !== 'whole'
  const part = isPart ? wanted : { offset: 0, length: file.sizeBytes }
  const opened = { file, etag, part, isPart }
  if (isHead || part.length === 0) return { ...opened, content: nothing() }
  const read = (key: Uint8Array | null) => base.workFiles.readPart(file.cid, { key, ...part, signal: question.signal })
  const content = file.sealed
    ? await obtainKey(base, { workId, version, right, signal: patience }, (key) => begin(read(key)))
    : await begin(read(null))
  if (content === undefined) throw new GuildhallError('KEY_OUT_OF_REACH', { reason: 'NO_ANSWER' })
  if (right.mayRead && (right.ground === 'licence' || (right.ground === 'own' && users.classId !== null)))
    noteUse(base, { workId, licenceId: right.licenceId, ...users })
  return { ...opened, content }
}

/** The right of this base to a file now. What it may no longer read, it forgets the key of. What is not sealed is everyone's, unless it was taken down. */
function rightTo(base: Use, { workId, version, sealed }: { workId: number; version: number; sealed: boolean }): ReadingRight {
  const { baseId } = getIdentity(base)
  const time = Math.max(base.clock.now(), base.registry.syncedTo()?.time ?? 0)
  const right = base.licences.readingRight({ baseId, workId, version, time })
  if (right.mayRead || (!sealed && right.reason !== 'WORK_TAKEN_DOWN')) return right
  forgetLicensed(base, { workId, version, reason: right.reason })
  throw new GuildhallError('READING_REFUSED', { reason: right.reason })
}

/** Drops the key that came by a licence which no longer holds. */
export function forgetLicensed(
  base: Pick<Use, 'records' | 'transaction' | 'audit'>,
  { workId, version, reason }: { workId: number; version: number; reason: string },
): void {
  base.transaction(() => {
    const dropped = base.records.contentKeys.remove({ workId, version, origin: 'licensed' })
    if (dropped > 0) base.audit.append(baseItself, 'content-key.dropped', { subject: String(workId), details: { version, reason } })
  })
}

/** Reads the first bytes: undefined when the key does not open them, so that another may be asked for. */
async function begin(parts: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    const first = await parts.next()
    return rest(first, parts)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'SEAL_BROKEN') return undefined
    throw error
  }
}

async function* rest(first: IteratorResult<Uint8Array>, parts: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; !next.done; next = await parts.next()) yield next.value
  } finally {
    await parts.return(undefined)
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
