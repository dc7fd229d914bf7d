import type { TSchema } from 'typebox'
import { paths, type RouteId } from '../../api/paths.ts'
import { type AnyRoute, routes } from '../../api/routes.ts'
import { problems } from '../../errors.ts'
import { mediaTypeOf } from './register-routes.ts'

type Json = Record<string, unknown>

/** The OpenAPI 3.1 document of the given routes, made from their definitions: nothing in it is written twice. */
export const describeApi = (ids: readonly RouteId[], about: { version: string; origin: string }): Json => {
  const described: Record<string, Json> = {}
  for (const id of ids) {
    const route = routes[id] as AnyRoute
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    described[path] = { ...described[path], [route.method.toLowerCase()]: describeRoute(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guildhall base',
      version: about.version,
      summary: 'A learning base: programmes, sessions, certificates, and what verifiers ask of it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: about.origin }],
    tags: [...new Set(ids.map((id) => routes[id].tag))].map((name) => ({ name })),
    paths: described,
    components: {
      securitySchemes: { signIn: { type: 'apiKey', in: 'cookie', name: 'guildhall_session', description: 'Set by the sign-in routes.' } },
      schemas: { Problem: problemSchema },
      responses: {
        Problem: {
          description: 'Refused or failed (RFC 9457). `code` is stable.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

/** All ids in the order of `paths.ts`. */
export const allRouteIds = Object.keys(paths) as RouteId[]

const describeRoute = (route: AnyRoute): Json => {
  const [status, answer] = Object.entries(route.response)[0] as [string, TSchema]
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    description: route.roles === 'anyone' ? 'For everyone, without a sign-in.' : `For ${route.roles.join(', ')}.`,
    security: route.roles === 'anyone' ? [] : [{ signIn: [] }],
    parameters: [...parametersOf('path', route.params), ...parametersOf('query', route.query), ...headersOf(route)],
    ...(route.body && { requestBody: { required: true, content: contentOf(route.body) } }),
    ...(route.streamed && { requestBody: { required: true, content: { [route.streamed]: {} } } }),
    responses: {
      [status]: { description: route.summary, ...answerOf(route, answer) },
      ...Object.fromEntries(problemStatuses(route).map((code) => [code, { $ref: '#/components/responses/Problem' }])),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const problemStatuses = (route: AnyRoute): number[] => [
  ...(route.params || route.query || route.body ? [400] : []),
  ...(route.roles === 'anyone' ? [] : [401, 403]),
  ...(route.params ? [404] : []),
  ...(route.body ? [413, 415] : []),
  ...(route.method === 'GET' ? [] : [409, 422]),
  429,
]

/** What a foreign protocol puts into headers; its answers have no body. OpenAPI 3.1 §4.8.12.1: a header named Content-Type is passed over. */
const headersOf = ({ headers = {} }: AnyRoute): Json[] =>
  Object.entries(headers)
    .filter(([name]) => name !== 'content-type')
    .map(([name, description]) => ({ name, in: 'header', required: name !== 'upload-metadata', description, schema: { type: 'string' } }))

const answerOf = ({ headers, responseHeaders = {} }: AnyRoute, answer: TSchema): Json =>
  headers === undefined
    ? { content: contentOf(answer) }
    : {
        headers: Object.fromEntries(
          Object.entries(responseHeaders).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
        ),
      }

const parametersOf = (place: 'path' | 'query', schema: TSchema | undefined): Json[] => {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Record<string, TSchema>; required?: string[] }
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: plain(value),
  }))
}

const contentOf = (schema: TSchema): Json => {
  const mediaType = mediaTypeOf(schema)
  // OpenAPI 3.1 §4.8.14.4: bytes have no schema but their media type.
  return mediaType ? { [mediaType]: {} } : { 'application/json': { schema: plain(schema) } }
}

/** Without TypeBox's own marks: what remains is JSON Schema 2020-12. */
const plain = (schema: TSchema): unknown => JSON.parse(JSON.stringify(schema, (key, value) => (key.startsWith('~') ? undefined : value)))

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'nextStep', 'params'],
  properties: {
    type: { type: 'string', description: '`urn:guildhall:problem:` and the code' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened' },
    code: { type: 'string', examples: Object.keys(problems).slice(0, 5) },
    nextStep: { type: 'string', description: 'What to do about it' },
    params: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
    instance: { type: 'string', description: 'Names the request in the log of the base' },
  },
}
