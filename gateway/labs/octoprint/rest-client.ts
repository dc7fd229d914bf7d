import { LabsError } from '../errors.ts'
import type { OctoPrintTarget } from './link.ts'
import { objectOf, textOf } from './machine-report.ts'

/** The few requests that a base makes to an OctoPrint (REST API, 1.4 and later). Each gives up after a time. */
export interface RestClient {
  version(): Promise<{ readonly version: string; readonly printer: string | null }>
  /** `name:session` for the push socket. */
  login(): Promise<string>
  /** A file of OctoPrint's local store; undefined when it is larger than a job may be. */
  download(path: string): Promise<Uint8Array | undefined>
  /** The job that is being printed now: name and path in the local store; null when there is none. */
  runningJob(): Promise<{ readonly name: string; readonly path: string } | null>
  upload(job: { readonly name: string; readonly bytes: Uint8Array; readonly start: boolean }): Promise<void>
}

const TIMEOUT_MS = 15_000
const FILE_LIMIT = 64_000_000

/** Makes a client. Every method: @throws LABS_OCTOPRINT_REFUSED, LABS_OCTOPRINT_UNREACHABLE */
export const createRestClient = ({ url, apiKey }: OctoPrintTarget): RestClient => {
  const base = url.replace(/\/+$/, '')
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string>), 'X-Api-Key': apiKey }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    // The key must not follow a redirect to another place.
    const answer = await fetch(`${base}${path}`, { redirect: 'error', signal, ...init, headers }).catch((cause: unknown) => {
      throw new LabsError('LABS_OCTOPRINT_UNREACHABLE', { detail: reasonOf(cause) }, cause)
    })
    if (!answer.ok) throw new LabsError('LABS_OCTOPRINT_REFUSED', { status: answer.status, request: path.split('?')[0] ?? path })
    return answer
  }
  const get = async (path: string) => objectOf(await readJson(await request(path)))
  const post = (path: string, body: unknown) =>
    request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  return {
    version: async () => {
      const [version, connection] = [await get('/api/version'), await get('/api/connection')]
      const profile = textOf(objectOf(connection['current'])['printerProfile'])
      return { version: textOf(version['server']) ?? 'unknown', printer: profile ?? null }
    },
    login: async () => {
      const answer = objectOf(await readJson(await post('/api/login', { passive: true })))
      return `${textOf(answer['name']) ?? ''}:${textOf(answer['session']) ?? ''}`
    },
    download: async (path) => readBody(await request(`/downloads/files/local/${path.split('/').map(encodeURIComponent).join('/')}`)),
    runningJob: async () => {
      const answer = await get('/api/job')
      const file = objectOf(objectOf(answer['job'])['file'])
      const [name, path] = [textOf(file['name']), textOf(file['path'])]
      const isRunning = /^(printing|paus|resuming)/i.test(textOf(answer['state']) ?? '')
      return isRunning && name !== undefined && path !== undefined ? { name, path } : null
    },
    upload: async ({ name, bytes, start }) => {
      const form = new FormData()
      form.set('file', new Blob([Uint8Array.from(bytes)]), name)
      form.set('select', String(start))
      form.set('print', String(start))
      await request('/api/files/local', { method: 'POST', body: form })
    },
  }
}

const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return 'unknown'
  const inner = cause.cause
  return inner instanceof Error && 'code' in inner ? String(inner.code) : cause.name
}

const readBody = async (answer: Response): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.length
    if (size > FILE_LIMIT) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What answers under the address may be anything: a page of something else is no OctoPrint. */
const readJson = (answer: Response): Promise<unknown> =>
  answer.json().catch((cause: unknown) => {
    throw new LabsError('LABS_OCTOPRINT_UNREACHABLE', { detail: 'the answer is not JSON' }, cause)
  })
