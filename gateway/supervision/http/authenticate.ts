import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RouteDefinition } from '../../api/define-route.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { Visit } from '../../routes/bind.ts'

/** Lets the actor pass if the route's definition names one of their roles. Fails closed: an empty list lets nobody pass. */
export const assertMay = (actor: Actor, route: Pick<RouteDefinition, 'roles'>): void => {
  if (route.roles === 'anyone') return
  if (actor.via === 'none') throw new GuildhallError('SIGN_IN_NEEDED')
  if (!actor.roles.some((role) => route.roles.includes(role))) throw new GuildhallError('ROLE_MISSING', { roles: route.roles.join(', ') })
}

/** Refuses a change that a page of another origin asks for (beside SameSite=Strict; Fetch Metadata, W3C). Programs send neither header. */
export const assertOwnOrigin = (request: FastifyRequest, allowed: readonly string[]): void => {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const isOwn =
    origin === undefined
      ? site === undefined || site === 'same-origin' || site === 'none'
      : allowed.includes(origin) || origin === originOf(request)
  if (!isOwn) throw new GuildhallError('ORIGIN_REFUSED')
}

/** The base's address as this caller wrote it. */
const originOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}`

const names = { session: 'guildhall_session', station: 'guildhall_station' } as const

/** What a handler may know and set of this visit. Cookies are HttpOnly and SameSite=Strict, over https also Secure and `__Host-`. */
export const visitOf = (request: FastifyRequest, reply: FastifyReply): Visit => {
  const secure = request.protocol === 'https'
  const nameOf = (kind: keyof typeof names): string => (secure ? `__Host-${names[kind]}` : names[kind])
  const set = (kind: keyof typeof names) => (token: string | null, maxAgeSeconds?: number) => {
    const options = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const
    if (token === null) reply.clearCookie(nameOf(kind), options)
    else reply.setCookie(nameOf(kind), token, maxAgeSeconds === undefined ? options : { ...options, maxAge: maxAgeSeconds })
  }
  const gone = new AbortController()
  // The reply's stream: a request's own closes as soon as its body has been read.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return {
    address: request.ip,
    origin: originOf(request),
    isLoopback: ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip),
    range: request.headers.range ?? null,
    ifRange: request.headers['if-range']?.toString() ?? null,
    isHead: request.method === 'HEAD',
    headers: request.headers,
    stream: undefined,
    signal: gone.signal,
    sessionToken: request.cookies[nameOf('session')] ?? null,
    stationToken: request.cookies[nameOf('station')] ?? null,
    setSession: set('session'),
    setStation: set('station'),
  }
}
