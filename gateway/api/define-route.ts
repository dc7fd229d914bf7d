import type { Static, TSchema } from 'typebox'
import { type Path, paths, type RouteId } from './paths.ts'

/** Who may call a route. One person may hold several of the duty roles. */
export const roles = ['learner', 'guardian', 'teacher', 'examiner', 'operator', 'auditor'] as const
export type Role = (typeof roles)[number]

/** Everyone who works at a base. */
export const staff = ['teacher', 'examiner', 'operator', 'auditor'] as const satisfies readonly Role[]

/** How many calls a minute one address may make: the numbers are in `gateway/supervision/rate-limits.ts`. */
export type RateClass = 'read' | 'write' | 'sign-in' | 'verify' | 'heavy'

/** What a route accepts, who may call it and what it answers. Schemas are JSON Schema 2020-12 and the TypeScript types at once. */
export type RouteDefinition = {
  id: RouteId
  tag: string
  summary: string
  /** `'anyone'` needs no sign-in. There is no default: a route without roles does not compile. */
  roles: 'anyone' | readonly Role[]
  rateLimit: RateClass
  /** True where pages of other bases may call it too: it needs no sign-in and changes nothing that a cookie protects. */
  crossOrigin?: true
  params?: TSchema
  query?: TSchema
  body?: TSchema
  /** Media type of a body that the route reads as it comes, without a limit of its own. */
  streamed?: string
  /** Headers of a foreign protocol, by name with what they hold: for the description only. */
  headers?: Readonly<Record<string, string>>
  responseHeaders?: Readonly<Record<string, string>>
  /** Exactly one success status. Problems (RFC 9457) are the same for every route and are added by the server. */
  response: { readonly [status: number]: TSchema }
}

type Schema<R, K extends string> = K extends keyof R ? (R[K] extends TSchema ? Static<R[K]> : undefined) : undefined

/** The values that a route receives once they have been checked. */
export type Input<R> = { params: Schema<R, 'params'>; query: Schema<R, 'query'>; body: Schema<R, 'body'> }

/** The value that a route answers with. */
export type Output<R> = R extends { response: infer S } ? (S[keyof S] extends TSchema ? Static<S[keyof S]> : never) : never

/** Keeps the literal types of a definition and adds method and path from the one table in `paths.ts`. */
export const defineRoute = <const R extends RouteDefinition>(definition: R): R & { method: Path['method']; path: string } => {
  const [method, path] = paths[definition.id].split(' ') as [Path['method'], string]
  return { ...definition, method, path }
}
