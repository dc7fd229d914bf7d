import { paths, type RouteId } from './paths.ts'
import type { RouteInput, RouteOutput } from './routes.ts'

/** RFC 9457 problem details as every base answers them. `code` is stable; `params` fill its sentence. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  nextStep: string
  params: Record<string, string | number>
  instance?: string
}

/** A refusal or outage that a base reported, or could not report (`code: 'BASE_UNREACHABLE'`). */
export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'ApiError'
    this.problem = problem
  }
}

type Given<I extends RouteId> = { [K in keyof RouteInput<I> as RouteInput<I>[K] extends undefined ? never : K]: RouteInput<I>[K] }
type Argument<I extends RouteId> = keyof Given<I> extends never
  ? [input?: undefined, signal?: AbortSignal]
  : [input: Given<I>, signal?: AbortSignal]

/** One typed method a route: `client.openSession({ body: { learnerId, machineId, programmeId } })`. */
export type Client = { readonly [I in RouteId]: (...argument: Argument<I>) => Promise<RouteOutput<I>> }

type Values = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }

/**
 * Makes the client of one base. JSON in and out; bytes (uploads and files) as `Uint8Array`.
 * @param baseUrl origin of the base without a slash at the end; empty for the page's own
 * @param fetch the browser's fetch, or one that fits
 * @throws ApiError with the base's problem details
 */
export const createClient = (baseUrl: string, fetch: typeof globalThis.fetch): Client =>
  Object.fromEntries(
    Object.entries(paths).map(([id, path]) => [
      id,
      (input: Values = {}, signal?: AbortSignal) => call(`${baseUrl} ${path}`, input, { fetch, signal }),
    ]),
  ) as unknown as Client

const call = async (
  target: string,
  input: Values,
  use: { fetch: typeof globalThis.fetch; signal: AbortSignal | undefined },
): Promise<unknown> => {
  const [baseUrl, method = 'GET', path = ''] = target.split(' ')
  const isBytes = input.body instanceof Uint8Array
  const response = await use
    .fetch(baseUrl + addressOf(path, input), {
      method,
      credentials: 'same-origin',
      signal: use.signal ?? null,
      ...(input.body === undefined
        ? {}
        : {
            headers: { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' },
            body: isBytes ? (input.body as Uint8Array<ArrayBuffer>) : JSON.stringify(input.body),
          }),
    })
    .catch((cause) => {
      if (use.signal?.aborted) throw cause
      throw new ApiError(unreachable)
    })
  if (!response.ok) throw new ApiError(await problemOf(response))
  const isJson = /^application\/([a-z.]+\+)?json/.test(response.headers.get('content-type') ?? '')
  return isJson ? response.json() : new Uint8Array(await response.arrayBuffer())
}

const addressOf = (path: string, { params = {}, query = {} }: Values): string => {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const asked = Object.entries(query).filter(([, value]) => value !== undefined)
  return asked.length === 0 ? filled : `${filled}?${new URLSearchParams(asked.map(([name, value]) => [name, String(value)]))}`
}

const problemOf = async (response: Response): Promise<Problem> => {
  const told: unknown = await response.json().catch(() => undefined)
  if (typeof told === 'object' && told !== null && 'code' in told) return told as Problem
  return { ...unreachable, status: response.status }
}

const unreachable: Problem = {
  type: 'about:blank',
  title: 'The base does not answer',
  status: 0,
  detail: 'The base did not answer, or not in a way that this page understands.',
  code: 'BASE_UNREACHABLE',
  nextStep: 'Check that this device is on the network of the base, then try again.',
  params: {},
}
