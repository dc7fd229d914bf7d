import { ApiError, type Problem } from '@guildhall/gateway/api'
import { DetailedError, Upload } from 'tus-js-client'
import { sentenceOfTrouble } from '../../components/trouble.ts'
import * as m from '../../paraglide/messages.js'
import { problemOf } from '../../shell/api.ts'
import { startWork, type WorkHandle } from '../../shell/tray.svelte.ts'
import { dropKeptFile, findKeptFile, keepFile } from './kept-files.ts'

/** A file to upload for a draft. `uploadId` is there where it began before and goes on. */
export interface Sending {
  file: File
  draftId: string
  path: string
  uploadId?: string
}

/** How far an upload of this page is, in bytes. */
export interface Progress {
  done: number
  total: number
}

const endpoint = '/api/uploads'
const retryDelaysMs = [500, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000]
let known = $state<Record<string, Progress>>({})

/** The uploads of this page that are under way or whole, by their id. */
export const uploads = {
  progressOf: (uploadId: string): Progress | undefined => known[uploadId],
}

/**
 * Sends a file, or what is missing of it, with a place in the tray that pauses, goes on and stops it. `onbegun` hears the id that the base
 * gave it, before the first byte. Resolves when every byte is at the base, or false when it was stopped.
 * @throws ApiError with the base's problem
 */
export async function sendFile(sending: Sending, onbegun: (uploadId: string) => Promise<void> = async () => undefined): Promise<boolean> {
  let { uploadId } = sending
  if (uploadId !== undefined && known[uploadId]) return false
  const work = begin(sending, uploadId)
  const begun = async (id: string) => {
    uploadId = id
    known[id] = { done: 0, total: sending.file.size }
    work.setKey(`upload:${id}`)
    await keepFile({ file: sending.file, draftId: sending.draftId, path: sending.path, uploadId: id })
    await onbegun(id)
  }
  let isWhole = false
  try {
    isWhole = await send(sending, work, begun, (done) => {
      work.report({ done })
      if (uploadId !== undefined) known[uploadId] = { done, total: sending.file.size }
    })
    if (isWhole) work.finish(m.upload_done(), `/studio/drafts/${sending.draftId}`)
    return isWhole
  } catch (error) {
    work.fail(sentenceOfTrouble(problemOf(error)).sentence)
    throw error
  } finally {
    if (uploadId !== undefined && !isWhole) delete known[uploadId]
    // What failed can go on later; what is whole or was stopped need not be kept.
    if (uploadId !== undefined && (isWhole || work.signal.aborted)) await dropKeptFile(uploadId)
  }
}

/** Goes on with an upload of an earlier visit, where this browser still holds the file. */
export async function resumeUpload(uploadId: string): Promise<void> {
  const kept = await findKeptFile(uploadId)
  if (kept) await sendFile(kept).catch(() => undefined)
}

function begin({ file, draftId, path }: Sending, uploadId: string | undefined): WorkHandle {
  return startWork({
    title: m.upload_work({ name: path }),
    stage: 'uploading',
    unit: 'bytes',
    total: file.size,
    canPause: true,
    href: `/studio/drafts/${draftId}`,
    ...(uploadId === undefined ? {} : { key: `upload:${uploadId}` }),
  })
}

function send(
  { file, path, uploadId }: Sending,
  work: WorkHandle,
  begun: (uploadId: string) => Promise<void>,
  ondone: (bytes: number) => void,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let isNamed: Promise<void> = Promise.resolve()
    const upload = new Upload(file, {
      endpoint,
      ...(uploadId === undefined ? {} : { uploadUrl: `${endpoint}/${uploadId}` }),
      metadata: { filename: path.split('/').at(-1) ?? path, filetype: file.type || 'application/octet-stream' },
      retryDelays: retryDelaysMs,
      // The draft says which uploads there are; nothing is written down a second time.
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        isNamed = begun(idOf(upload.url)).catch((error: unknown) => {
          void upload.abort()
          reject(error)
        })
      },
      onProgress: (sent) => ondone(sent),
      onShouldRetry: (error) => mayRetry(error.originalResponse?.getStatus()),
      onSuccess: () => void isNamed.then(() => resolve(true)),
      onError: (error) => reject(apiErrorOf(error)),
    })
    work.onPause(
      () => void upload.abort(),
      () => upload.start(),
    )
    work.signal.addEventListener('abort', () => {
      void upload.abort().then(() => resolve(false))
    })
    upload.start()
  })
}

function idOf(url: string | null): string {
  return url?.split('/').at(-1) ?? ''
}

/** No answer, a busy or restarting base, or an upload that another request still holds: all pass. */
function mayRetry(status: number | undefined): boolean {
  return status === undefined || status === 0 || status === 423 || status === 429 || status >= 500
}

function apiErrorOf(error: Error): ApiError {
  const response = error instanceof DetailedError ? error.originalResponse : null
  const told = response ? problemIn(response.getBody()) : undefined
  return new ApiError(told ?? { ...unreachable, status: response?.getStatus() ?? 0 })
}

function problemIn(body: string): Problem | undefined {
  try {
    const told: unknown = JSON.parse(body)
    return typeof told === 'object' && told !== null && 'code' in told ? (told as Problem) : undefined
  } catch {
    return undefined
  }
}

const unreachable: Problem = {
  type: 'about:blank',
  title: 'The base does not answer',
  status: 0,
  detail: 'The base did not answer, or not in a way that this page understands.',
  code: 'BASE_UNREACHABLE',
  nextStep: '',
  params: {},
}
