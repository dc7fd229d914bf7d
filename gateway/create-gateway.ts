import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { RouteId } from './api/paths.ts'
import type { Actor } from './base.ts'
import { GuildhallError } from './errors.ts'
import type { Binding, Visit } from './routes/bind.ts'
import { describeApi } from './supervision/http/openapi.ts'
import { assertOwnHost } from './supervision/http/own-hosts.ts'
import { type RouteSettings, registerRoutes } from './supervision/http/register-routes.ts'
import { reportProblem } from './supervision/http/report-problem.ts'
import { securityHeaders } from './supervision/http/security-headers.ts'
import { serveStaticPages } from './supervision/http/static-pages.ts'

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor
    visit: Visit
  }
}

/** What one server of a base is made of. */
export type GatewaySettings = RouteSettings & {
  bindings: readonly Binding[]
  /** Folder of the built pages. */
  webDir: string
  version: string
  /** Names under which it answers, besides this machine's own and plain addresses. */
  ownHosts?: readonly string[]
  /** PEM; without it the server speaks plain http and must listen on loopback only. */
  tls?: { certificate: string; key: string }
  /** Other bases that pages may ask directly. */
  connectSources?: readonly string[]
  /** True behind a reverse proxy that sets X-Forwarded-*. */
  trustProxy?: boolean
}

/** Makes the HTTP server of a base; it listens after `server.listen`. Every route comes from its definition in `gateway/api`. */
export const createGateway = async (settings: GatewaySettings): Promise<FastifyInstance> => {
  const { base } = settings
  const server = Fastify(optionsOf(settings)).setValidatorCompiler(TypeBoxValidatorCompiler)
  const report = reportProblem(base)
  server.setErrorHandler((cause, request, reply) => report(cause, request, reply))
  server.decorateRequest('actor')
  server.decorateRequest('visit')
  server.addHook('onRequest', assertOwnHost(settings.ownHosts ?? []))
  acceptBytes(server)
  await server.register(helmet, securityHeaders({ connectSources: settings.connectSources ?? [] }))
  await server.register(cookie)
  await server.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_, { ttl }) => new GuildhallError('TOO_MANY_REQUESTS', { seconds: Math.ceil(ttl / 1000) }),
  })
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  server.addHook('onResponse', async (request, reply) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) }
    base.metrics.count('guildhall_http_requests_total', labels)
    base.metrics.observe('guildhall_http_request_seconds', reply.elapsedTime / 1000)
  })
  registerRoutes(server, settings.bindings, settings)
  const document = JSON.stringify(describeApi(idsOf(settings), { version: settings.version, origin: base.config.origin }))
  server.get('/openapi.json', async (_, reply) => {
    reply.header('access-control-allow-origin', '*')
    return reply.type('application/json; charset=utf-8').send(document)
  })
  await serveStaticPages(server, settings.webDir)
  return server
}

const idsOf = ({ bindings }: GatewaySettings): RouteId[] => ['getOpenApi', ...bindings.map(({ id }) => id)]

const optionsOf = ({ tls, trustProxy, base }: GatewaySettings): FastifyServerOptions => ({
  ...(tls && { https: { cert: tls.certificate, key: tls.key } }),
  trustProxy: trustProxy ?? false,
  genReqId: () => randomUUID(),
  // Fastify's own log lines hold addresses with what people typed into them; ours are written by the error handler and the audit.
  logger: false,
  bodyLimit: 1_000_000,
  requestTimeout: 120_000,
  connectionTimeout: 0,
  forceCloseConnections: true,
  routerOptions: { maxParamLength: 500, querystringParser: parseQuery },
  frameworkErrors: (cause, request, reply) => reportProblem(base)(cause, request, reply),
})

/** A name that is given twice is refused by the schema as a list, not silently cut to its last value. */
const parseQuery = (text: string): Record<string, string | string[]> => {
  const values: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values[name]
    values[name] = known === undefined ? value : [known, value].flat()
  }
  return values
}

/** Uploads arrive as bytes, whatever their media type says; a route that takes JSON refuses them. */
const acceptBytes = (server: FastifyInstance): void => {
  const types = ['application/octet-stream', 'application/zip', 'application/x-zip-compressed', 'text/x.gcode', 'text/plain']
  server.addContentTypeParser(types, { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  server.addContentTypeParser('application/offset+octet-stream', (_, payload, done) => done(null, payload))
}
