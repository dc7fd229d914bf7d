import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../api/define-route.ts'
import { paths, type RouteId } from '../api/paths.ts'
import { type AnyRoute, routes } from '../api/routes.ts'
import { almost, fitting, type Shape, value, wellFormed } from './hostile-values.ts'
import { removeTestBase, startTestBase, type TestBase, type TestCall } from './test-base.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const runs = 1_000
const ids = Object.keys(paths) as RouteId[]
const routeOf = (id: RouteId) => routes[id] as AnyRoute
const isUpload = (id: RouteId) => (routeOf(id).body as { contentMediaType?: string } | undefined)?.contentMediaType !== undefined
const namesOf = (schema: TSchema | undefined) => Object.keys((schema as { properties?: object } | undefined)?.properties ?? {})

/** Ids of nothing and of what is there. */
const nobody = '00000000-0000-4000-8000-00000000abcd'
const session = '00000000-0000-4000-8000-00000000bbbb'
let learner = ''
const known = () => [nobody, session, learner]
let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
  addRecords(base.running.base)
  process.stdout.write(`hostile input, seed ${seed}\n`)
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

/** A learner, and a session of theirs that has ended, for calls that get as far as the records. */
const addRecords = ({ records, clock }: TestBase['running']['base']): void => {
  learner = records.people.addLearner({ name: '王小明', schoolNumber: null, grade: null, birthDate: '2000-01-01' })
  records.sessions.insert({
    sessionId: session,
    learnerId: learner,
    machineId: nobody,
    programmeId: 1,
    state: 'closed',
    attestation: 'device-signed',
    openedBy: 'base',
    openedAt: clock.now(),
    closedAt: clock.now(),
    ...{
      closedBecause: null,
      jobName: null,
      jobDigest: null,
      summary: null,
      segment: null,
      receipt: null,
      sealed: null,
      credentialId: null,
    },
    evidence: [],
    sample: false,
  })
}

/** Routes that wait for the ledger once they are content: their bodies are always wrong somewhere. */
const waitsForLedger: readonly RouteId[] = [
  'foundNetwork',
  'createInvite',
  'defineProgramme',
  'signAssessment',
  'accreditProgramme',
  'revokeIssuerKey',
]

/** Values for the path that pass its schema. */
const goodParams = (id: RouteId): Record<string, string | number> => {
  const known: Record<string, string | number> = {
    programmeId: 1,
    workId: 1,
    version: 1,
    index: 0,
    listId: 1,
    keyId: `0x${'0'.repeat(64)}`,
    leaf: `0x${'0'.repeat(64)}`,
    item: 'job',
    learnerId: id === 'eraseLearner' ? nobody : learner,
    sessionId: session,
  }
  return Object.fromEntries(namesOf(routeOf(id).params).map((name) => [name, known[name] ?? nobody]))
}
const good = (id: RouteId): TestCall => ({
  params: goodParams(id),
  query: id === 'putSessionJob' ? { name: 'a.gcode' } : {},
  as: { roles: [...roles], id: learner },
})

const jsonBodies = (id: RouteId): fc.Arbitrary<TestCall> => {
  const shape = routeOf(id).body as Shape | undefined
  const near = shape === undefined ? value : almost(shape, known())
  const fits = shape === undefined || waitsForLedger.includes(id) ? near : fitting(shape, known())
  return fc.oneof(near, fits, value).map((body) => ({ ...good(id), body }))
}

const uploads = (id: RouteId): fc.Arbitrary<TestCall> =>
  fc
    .oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.uint8Array({ maxLength: 400 }).map((tail) => new Uint8Array([0x50, 0x4b, 3, 4, ...tail])),
      fc.string({ unit: 'binary', maxLength: 500 }).map((text) => new TextEncoder().encode(text)),
    )
    .map((body) => ({ ...good(id), body }))

const pathValues = (id: RouteId): fc.Arbitrary<TestCall> =>
  fc
    .record(Object.fromEntries(namesOf(routeOf(id).params).map((name) => [name, wellFormed])))
    .map((params) => ({ ...good(id), params: params as Record<string, string> }))

const queries = (id: RouteId): fc.Arbitrary<TestCall> => {
  const names = namesOf(routeOf(id).query)
  const name = names.length === 0 ? wellFormed : fc.oneof(fc.constantFrom(...names), wellFormed)
  const wrong = fc.dictionary(name, wellFormed, { minKeys: 1, maxKeys: 5 })
  const fits = names.length === 0 ? wrong : (fitting(routeOf(id).query as Shape, known()) as typeof wrong)
  return fc.oneof(wrong, fits).map((query) => ({ ...good(id), query }))
}

/** A sign-in that is none, cookies that are broken, and callers from elsewhere. */
const callers = (id: RouteId): fc.Arbitrary<TestCall> => {
  const cookies = fc.oneof(
    fc.constantFrom('%ZZ', '; ; =;', '""', 'forged-', '__proto__'),
    fc.base64String({ maxLength: 60 }),
    wellFormed.map(encodeURIComponent),
  )
  const words = fc.constantFrom('null', 'https://evil.example', '*', '-1', 'bytes=0-', 'gzip;q=9', '{', '%', 'a b', '[::', 'x:99999')
  const names = fc.constantFrom('host', 'origin', 'sec-fetch-site', 'accept', 'range', 'if-none-match', 'last-event-id', 'x-forwarded-for')
  const headers = fc.dictionary(names, fc.oneof(words, fc.base64String({ maxLength: 200 })), { maxKeys: 4 })
  const { as: _, ...rest } = good(id)
  const body = routeOf(id).body === undefined ? {} : { body: isUpload(id) ? new Uint8Array([1]) : {} }
  return fc.record({ cookies, headers }).map((given) => ({
    ...rest,
    ...body,
    headers: given.headers,
    cookie: `guildhall_session=${given.cookies}; guildhall_station=${given.cookies}`,
  }))
}

/** Every way into a route: by what it takes, and by what it doesn't. */
const waysInto = (id: RouteId): fc.Arbitrary<TestCall> =>
  fc.oneof(
    { weight: 3, arbitrary: isUpload(id) ? uploads(id) : jsonBodies(id) },
    { weight: routeOf(id).params === undefined ? 0 : 2, arbitrary: pathValues(id) },
    { weight: 2, arbitrary: queries(id) },
    { weight: 1, arbitrary: callers(id) },
  )

const judge = async (id: RouteId, call: TestCall): Promise<void> => {
  const response = await base.call(id, call)
  if (response.statusCode >= 500) {
    throw new Error(`${id} answered ${response.statusCode}: ${response.payload.slice(0, 300)} to ${JSON.stringify(call).slice(0, 500)}`)
  }
  if (response.statusCode >= 400 && routeOf(id).method === 'HEAD') {
    expect(response.headers['x-problem-code']).toMatch(/^[A-Z_]+$/)
    return
  }
  if (response.statusCode >= 400) {
    const problem = response.json()
    expect(problem).toMatchObject({
      status: response.statusCode,
      code: expect.any(String),
      title: expect.any(String),
      detail: expect.any(String),
      nextStep: expect.any(String),
    })
    expect(problem.nextStep).not.toBe('')
  }
}

describe('hostile input', () => {
  test.each(ids)(`%s refuses what it cannot take ${runs} times, and never breaks`, async (id) => {
    await fc.assert(
      fc.asyncProperty(waysInto(id), (call) => judge(id, call)),
      { seed, numRuns: runs, endOnFailure: true },
    )
  })
})

describe('raw requests', () => {
  test('with bodies that are not JSON, foreign media types, cookies and headers of any kind are refused', async () => {
    const bodies = ids.filter((id) => routeOf(id).body !== undefined)
    const raw = fc.record({
      id: fc.constantFrom(...bodies),
      payload: fc.oneof(
        fc.string({ maxLength: 200 }),
        fc.constantFrom('{', '{"__proto__":{}}', '[1,', '"', '{"a":1}{"b":2}', '\u0000', '['.repeat(5_000)),
      ),
      type: fc.constantFrom(
        'application/json',
        'application/json; charset=utf-16',
        'text/html',
        'multipart/form-data; boundary=x',
        'application/octet-stream',
        '',
      ),
      cookie: fc.oneof(
        fc.constant('guildhall_session=%ZZ'),
        fc.constant('guildhall_session=; ; =;'),
        fc.base64String({ maxLength: 60 }).map((text) => `guildhall_session=${text}; guildhall_station=${text}`),
      ),
    })
    const bad: string[] = []
    await fc.assert(
      fc.asyncProperty(raw, async ({ id, payload, type, cookie }) => {
        const { method, path } = routeOf(id)
        const response = await base.server.inject({
          method,
          url: path.replace(/:\w+/g, '1'),
          payload,
          headers: { ...(type && { 'content-type': type }), cookie },
        })
        if (response.statusCode < 400 || response.statusCode >= 500) bad.push(`${id} ${response.statusCode} ${type}`)
      }),
      { seed, numRuns: runs },
    )
    expect(bad).toEqual([])
  })

  test('to addresses that do not exist are told so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(wellFormed, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        async (parts, method) => {
          const url = `/api/${parts.map((part) => encodeURIComponent(part)).join('/')}`
          const response = await base.server.inject({ method: method as 'GET', url })
          expect([400, 401, 404, 405, 414]).toContain(response.statusCode)
        },
      ),
      { seed, numRuns: runs },
    )
  })
})
