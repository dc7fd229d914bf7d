import { MemoryLocker, Server } from '@tus/server'
import { largestUploadBytes } from '../../../api/works/uploads.ts'
import type { Actor, Base } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { RecordedUploads } from './upload-store.ts'

type Use = Pick<Base, 'records' | 'clock' | 'config' | 'random' | 'supervision' | 'log'>

/** A call of the tus protocol, as it came. `body` is a stream of bytes, for PATCH only. */
export type UploadCall = {
  method: 'POST' | 'HEAD' | 'PATCH' | 'DELETE'
  path: string
  origin: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body?: ReadableStream<Uint8Array> | undefined
}

/** What tus answers: headers and no body. */
type UploadAnswer = { status: number; headers: Record<string, string> }

/** Uploads of a base over the tus protocol. */
export type Uploads = { handle(actor: Actor, call: UploadCall): Promise<UploadAnswer> }

/** Uploads of one person that are not finished. */
const mostUnfinished = 50
/** Finished or not, that no registered work has taken. */
const mostUploads = 2_000
/** Bytes that an upload leaves free on the disk: the ledger and the records need them. */
const reserveBytes = 512 * 1024 ** 2
/** Only these are handed to the protocol: the caller's other headers are none of its business. */
const ownHeaders = [
  'tus-resumable',
  'upload-length',
  'upload-offset',
  'upload-metadata',
  'upload-defer-length',
  'content-type',
  'content-length',
]

/** Makes the tus server of a base (tus 1.0.0 core with creation and termination). One process serves a data folder, so locks are in memory. */
export function createUploads(base: Use): Uploads {
  const actors = new WeakMap<object, Actor>()
  const server = new Server({
    path: '/api/uploads',
    relativeLocation: true,
    datastore: new RecordedUploads(base),
    locker: new MemoryLocker(),
    maxSize: largestUploadBytes,
    allowedOrigins: [],
    namingFunction: () => base.random.uuid(),
    onUploadCreate: async (request, upload) => {
      const actor = actors.get(request)
      if (actor === undefined || upload.size === undefined) throw invalid('headers/upload-length', 'is missing')
      admit(base, actor, upload.size)
      const { name, mediaType } = describe(upload.metadata)
      const now = base.clock.now()
      const times = { createdAt: now, touchedAt: now, finishedAt: upload.size === 0 ? now : null }
      base.records.uploads.insert({ uploadId: upload.id, owner: actor.id, name, mediaType, sizeBytes: upload.size, ...times, sha256: null })
      return {}
    },
    // What we throw ourselves comes through as it is; see `handle`.
    onResponseError: (request, cause) => {
      if (cause instanceof GuildhallError) refusals.set(request, cause)
      return undefined
    },
  })
  const refusals = new WeakMap<object, GuildhallError>()

  return {
    handle: async (actor, call) => {
      const uploadId = call.path.split('/')[3]
      if (uploadId !== undefined) assertOwn(base, actor, { uploadId, method: call.method })
      const request = new Request(new URL(call.path, call.origin), {
        method: call.method,
        headers: chosen(call.headers),
        ...(call.body && { body: call.body, duplex: 'half' }),
      } as RequestInit)
      actors.set(request, actor)
      const answer = await server.handleWeb(request as Parameters<typeof server.handleWeb>[0])
      const refusal = refusals.get(request)
      if (refusal) throw refusal
      if (answer.status >= 400) throw await translate(answer)
      return { status: answer.status, headers: Object.fromEntries(shown.flatMap((name) => given(name, answer.headers.get(name)))) }
    },
  }
}

const shown = ['tus-resumable', 'location', 'upload-offset', 'upload-length', 'upload-metadata', 'cache-control']
const given = (name: string, value: string | null): [string, string][] => (value === null ? [] : [[name, value]])

const chosen = (headers: UploadCall['headers']): [string, string][] =>
  ownHeaders.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? given(name, value) : []
  })

/** @throws NOT_FOUND, NOT_YOURS; STATE_REFUSED for deleting what a draft uses */
function assertOwn(base: Use, actor: Actor, { uploadId, method }: { uploadId: string; method: string }): void {
  const row = base.records.uploads.find({ uploadId })
  if (row === undefined) throw notFound('upload')
  if (row.owner !== actor.id && !actor.roles.includes('operator')) throw new GuildhallError('NOT_YOURS')
  if (method !== 'DELETE') return
  const uses = base.records.workDrafts.list({}).filter(({ content }) => content.files.some((file) => file.uploadId === uploadId))
  if (uses.length > 0)
    throw new GuildhallError('STATE_REFUSED', { thing: 'upload', state: 'part of a draft', next: 'Take it out of the draft first.' })
}

/** @throws DISK_FULL, UPLOADS_TOO_MANY */
function admit({ records, supervision }: Use, actor: Actor, sizeBytes: number): void {
  const unfinished = records.uploads.list({ finishedAt: null })
  if (unfinished.filter(({ owner }) => owner === actor.id).length >= mostUnfinished)
    throw new GuildhallError('UPLOADS_TOO_MANY', { most: mostUnfinished })
  if (records.uploads.count() >= mostUploads) throw new GuildhallError('UPLOADS_TOO_MANY', { most: mostUploads })
  const freeBytes = supervision.freeBytes()
  // Twice: the bytes themselves, and once more when they are sealed into IPFS. What others have begun counts as if it were here.
  const promised = unfinished.reduce((sum, row) => sum + row.sizeBytes, 0)
  if (2 * sizeBytes + promised + reserveBytes > freeBytes) throw new GuildhallError('DISK_FULL', { freeBytes })
}

/** Name and media type as the client told them, cut to what a line may hold. */
function describe(metadata: Record<string, string | null> | undefined): { name: string; mediaType: string } {
  const clean = (value: string | null | undefined, most: number) =>
    (value ?? '')
      .replace(/[\p{Cc}]/gu, '')
      .trim()
      .slice(0, most)
  const mediaType = clean(metadata?.['filetype'], 120).toLowerCase()
  return {
    name: clean(metadata?.['filename'], 200) || 'file',
    mediaType: /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream',
  }
}

const invalid = (where: string, problem: string): GuildhallError => new GuildhallError('REQUEST_INVALID', { where, problem })

/** The protocol's refusals as ours. */
async function translate(answer: Response): Promise<Error> {
  const said = (await answer.text().catch(() => '')).trim().slice(0, 120)
  if (answer.status === 404 || answer.status === 410) return notFound('upload')
  if (answer.status === 409 || answer.status === 423) return new GuildhallError('CONFLICT', { thing: 'upload' })
  if (answer.status === 413) return new GuildhallError('REQUEST_TOO_LARGE', { maxBytes: largestUploadBytes })
  if (answer.status < 500) return invalid('headers', `do not fit tus 1.0: ${said || answer.status}`)
  return new Error('the upload was not written')
}
