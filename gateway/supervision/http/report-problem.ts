import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../../api/client.ts'
import type { Log, Metrics } from '../../base.ts'
import { fill, GuildhallError, type GuildhallErrorCode, type ProblemParams, problems } from '../../errors.ts'
import { foreignProblems } from './foreign-problems.ts'

/** RFC 9457 problem details of a code. */
export const problemOf = (code: GuildhallErrorCode, params: ProblemParams = {}): Problem => {
  const { status, title, detail, nextStep } = problems[code]
  return {
    type: `urn:guildhall:problem:${code}`,
    title,
    status,
    detail: fill(detail, params),
    code,
    nextStep: fill(nextStep, params),
    params,
  }
}

/** Sends problem details as an answer. */
export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    // Where the answer has no body (HEAD), this is all that tells what happened.
    .header('x-problem-code', problem.code)
    .send(JSON.stringify({ ...problem, instance: `urn:guildhall:request:${reply.request.id}` }))

/** Turns whatever was thrown into problem details; logs only what is our own fault, without messages that might hold what people sent. */
export const reportProblem =
  ({ log, metrics }: { log: Log; metrics: Metrics }) =>
  (cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = understand(cause, request)
    metrics.count('guildhall_problems_total', { code: problem.code })
    if (problem.status >= 500) log.error({ requestId: request.id, route: request.routeOptions.url ?? '', ...traceOf(cause) }, problem.code)
    // RFC 9110 §15.5.17: how long the file is that has no such part.
    if (problem.code === 'RANGE_REFUSED') reply.header('content-range', `bytes */${problem.params['sizeBytes']}`)
    return sendProblem(reply, problem)
  }

/** Name, code and places of an error, without its message. */
export const traceOf = (cause: unknown): Record<string, unknown> => {
  if (!(cause instanceof Error)) return { thrown: typeof cause }
  const places = (cause.stack ?? '')
    .split('\n')
    .filter((place) => place.startsWith('    at '))
    .slice(0, 8)
    .map((place) => place.trim())
  return { error: cause.name, code: (cause as { code?: unknown }).code, places, ...(cause.cause ? { because: traceOf(cause.cause) } : {}) }
}

const understand = (cause: unknown, request: FastifyRequest): Problem => {
  if (cause instanceof GuildhallError) return problemOf(cause.code, cause.params)
  if (!(cause instanceof Error)) return problemOf('INTERNAL')
  // A wait that its signal ended: for the ledger, another base, or a caller who has gone.
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return problemOf('NOT_READY', { part: 'What this waited for' })
  const error = cause as FastifyError & { errcode?: number; params?: ProblemParams }
  if (error.validation) return problemOf('REQUEST_INVALID', describeInvalid(error))
  // SQLITE_FULL; and what the operating system says for the same.
  if (error.errcode === 13 || error.code === 'ENOSPC') return problemOf('DISK_FULL', { freeBytes: 0 })
  const foreign = foreignProblems[String(error.code)]
  if (foreign)
    return {
      ...problemOf('INTERNAL'),
      ...foreign,
      type: `urn:guildhall:problem:${error.code}`,
      code: String(error.code),
      detail: error.message,
      params: error.params ?? {},
    }
  return fromFastify(error, request)
}

const fromFastify = (error: FastifyError, request: FastifyRequest): Problem => {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problemOf('REQUEST_TOO_LARGE', { maxBytes: request.routeOptions.bodyLimit })
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return problemOf('MEDIA_TYPE_REFUSED', { mediaType: 'this media type' })
  // Bad JSON, bad escapes in the address, a body cut short: all are the sender's.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return problemOf('REQUEST_UNREADABLE', { expected: 'what this route takes' })
  return problemOf('INTERNAL')
}

/** Names the place and the rule, never the value. */
const describeInvalid = (error: FastifyError): ProblemParams => {
  const first = error.validation?.[0]
  const where = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`.slice(0, 200)
  return { where, problem: (first?.message ?? 'is not valid').slice(0, 200) }
}
