import type { RouteId } from '../api/paths.ts'
import type { RouteInput, RouteOutput } from '../api/routes.ts'
import type { Actor } from '../base.ts'
import type { IssuingBase } from '../use-cases/base/issuing.ts'

/** What a route knows of the browser or program that calls it. */
export type Visit = {
  /** Address that the call came from; for rate limits and nothing else. */
  address: string
  /** The base's address as the caller wrote it, `https://base.local:8443`. */
  origin: string
  isLoopback: boolean
  /** All headers of the call, by name in lower case: for routes that speak a foreign protocol. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body of a streamed route, as it comes. */
  stream: ReadableStream<Uint8Array> | undefined
  /** What part of a file is asked for (RFC 9110 §14.2 and §13.1.5), and whether only the head of the answer is. */
  range: string | null
  ifRange: string | null
  isHead: boolean
  /** Aborts when the caller goes away. */
  signal: AbortSignal
  sessionToken: string | null
  stationToken: string | null
  /** Sets the HttpOnly cookie, or clears it by null. */
  setSession(token: string | null, maxAgeSeconds?: number): void
  setStation(token: string | null, maxAgeSeconds?: number): void
}

/** A checked call of one route. */
export type Call<I extends RouteId> = RouteInput<I> & { base: IssuingBase; actor: Actor; visit: Visit }

type FileTold = { mediaType?: string; fileName?: string; cacheControl?: string; status?: number; headers?: Record<string, string> }

/** Bytes with their own media type or file name, or a stream of them, in place of a plain `Uint8Array`. */
export class FileAnswer {
  readonly content: Uint8Array | AsyncIterable<Uint8Array | string>
  readonly mediaType: string | undefined
  readonly fileName: string | undefined
  /** In place of `no-store`, for what never changes and is nobody's own. */
  readonly cacheControl: string | undefined
  /** In place of the route's own: 206 for a part of a file. */
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  constructor(content: FileAnswer['content'], told: FileTold = {}) {
    this.content = content
    this.mediaType = told.mediaType
    this.fileName = told.fileName
    this.cacheControl = told.cacheControl
    this.status = told.status
    this.headers = told.headers ?? {}
  }
}

/** An answer of a foreign protocol: its own status and headers, and no body. */
export class BareAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, headers: Readonly<Record<string, string>>) {
    this.status = status
    this.headers = headers
  }
}

type Answer<I extends RouteId> = RouteOutput<I> extends Uint8Array ? Uint8Array | FileAnswer : RouteOutput<I> | BareAnswer

/** A route definition joined to what it does. */
export type Binding = { id: RouteId; handle: (call: Call<RouteId>) => unknown }

/**
 * Joins one route to its use-case.
 * @example bind('openSession', ({ base, actor, body }) => openSession(base, actor, body))
 */
export const bind = <I extends RouteId>(id: I, handle: (call: Call<I>) => Answer<I> | Promise<Answer<I>>): Binding => ({
  id,
  handle: handle as unknown as Binding['handle'],
})
