import { Readable } from 'node:stream'
import { isAddress } from 'ethers'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Set as defineFormat } from 'typebox/format'
import { Value } from 'typebox/value'
import type { AnyRoute } from '../../api/routes.ts'
import { routes } from '../../api/routes.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { BareAnswer, type Binding, FileAnswer } from '../../routes/bind.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'
import { assertMay, assertOwnOrigin, visitOf } from './authenticate.ts'
import { rateLimits } from './rate-limits.ts'

// EIP-55: letters of both cases are a checksum, which has to hold.
defineFormat('account', isAddress)

/** How the routes of one server behave. */
export type RouteSettings = {
  base: IssuingBase
  /** Who a session cookie belongs to; `anyone` for none or an old one. */
  actorOf: (token: string | null) => Actor
  /** Other origins that are the base's own, besides the address that it was called by. */
  ownOrigins: readonly string[]
  /** Multiplies every rate limit; load tests set it high. */
  rateLimitFactor: number
  /** Refuses an answer that does not fit its schema; otherwise it is cut to its schema and counted. Tests are strict. */
  strictAnswers: boolean
}

/** Registers every binding by its definition: method, path, roles, limits, schemas. */
export const registerRoutes = (server: FastifyInstance, bindings: readonly Binding[], settings: RouteSettings): void => {
  for (const binding of bindings) register(server, binding, settings)
}

/** The media type that a body or answer of bytes has; undefined for JSON. */
export const mediaTypeOf = (schema: TSchema | undefined): string | undefined =>
  (schema as { contentMediaType?: string } | undefined)?.contentMediaType

const register = (server: FastifyInstance, binding: Binding, settings: RouteSettings): void => {
  const route = routes[binding.id] as AnyRoute
  const [status, answerSchema] = Object.entries(route.response)[0] as [string, TSchema]
  const upload = mediaTypeOf(route.body)
  const reply = replier({ status: Number(status), schema: answerSchema, route, settings })
  server.route({
    method: route.method,
    url: route.path,
    bodyLimit: bodyLimitOf(route),
    schema: {
      ...(route.params && { params: route.params }),
      ...(route.query && { querystring: route.query }),
      ...(route.body && !upload && { body: route.body }),
    },
    config: {
      rateLimit: { max: Math.ceil(rateLimits[route.rateLimit] * settings.rateLimitFactor), timeWindow: 60_000, groupId: route.rateLimit },
    },
    preParsing: async (request, answer) => admit(request, answer, { route, settings }),
    handler: async (request, answer) => {
      assertAsksNoMore(request, route)
      if (upload && !(request.body instanceof Uint8Array)) throw new GuildhallError('REQUEST_UNREADABLE', { expected: upload })
      if (route.streamed) request.visit.stream = streamOf(request.body, route.streamed)
      const call = {
        base: settings.base,
        actor: request.actor,
        visit: request.visit,
        params: request.params,
        query: request.query,
        body: request.body,
      }
      return reply(answer, await binding.handle(call as Parameters<Binding['handle']>[0]))
    },
  })
  if (route.crossOrigin)
    server.options(route.path, { config: { rateLimit: false } }, async (_, answer) =>
      answer.headers(crossOriginHeaders(route)).code(204).send(),
    )
}

/** The body of a streamed route is its stream and never in memory as a whole. */
const streamOf = (body: unknown, expected: string): ReadableStream<Uint8Array> => {
  if (!(body instanceof Readable)) throw new GuildhallError('REQUEST_UNREADABLE', { expected })
  return Readable.toWeb(body) as ReadableStream<Uint8Array>
}

/** Before the body is read: who asks, from where, and may they. */
const admit = async (
  request: FastifyRequest,
  answer: FastifyReply,
  { route, settings }: { route: AnyRoute; settings: RouteSettings },
): Promise<void> => {
  request.visit = visitOf(request, answer)
  // RFC 9112 §3.2: a Host that is no host is answered with 400. What comes in asks for passkeys and links by this address.
  if (!URL.canParse(request.visit.origin)) throw new GuildhallError('REQUEST_INVALID', { where: 'headers/host', problem: 'is not a host' })
  request.actor = settings.actorOf(request.visit.sessionToken)
  if (route.crossOrigin) answer.headers(crossOriginHeaders(route))
  else assertOwnOrigin(request, settings.ownOrigins)
  assertMay(request.actor, route)
}

/** Refuses a body or query that the route has no place for. Probes and resolvers may add a query of their own to what anyone may read. */
const assertAsksNoMore = ({ body, query }: FastifyRequest, route: AnyRoute): void => {
  const isGiven = (value: unknown) => (typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined)
  const refuse = (where: string) => new GuildhallError('REQUEST_INVALID', { where, problem: 'is not something that this route takes' })
  if (route.body === undefined && route.streamed === undefined && body !== null && isGiven(body)) throw refuse('body')
  if (route.query === undefined && route.roles !== 'anyone' && isGiven(query)) throw refuse('query')
}

const crossOriginHeaders = (route: AnyRoute): Record<string, string> => ({
  'access-control-allow-origin': '*',
  'access-control-allow-methods': route.method,
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
  'cross-origin-resource-policy': 'cross-origin',
})

/** Bytes: as the schema says. JSON: 1 MB, more where credentials or a wallet travel. */
const bodyLimitOf = (route: AnyRoute): number => {
  if (mediaTypeOf(route.body)) return (route.body as { maxLength?: number }).maxLength ?? 1_000_000
  return route.id === 'putVault' ? 6_000_000 : route.tag === 'VC-API' ? 4_000_000 : 1_000_000
}

type Reply = { status: number; schema: TSchema; route: AnyRoute; settings: RouteSettings }

const replier = ({ status, schema, route, settings }: Reply) => {
  const mediaType = mediaTypeOf(schema)
  const check = mediaType ? undefined : Compile(schema)
  return (answer: FastifyReply, given: unknown): FastifyReply => {
    if (given instanceof BareAnswer)
      return answer
        .code(given.status)
        .headers({ 'cache-control': 'no-store', ...given.headers })
        .send()
    answer.code(status)
    // Nothing that a route answers may stay behind on a shared tablet, unless it said so itself.
    if (!answer.hasHeader('cache-control')) answer.header('cache-control', 'no-store')
    if (check === undefined) return sendBytes(answer, given, mediaType ?? 'application/octet-stream')
    return answer.type('application/json; charset=utf-8').send(JSON.stringify(cutToSchema(given, { check, schema, route, settings })))
  }
}

const cutToSchema = (
  given: unknown,
  { check, schema, route, settings }: { check: Validator; schema: TSchema; route: AnyRoute; settings: RouteSettings },
): unknown => {
  const value = given === undefined ? null : given
  if (check.Check(value)) return value
  const places = check
    .Errors(value)
    .slice(0, 5)
    .map((error) => `${error.instancePath} ${error.keyword}`)
  settings.base.log.error({ route: route.id, places }, 'an answer does not fit its schema')
  settings.base.metrics.count('guildhall_answers_misfit_total', { route: route.id })
  if (settings.strictAnswers) throw new Error(`The answer of ${route.id} does not fit its schema: ${places.join('; ')}`)
  return Value.Clean(schema, value)
}

const sendBytes = (answer: FastifyReply, given: unknown, mediaType: string): FastifyReply => {
  const file = given instanceof FileAnswer ? given : new FileAnswer(given as Uint8Array)
  answer.type(file.mediaType ?? mediaType).headers(file.headers)
  if (file.status !== undefined) answer.code(file.status)
  if (file.cacheControl) answer.header('cache-control', file.cacheControl)
  if (file.fileName) answer.header('content-disposition', `attachment; filename="${file.fileName.replace(/[^\w.-]/g, '_')}"`)
  if (file.content instanceof Uint8Array)
    return answer.send(Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength))
  return answer.send(Readable.from(file.content, { objectMode: false }))
}
